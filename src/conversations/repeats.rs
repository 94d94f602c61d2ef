//! Requests that may be repeated: the same key and the same request make one turn.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{TimeDelta, Utc};

use crate::conversations::error::ConversationError;
use crate::domain::owner::Owner;
use crate::store::{IdempotencyNote, Store, Turn};

/// How long an answer is given again.
pub(super) const HOURS: i64 = 24;

/// The requests that may be repeated and are being answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    in_flight: Arc<Mutex<HashSet<(Owner, String)>>>,
}

/// What becomes of a request that may be repeated.
#[derive(Debug)]
pub enum Claim {
    /// It is new: take its turn.
    New(Claimed),
    /// It was answered already, by this turn.
    Answered(Box<Turn>),
}

impl Claim {
    /// The right to answer, if the request is new.
    pub fn claimed(self) -> Option<Claimed> {
        match self {
            Self::New(claimed) => Some(claimed),
            Self::Answered(_) => None,
        }
    }
}

/// The right to answer a request. While it is held, nobody else gets it.
#[derive(Debug)]
pub struct Claimed {
    owner: Owner,
    note: IdempotencyNote,
    repeats: Repeats,
}

impl Claimed {
    /// How the answered request will be known.
    pub(super) fn note(&self) -> &IdempotencyNote {
        &self.note
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let held = (self.owner.clone(), self.note.key.clone());
        self.repeats.locked().remove(&held);
    }
}

impl Repeats {
    pub(super) async fn claim(
        &self,
        store: &Store,
        owner: Owner,
        note: IdempotencyNote,
    ) -> Result<Claim, ConversationError> {
        if !self.locked().insert((owner.clone(), note.key.clone())) {
            return Err(ConversationError::TurnInFlight);
        }
        let claimed = Claimed { owner, note, repeats: self.clone() };
        let remembered = store.remembered(&claimed.owner, &claimed.note.key).await?;
        let fresh = Utc::now() - TimeDelta::hours(HOURS);
        let Some(remembered) = remembered.filter(|known| known.at > fresh) else {
            return Ok(Claim::New(claimed));
        };
        if remembered.fingerprint != claimed.note.fingerprint {
            return Err(ConversationError::OtherRequest);
        }
        match store.turn(&claimed.owner, remembered.turn).await? {
            Some(turn) => Ok(Claim::Answered(Box::new(turn))),
            None => Ok(Claim::New(claimed)),
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashSet<(Owner, String)>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
