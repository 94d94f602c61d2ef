//! Logging in: the link that opens once, and how often anyone may guess.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::api_key::{Secret, SecretHash};
use crate::routes::guard::failures::Failures;
use crate::routes::problem::Problem;

/// The link that opens once does so for an hour: logs are kept for longer.
const LINK_LASTS: Duration = Duration::from_secs(3600);

/// The link that opens once, and how often anyone may guess. Cloning it shares it.
#[derive(Clone)]
pub struct Logins {
    once: Arc<Mutex<Option<SecretHash>>>,
    since: Instant,
    failures: Failures,
}

impl Logins {
    /// With a link that opens once, if there is one.
    pub fn new(once: Option<&Secret>) -> Self {
        let once = Arc::new(Mutex::new(once.map(Secret::hash)));
        Self { once, since: Instant::now(), failures: Failures::default() }
    }

    /// Whether this opens the door, once and for the first who brings it.
    pub fn opens_once(&self, shown: &str, now: Instant) -> bool {
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = Secret::shown(shown).hash();
        let lasts = now.duration_since(self.since) < LINK_LASTS;
        once.take_if(|once| *once == shown).is_some() && lasts
    }

    /// Whether those at this address may still guess.
    pub(super) fn may_guess(&self, address: IpAddr) -> bool {
        self.failures.wait(address, Instant::now()).is_none()
    }

    /// Somebody showed what opens nothing: the problem, or the time to wait if there were many.
    pub(super) fn failed(&self, address: IpAddr, problem: Problem) -> Problem {
        let now = Instant::now();
        let Some(wait) = self.failures.wait(address, now) else {
            self.failures.count(address, now);
            return problem;
        };
        let detail = "too many tokens from your address opened nothing; try again in a minute";
        Problem::new("rate_limited", detail).after(wait.max(Duration::from_secs(1))).closing()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_once_and_for_an_hour() {
        let secret = Secret::shown("rk_once");
        let logins = || Logins::new(Some(&secret));
        let soon = |logins: &Logins| logins.since + LINK_LASTS / 2;

        let fresh = logins();
        assert!(!fresh.opens_once("rk_other", soon(&fresh)));
        assert!(fresh.opens_once("rk_once", soon(&fresh)));
        assert!(!fresh.opens_once("rk_once", soon(&fresh)));
        let old = logins();
        assert!(!old.opens_once("rk_once", old.since + LINK_LASTS));
    }
}
