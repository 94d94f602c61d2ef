//! Leaves a server alone that fails again and again, and asks it one thing at a time when it may
//! be back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics::gauge;

use crate::pipeline::error::{EngineError, Stage};

/// So many failures in a row open the breaker.
const FAILURES: u32 = 5;
/// How long a server that failed is then left alone.
const REST: Duration = Duration::from_secs(5);
/// The longest that one is left alone because it asks to be.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// When to come back while another is trying whether the server is back.
const PROBED: Duration = Duration::from_secs(1);

/// Counts failures in a row. Clones share their count.
#[derive(Clone, Default)]
pub(super) struct Breaker {
    state: Arc<Mutex<State>>,
    /// Whose it is, for those who watch.
    stage: Option<Stage>,
}

#[derive(Default)]
struct State {
    failures: u32,
    rest: Option<Rest>,
    probing: bool,
    /// Whether it did not do its part when it was last heard of.
    doubtful: bool,
}

#[derive(Clone, Copy)]
struct Rest {
    until: Instant,
    /// Whether it took no more, and was not down.
    limited: bool,
}

/// Leave to ask once. Dropped without a verdict it counts for nothing.
pub(super) struct Pass {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    /// The breaker of this stage's server, which those who watch can see.
    pub(super) fn of(stage: Stage) -> Self {
        let breaker = Self { stage: Some(stage), ..Self::default() };
        breaker.show(false);
        breaker
    }

    fn show(&self, open: bool) {
        if let Some(stage) = self.stage {
            gauge!("repartee_engine_down", "stage" => stage.name()).set(f64::from(u8::from(open)));
        }
    }

    /// Leave to ask now, or when there will be.
    pub(super) fn enter(&self, now: Instant) -> Result<Pass, EngineError> {
        let mut state = self.locked();
        let Some(rest) = state.rest else {
            return Ok(Pass { breaker: self.clone(), probe: false });
        };
        if now < rest.until {
            return Err(rest.error(rest.until - now));
        }
        if state.probing {
            return Err(rest.error(PROBED));
        }
        state.probing = true;
        Ok(Pass { breaker: self.clone(), probe: true })
    }

    /// Whether it is better to ask one thing at a time.
    pub(super) fn is_doubtful(&self) -> bool {
        self.locked().doubtful
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rest {
    /// As long as the server asks for, within reason.
    fn after(error: &EngineError, now: Instant) -> Self {
        match error {
            EngineError::Limited { retry_after } => {
                Self { until: now + LONGEST_REST.min(*retry_after), limited: true }
            }
            _ => Self { until: now + REST, limited: false },
        }
    }

    fn error(self, retry_after: Duration) -> EngineError {
        if self.limited {
            EngineError::Limited { retry_after }
        } else {
            EngineError::Down { retry_after }
        }
    }
}

impl Pass {
    /// The server did its part.
    pub(super) fn worked(self) {
        self.answered(false);
    }

    /// The server is there, but declined.
    pub(super) fn refused(self) {
        self.answered(true);
    }

    fn answered(self, doubtful: bool) {
        let mut state = self.breaker.locked();
        // One that was asked before the rest began says nothing of the server as it is now.
        if self.probe || state.rest.is_none() {
            *state = State { probing: state.probing, doubtful, ..State::default() };
            self.breaker.show(false);
        }
    }

    /// The server failed, or took no more. Told again of what counts already, it is only doubted.
    pub(super) fn failed(self, error: &EngineError, counts: bool, now: Instant) {
        let mut state = self.breaker.locked();
        state.doubtful = true;
        state.failures = state.failures.saturating_add(u32::from(counts));
        let opens = state.rest.is_none() && state.failures >= FAILURES;
        if self.probe || opens {
            state.rest = Some(Rest::after(error, now));
            self.breaker.show(true);
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

    const DOWN: EngineError = EngineError::Timeout;

    fn wait(breaker: &Breaker, now: Instant) -> Option<Duration> {
        breaker.enter(now).err()?.retry_after()
    }

    fn open(breaker: &Breaker, now: Instant) {
        for _ in 0..FAILURES {
            breaker.enter(now).unwrap().failed(&DOWN, true, now);
        }
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..3 {
            for _ in 1..FAILURES {
                breaker.enter(now).unwrap().failed(&DOWN, true, now);
            }
            breaker.enter(now).unwrap().worked();
        }
        open(&breaker, now);

        assert_eq!(wait(&breaker, now), Some(REST));
        assert_eq!(wait(&breaker, now + REST / 5), Some(REST * 4 / 5));
    }

    #[test]
    fn what_counts_already_does_not_open_it() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            breaker.enter(now).unwrap().failed(&DOWN, false, now);
        }
        assert!(breaker.enter(now).is_ok() && breaker.is_doubtful());
    }

    #[test]
    fn after_its_rest_one_asks_at_a_time() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        open(&breaker, now);
        let later = now + REST;

        let probe = breaker.enter(later).unwrap();
        assert_eq!(wait(&breaker, later), Some(PROBED));
        probe.failed(&DOWN, true, later);
        assert_eq!(wait(&breaker, later), Some(REST));

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
        unlucky.failed(&DOWN, true, now + REST / 2);

        assert_eq!(wait(&breaker, now), Some(REST));
    }

    #[test]
    fn one_that_takes_no_more_rests_as_long_as_it_asks_for() {
        let much = LONGEST_REST * 9;
        for (asked, kept) in [(REST / 5, REST / 5), (REST * 9, REST * 9), (much, LONGEST_REST)] {
            let (breaker, now) = (Breaker::default(), Instant::now());
            for _ in 0..FAILURES {
                let limited = EngineError::Limited { retry_after: asked };
                breaker.enter(now).unwrap().failed(&limited, true, now);
            }
            let told = breaker.enter(now).err();
            assert_eq!(told, Some(EngineError::Limited { retry_after: kept }));
        }
    }

    #[test]
    fn it_is_doubted_until_it_works() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert!(!breaker.is_doubtful());
        breaker.enter(now).unwrap().failed(&DOWN, true, now);
        assert!(breaker.is_doubtful());
        breaker.enter(now).unwrap().worked();
        assert!(!breaker.is_doubtful());
        breaker.enter(now).unwrap().refused();
        assert!(breaker.is_doubtful());
    }
}
