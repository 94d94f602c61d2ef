//! One turn at a time in each conversation, in the order in which they came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Door, OwnedMutexGuard};
use tokio::time::timeout;

use crate::domain::conversation::ConversationId;

type Doors = Arc<Mutex<HashMap<ConversationId, Arc<Door<()>>>>>;

/// The conversations in which a turn is being taken or waited for.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight {
    doors: Doors,
}

impl InFlight {
    /// Waits until the turns before are over; none if that takes longer than this.
    pub(super) async fn enter(&self, id: ConversationId, patience: Duration) -> Option<Seat> {
        let door = self.locked().entry(id).or_default().clone();
        let mut seat = Seat { id, door: door.clone(), open: None, in_flight: self.clone() };
        seat.open = Some(timeout(patience, door.lock_owned()).await.ok()?);
        Some(seat)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<ConversationId, Arc<Door<()>>>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn's place in its conversation, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    id: ConversationId,
    door: Arc<Door<()>>,
    open: Option<OwnedMutexGuard<()>>,
    in_flight: InFlight,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut doors = self.in_flight.locked();
        self.open = None;
        // Nobody else waits if only the map and this seat know the door.
        if Arc::strong_count(&self.door) == 2 {
            doors.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_conversation_in_which_nobody_talks_is_forgotten() {
        let in_flight = InFlight::default();
        let id = ConversationId::new();
        let seat = in_flight.enter(id, Duration::ZERO).await;
        assert!(in_flight.enter(id, Duration::ZERO).await.is_none());
        assert_eq!(in_flight.locked().len(), 1);

        drop(seat);

        assert_eq!(in_flight.locked().len(), 0);
        assert!(in_flight.enter(id, Duration::ZERO).await.is_some());
    }
}
