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
use crate::routes::guard::address::household;
use crate::routes::problem::Problem;

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
    clock: DefaultClock,
}

/// How a caller stands after a turn was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Turns a minute.
    pub quota: u32,
    /// Turns left now.
    pub remaining: u32,
}

impl Rates {
    /// So many a minute; none: as many as come.
    pub fn new(per_minute: Option<u32>) -> Self {
        let per_minute = per_minute.and_then(NonZeroU32::new);
        let inner = per_minute.map(|per_minute| {
            let quota = Quota::per_minute(per_minute);
            Arc::new(Inner {
                per_minute,
                owners: RateLimiter::keyed(quota).with_middleware(),
                addresses: RateLimiter::keyed(quota).with_middleware(),
                clock: DefaultClock::default(),
            })
        });
        Self { inner }
    }

    /// Counts a turn. None without a limit.
    pub fn count(&self, owner: &Owner, address: IpAddr) -> Result<Option<Standing>, Problem> {
        let Some(inner) = &self.inner else { return Ok(None) };
        let now = inner.clock.now();
        let refused = |wait: Duration| {
            let detail = format!("{} turns a minute are what there is for you", inner.per_minute);
            let wait = wait.max(Duration::from_secs(1));
            Problem::new("rate_limited", detail).after(wait).closing()
        };
        let address = inner.addresses.check_key(&household(address));
        let address = address.map_err(|until| refused(until.wait_time_from(now)))?;
        let mut remaining = address.remaining_burst_capacity();
        if !owner.is_anyone() {
            let owner = inner.owners.check_key(owner);
            let owner = owner.map_err(|until| refused(until.wait_time_from(now)))?;
            remaining = remaining.min(owner.remaining_burst_capacity());
        }
        Ok(Some(Standing { quota: inner.per_minute.get(), remaining }))
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
        }
    }
}

impl Standing {
    /// Tells the caller, as the IETF's draft has it.
    pub fn tell(self, headers: &mut HeaderMap) {
        let policy = format!("\"turns\";q={};w=60", self.quota);
        // After so many seconds, one more turn may be taken.
        let seconds = 60_u32.div_ceil(self.quota.max(1));
        let standing = format!("\"turns\";r={};t={seconds}", self.remaining);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
