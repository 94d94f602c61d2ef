//! Room in memory for what waits to be written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All the room there is.
pub(super) struct Rooms {
    bytes: usize,
    taken: Arc<AtomicUsize>,
}

/// Room for something. It is given back when this is dropped.
pub(super) struct Room {
    bytes: usize,
    taken: Arc<AtomicUsize>,
}

impl Rooms {
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes, taken: Arc::default() }
    }

    /// None if there is not as much.
    pub(super) fn take(&self, bytes: usize) -> Option<Room> {
        let more = |taken: usize| taken.checked_add(bytes).filter(|sum| *sum <= self.bytes);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Room { bytes, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
