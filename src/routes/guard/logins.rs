//! Logging in: the link that opens once, and how often anyone may try.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::domain::api_key::{Secret, SecretHash};
use crate::routes::problem::Problem;

/// All together, for nobody needs more and guessing needs many.
const ATTEMPTS_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// The link that opens once, and how often anyone may try. Cloning it shares it.
#[derive(Clone)]
pub struct Logins {
    once: Arc<Mutex<Option<SecretHash>>>,
    attempts: Arc<DefaultDirectRateLimiter>,
}

impl Logins {
    /// With a link that opens once, if there is one.
    pub fn new(once: Option<&Secret>) -> Self {
        let attempts = RateLimiter::direct(Quota::per_minute(ATTEMPTS_PER_MINUTE));
        Self { once: Arc::new(Mutex::new(once.map(Secret::hash))), attempts: Arc::new(attempts) }
    }

    pub(super) fn opens_once(&self, shown: &str) -> bool {
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = Secret::shown(shown).hash();
        once.take_if(|once| *once == shown).is_some()
    }

    pub(super) fn count(&self) -> Result<(), Problem> {
        self.attempts.check().map_err(|_| {
            let detail = format!("{ATTEMPTS_PER_MINUTE} attempts a minute are what there is");
            Problem::new("rate_limited", detail).after(Duration::from_secs(6))
        })
    }
}
