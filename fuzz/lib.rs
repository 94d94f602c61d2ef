//! What the fuzz targets share.

mod bodies;

pub use bodies::*;

/// A panic that is caught and reported as the clip's error is what we promise; libFuzzer's hook
/// would abort before it can be caught. To find such panics, set `ABORT_ON_CAUGHT_PANIC`.
pub fn caught_panics_are_no_crash() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("ABORT_ON_CAUGHT_PANIC").is_none() {
            std::panic::set_hook(Box::new(|_| {}));
        }
    });
}
