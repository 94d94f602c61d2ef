//! See `bodies::decode_mp4`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::decoders_may_panic();
    bodies::decode_mp4(data);
});
