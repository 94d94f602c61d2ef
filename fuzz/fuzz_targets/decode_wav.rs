//! See `bodies::decode_wav`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::decoders_may_panic();
    bodies::decode_wav(data);
});
