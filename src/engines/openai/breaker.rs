//! Leaves a server alone that fails again and again, and asks it one thing at a time when it may
//! be back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many failures in a row open the breaker.
const FAILURES: u32 = 5;
/// How long the server is then left alone.
const REST: Duration = Duration::from_secs(5);
/// When to come back while another is trying whether the server is back.
const PROBED: Duration = Duration::from_secs(1);

/// Counts failures in a row. Clones share their count.
#[derive(Clone, Default)]
pub(super) struct Breaker(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
    probing: bool,
}

/// Leave to ask once. Dropped without a verdict it counts for nothing.
pub(super) struct Pass {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    /// Leave to ask now, or how long to wait for it.
    pub(super) fn enter(&self, now: Instant) -> Result<Pass, Duration> {
        let mut state = self.locked();
        let Some(until) = state.rests_until else {
            return Ok(Pass { breaker: self.clone(), probe: false });
        };
        if now < until {
            return Err(until - now);
        }
        if state.probing {
            return Err(PROBED);
        }
        state.probing = true;
        Ok(Pass { breaker: self.clone(), probe: true })
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// The server did its part.
    pub(super) fn worked(self) {
        let mut state = self.breaker.locked();
        // One that was asked before the rest began says nothing of the server as it is now.
        if self.probe || state.rests_until.is_none() {
            state.failures = 0;
            state.rests_until = None;
        }
    }

    /// The server failed.
    pub(super) fn failed(self, now: Instant) {
        let mut state = self.breaker.locked();
        state.failures = state.failures.saturating_add(1);
        let opens = state.rests_until.is_none() && state.failures >= FAILURES;
        if self.probe || opens {
            state.rests_until = Some(now + REST);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.locked().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(breaker: &Breaker, now: Instant) {
        for _ in 0..FAILURES {
            breaker.enter(now).unwrap().failed(now);
        }
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..3 {
            for _ in 1..FAILURES {
                breaker.enter(now).unwrap().failed(now);
            }
            breaker.enter(now).unwrap().worked();
        }
        open(&breaker, now);

        assert_eq!(breaker.enter(now).err(), Some(REST));
        assert_eq!(breaker.enter(now + REST / 5).err(), Some(REST * 4 / 5));
    }

    #[test]
    fn after_its_rest_one_asks_at_a_time() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        open(&breaker, now);
        let later = now + REST;

        let probe = breaker.enter(later).unwrap();
        assert_eq!(breaker.enter(later).err(), Some(PROBED));
        probe.failed(later);
        assert_eq!(breaker.enter(later).err(), Some(REST));

        let later = later + REST;
        breaker.enter(later).unwrap().worked();
        let (first, second) = (breaker.enter(later), breaker.enter(later));
        assert!(first.is_ok() && second.is_ok());
    }

    #[test]
    fn a_probe_that_was_given_up_frees_its_place() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        open(&breaker, now);

        drop(breaker.enter(now + REST).unwrap());

        assert!(breaker.enter(now + REST).is_ok());
    }

    #[test]
    fn who_asked_before_the_rest_does_not_end_it() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let (early, unlucky) = (breaker.enter(now).unwrap(), breaker.enter(now).unwrap());
        open(&breaker, now);

        early.worked();
        unlucky.failed(now + REST / 2);

        assert_eq!(breaker.enter(now).err(), Some(REST));
    }
}
