//! See `bodies::splice`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::caught_panics_are_no_crash();
    bodies::splice(data);
});
