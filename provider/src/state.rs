//! What all connections of a provider share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::behaviour::Behaviour;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::sound::recall::Recall;

/// Money is counted in millionths of this, so that a single token has a price.
const PARTS: u64 = 1_000_000;

#[derive(Debug, Default)]
pub(crate) struct State {
    behaviour: Mutex<Arc<Behaviour>>,
    spent: AtomicU64,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) recall: Recall,
    pub(crate) requests: Counter,
    pub(crate) heard: Counter,
    pub(crate) thought: Counter,
}

impl State {
    pub(crate) fn behaviour(&self) -> Arc<Behaviour> {
        Arc::clone(&self.current())
    }

    pub(crate) fn set(&self, behaviour: Behaviour) {
        *self.current() = Arc::new(behaviour);
    }

    /// Millionths of a millionth of a dollar.
    pub(crate) fn charge(&self, price: u64) {
        self.spent.fetch_add(price, Ordering::Relaxed);
    }

    /// Millionths of a dollar.
    pub(crate) fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed) / PARTS
    }

    fn current(&self) -> MutexGuard<'_, Arc<Behaviour>> {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts from 1.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}
