//! See `bodies::events`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::decoders_may_panic();
    bodies::events(data);
});
