//! The calls that a provider had, in the order in which they came.

pub(crate) mod call;
pub(crate) mod visit;

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use call::Call;

/// Keeps the latest calls and wakes whoever waits for one.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    notes: Mutex<Notes>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Notes {
    calls: VecDeque<Call>,
    /// The number of the first call that is still here.
    first: u64,
}

impl Journal {
    /// Notes a call and gives its number.
    pub(crate) fn open(&self, call: Call, limit: usize) -> u64 {
        let mut notes = self.notes();
        notes.calls.push_back(call);
        while notes.calls.len() > limit.max(1) {
            notes.calls.pop_front();
            notes.first += 1;
        }
        let number = notes.first + notes.calls.len() as u64 - 1;
        drop(notes);
        self.changed.notify_waiters();
        number
    }

    /// Notes more about a call, if it is still here.
    pub(crate) fn amend(&self, number: u64, change: impl FnOnce(&mut Call)) {
        let mut notes = self.notes();
        let place = number.checked_sub(notes.first).and_then(|place| usize::try_from(place).ok());
        if let Some(call) = place.and_then(|place| notes.calls.get_mut(place)) {
            change(call);
        }
        drop(notes);
        self.changed.notify_waiters();
    }

    /// All calls as they are now.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.notes().calls.iter().cloned().collect()
    }

    /// Forgets all calls.
    pub(crate) fn clear(&self) {
        let mut notes = self.notes();
        notes.first += notes.calls.len() as u64;
        notes.calls.clear();
    }

    /// Waits until the calls are like that, and gives them.
    pub(crate) async fn wait_until(&self, mut condition: impl FnMut(&[Call]) -> bool) -> Vec<Call> {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if let Some(calls) = self.calls_if(&mut condition) {
                return calls;
            }
            changed.await;
        }
    }

    fn calls_if(&self, condition: &mut impl FnMut(&[Call]) -> bool) -> Option<Vec<Call>> {
        let mut notes = self.notes();
        let calls = notes.calls.make_contiguous();
        condition(calls).then(|| calls.to_vec())
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
