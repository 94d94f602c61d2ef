//! The turns that are being taken: others may look at them, and their owners may end them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::{Turn, TurnRecord};

/// The turns that are being taken.
#[derive(Debug, Clone, Default)]
pub(super) struct LiveTurns {
    turns: Arc<Mutex<HashMap<TurnId, Arc<LiveTurn>>>>,
}

/// A turn that is being taken.
#[derive(Debug)]
pub(super) struct LiveTurn {
    owner: Owner,
    stop: CancellationToken,
    done: CancellationToken,
    played_ms: Mutex<Option<u64>>,
    so_far: Mutex<Turn>,
}

impl LiveTurns {
    /// The turn is being taken, until what this returns is dropped.
    pub(super) fn begin(&self, record: &TurnRecord) -> Living {
        let turn = Arc::new(LiveTurn {
            owner: record.owner.clone(),
            stop: CancellationToken::new(),
            done: CancellationToken::new(),
            played_ms: Mutex::new(None),
            so_far: Mutex::new(Turn::from(record)),
        });
        self.locked().insert(record.turn, Arc::clone(&turn));
        Living { id: record.turn, turn, all: self.clone() }
    }

    /// The turn, if it is being taken and within the owner's reach.
    pub(super) fn find(&self, owner: &Owner, id: TurnId) -> Option<Arc<LiveTurn>> {
        let turn = self.locked().get(&id).cloned()?;
        (turn.owner == *owner || turn.owner.is_anyone()).then_some(turn)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.locked().len()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<TurnId, Arc<LiveTurn>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveTurn {
    /// What is known of it so far.
    pub(super) fn so_far(&self) -> Turn {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it; so much of its sound was played, if that is known.
    pub(super) fn stop(&self, played_ms: Option<u64>) {
        *self.played_ms.lock().unwrap_or_else(PoisonError::into_inner) = played_ms;
        self.stop.cancel();
    }

    /// Waits until it is over and written down.
    pub(super) async fn done(&self) {
        self.done.cancelled().await;
    }
}

/// Held by whoever takes the turn.
#[derive(Debug)]
pub(super) struct Living {
    id: TurnId,
    turn: Arc<LiveTurn>,
    all: LiveTurns,
}

impl Living {
    /// Notes what has become known.
    pub(super) fn note(&self, change: impl FnOnce(&mut Turn)) {
        change(&mut self.turn.so_far.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until someone ends the turn.
    pub(super) async fn stopped(&self) {
        self.turn.stop.cancelled().await;
    }

    /// How much of its sound was played when it was ended.
    pub(super) fn played_ms(&self) -> Option<u64> {
        *self.turn.played_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.all.locked().remove(&self.id);
        self.turn.done.cancel();
    }
}
