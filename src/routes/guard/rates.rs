//! How many turns a minute, for each owner and each address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::domain::owner::Owner;
use crate::routes::guard::address::{household, neighbourhood};
use crate::routes::problem::Problem;

/// A network that one customer may divide among many households has the turns of so many.
const HOUSEHOLDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(15);

type Limiter<K> =
    RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// How many turns a minute, for each owner and each address.
#[derive(Clone)]
pub struct Rates {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    per_minute: NonZeroU32,
    owners: Limiter<Owner>,
    addresses: Limiter<IpAddr>,
    neighbourhoods: Limiter<IpAddr>,
    clock: DefaultClock,
}

/// How a caller stands after a turn was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Turns a minute.
    pub quota: u32,
    /// Turns left now.
    pub remaining: u32,
    /// How long until the next turn may be taken, if this one may not.
    pub wait: Option<Duration>,
}

impl Rates {
    /// So many a minute; none: as many as come.
    pub fn new(per_minute: Option<u32>) -> Self {
        let per_minute = per_minute.and_then(NonZeroU32::new);
        let inner = per_minute.map(|per_minute| {
            let quota = Quota::per_minute(per_minute);
            let around = Quota::per_minute(per_minute.saturating_mul(HOUSEHOLDS));
            Arc::new(Inner {
                per_minute,
                owners: RateLimiter::keyed(quota).with_middleware(),
                addresses: RateLimiter::keyed(quota).with_middleware(),
                neighbourhoods: RateLimiter::keyed(around).with_middleware(),
                clock: DefaultClock::default(),
            })
        });
        Self { inner }
    }

    /// Counts a turn, and tells how the caller stands. None without a limit.
    pub fn count(&self, owner: &Owner, address: IpAddr) -> Option<Standing> {
        let inner = self.inner.as_ref()?;
        let now = inner.clock.now();
        let quota = inner.per_minute.get();
        let refused = |wait: Duration| Standing { quota, remaining: 0, wait: Some(wait) };
        let mut remaining = match inner.addresses.check_key(&household(address)) {
            Ok(left) => left.remaining_burst_capacity(),
            Err(until) => return Some(refused(until.wait_time_from(now))),
        };
        if let Some(around) = neighbourhood(address)
            && let Err(until) = inner.neighbourhoods.check_key(&around)
        {
            return Some(refused(until.wait_time_from(now)));
        }
        if !owner.is_anyone() {
            match inner.owners.check_key(owner) {
                Ok(left) => remaining = remaining.min(left.remaining_burst_capacity()),
                Err(until) => return Some(refused(until.wait_time_from(now))),
            }
        }
        Some(Standing { quota, remaining, wait: None })
    }

    /// Turns a minute.
    pub fn per_minute(&self) -> Option<u32> {
        self.inner.as_ref().map(|inner| inner.per_minute.get())
    }

    /// Forgets those who have been quiet for long enough.
    pub fn tidy(&self) {
        if let Some(inner) = &self.inner {
            inner.owners.retain_recent();
            inner.addresses.retain_recent();
            inner.neighbourhoods.retain_recent();
        }
    }
}

impl Standing {
    /// Whether the turn that was counted may be taken.
    pub fn allowed(self) -> Result<(), Problem> {
        let Some(wait) = self.wait else { return Ok(()) };
        let detail = format!("you may take {} turns a minute", self.quota);
        let wait = wait.max(Duration::from_secs(1));
        Err(Problem::new("rate_limited", detail).after(wait).closing())
    }

    /// Tells the caller, as the IETF's draft has it.
    pub fn tell(self, headers: &mut HeaderMap) {
        let policy = format!("\"turns\";q={};w=60", self.quota);
        // After so many seconds, one more turn may be taken.
        let usual = u64::from(60_u32.div_ceil(self.quota.max(1)));
        let seconds = self.wait.map_or(usual, |wait| wait.as_secs() + 1);
        let standing = format!("\"turns\";r={};t={seconds}", self.remaining);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_households_of_one_network_share_the_turns_of_sixteen() {
        let rates = Rates::new(Some(2));
        let allowed = |address: String| {
            let standing = rates.count(&Owner::anyone(), address.parse().unwrap());
            standing.unwrap().allowed().is_ok()
        };

        assert!((0..32).all(|house| allowed(format!("2001:db8:7:{house:x}::1"))));

        assert!(!allowed("2001:db8:7:ffff::1".to_owned()));
        assert!(allowed("2001:db8:8::1".to_owned()));
    }
}
