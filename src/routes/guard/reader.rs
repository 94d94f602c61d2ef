//! Somebody who reads what is theirs: as often as a page needs to, not so often that nobody else can.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::domain::api_key::Scope;
use crate::routes::guard::address::household;
use crate::routes::guard::caller::Caller;
use crate::routes::guard::entrance::Entrance;
use crate::routes::problem::Problem;

/// No page reads more for long.
const A_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// But it may begin with many.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// How often each household may read.
#[derive(Clone)]
pub struct Reads {
    households: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
}

impl Reads {
    /// Limited where others can reach us: whoever is alone takes nothing away from anybody.
    pub fn new(limited: bool) -> Self {
        let quota = Quota::per_second(A_SECOND).allow_burst(AT_ONCE);
        Self { households: limited.then(|| Arc::new(RateLimiter::keyed(quota))) }
    }

    /// Counts what is read once more.
    pub fn count(&self, address: IpAddr) -> Result<(), Problem> {
        let Some(households) = &self.households else { return Ok(()) };
        households.check_key(&household(address)).map_err(|until| {
            let detail = format!("you may read {A_SECOND} times a second");
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::new("rate_limited", detail).after(wait.max(Duration::from_secs(1)))
        })
    }

    /// Forgets those who have been quiet for long enough.
    pub fn tidy(&self) {
        if let Some(households) = &self.households {
            households.retain_recent();
        }
    }
}

/// Somebody who may read, and has not read too much.
pub struct Reader {
    /// Who they are.
    pub caller: Caller,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        let entrance = request.app_data::<Data<Entrance>>().cloned();
        Box::pin(async move {
            let caller = caller.await?;
            caller.may(Scope::Read)?;
            let entrance = entrance.ok_or_else(|| Problem::new("internal", "no entrance"))?;
            entrance.reads().count(caller.address)?;
            Ok(Self { caller })
        })
    }
}
