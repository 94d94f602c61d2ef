//! What the lines of one answer have in common, so that they count as one where an engine fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::{Mutex, MutexGuard};

use crate::pipeline::error::EngineError;

/// Lines that are said as one. Clones belong to the same.
#[derive(Debug, Clone, Default)]
pub struct Utterance(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    begun: AtomicBool,
    failed: AtomicBool,
    lost: OnceLock<EngineError>,
    ahead: Mutex<()>,
}

impl Utterance {
    /// Whether this is the first of its lines that is begun.
    pub fn begin(&self) -> bool {
        !self.0.begun.swap(true, Ordering::Relaxed)
    }

    /// Whether this is the first of its lines that fails.
    pub fn fail(&self) -> bool {
        !self.0.failed.swap(true, Ordering::Relaxed)
    }

    /// One of its lines cannot be said, so there is no use in any.
    pub fn lose(&self, error: EngineError) {
        let _ = self.0.lost.set(error);
    }

    /// Why there is no use in it, if so.
    pub fn lost(&self) -> Option<&EngineError> {
        self.0.lost.get()
    }

    /// Waits until no other of its lines goes ahead alone.
    pub async fn alone(&self) -> MutexGuard<'_, ()> {
        self.0.ahead.lock().await
    }
}
