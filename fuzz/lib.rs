//! What the fuzz targets share.

mod bodies;

pub use bodies::*;

/// libFuzzer's hook would abort before a decoder's panic can be caught and reported as the clip's
/// error, which is what we promise. Our own panics fail the target all the same.
pub fn decoders_may_panic() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            note_panic(info);
            eprintln!("{info}");
        }));
    });
}
