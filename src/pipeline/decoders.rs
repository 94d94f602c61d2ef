//! Room to decode clips, shared out among those who bring them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many clips are decoded at once, and of one payer half as many: whoever brings clips that take
/// long waits behind their own, and never has all the room there is.
#[derive(Clone)]
pub(super) struct Decoders {
    all: Arc<Semaphore>,
    share: usize,
    shares: Arc<Mutex<HashMap<String, Weak<Semaphore>>>>,
}

/// Room for one clip.
pub(super) struct Permit {
    _share: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
}

impl Decoders {
    pub(super) fn new(count: usize) -> Self {
        let all = Arc::new(Semaphore::new(count.max(1)));
        Self { all, share: count.div_ceil(2).max(1), shares: Arc::default() }
    }

    /// Waits for room for a clip of this payer's. None never comes: no room is ever closed.
    pub(super) async fn room(&self, payer: &str) -> Option<Permit> {
        let share = self.share_of(payer).acquire_owned().await.ok()?;
        let room = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Permit { _share: share, _room: room })
    }

    /// The payer's share; those of whom nothing waits and nothing is decoded are forgotten.
    fn share_of(&self, payer: &str) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(payer).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Semaphore::new(self.share));
        shares.insert(payer.to_owned(), Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_payer_never_has_all_the_room() {
        let decoders = Decoders::new(4);
        let (first, second) = (decoders.room("a").await, decoders.room("a").await);

        assert!(decoders.room("a").now_or_never().is_none());
        let other = decoders.room("b").now_or_never();
        assert!(other.flatten().is_some());

        drop(first);
        assert!(decoders.room("a").now_or_never().flatten().is_some());
        drop(second);
        assert!(decoders.room("c").await.is_some());
        assert_eq!(decoders.shares.lock().unwrap().len(), 1);
    }
}
