//! See `bodies::decode_flac`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::decoders_may_panic();
    bodies::decode_flac(data);
});
