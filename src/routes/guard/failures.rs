//! Tries that failed, counted for each household: who guesses is slowed down, and nobody else is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::routes::guard::address::{household, neighbourhood};

/// Nobody needs more than these, and guessing needs many.
const A_MINUTE: u32 = 10;
/// A network that is handed out in small parts could guess from each of them.
const NEIGHBOURHOOD_A_MINUTE: u32 = 10 * A_MINUTE;
const MINUTE: Duration = Duration::from_secs(60);
/// From so many households on, those that have been quiet are looked for and forgotten.
const MANY: usize = 1024;

/// Tries that failed. Cloning it shares it.
#[derive(Debug, Clone, Default)]
pub struct Failures {
    recent: Arc<Mutex<HashMap<Network, Recent>>>,
}

/// A network, and how many tries may fail in it.
type Network = (IpAddr, u32);

#[derive(Debug, Clone, Copy)]
struct Recent {
    since: Instant,
    count: u32,
}

impl Recent {
    /// What is left of the minute in which it all counts.
    fn lasts(&self, now: Instant) -> Option<Duration> {
        MINUTE.checked_sub(now.duration_since(self.since)).filter(|left| !left.is_zero())
    }
}

impl Failures {
    /// How long those at this address have to wait until they may try again, if they must.
    pub fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = networks(address).filter_map(|network| {
            let recent = recent.get(&network).filter(|recent| recent.count >= network.1)?;
            recent.lasts(now)
        });
        waits.max()
    }

    /// Another try has failed.
    pub fn count(&self, address: IpAddr, now: Instant) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= MANY {
            recent.retain(|_, recent| recent.lasts(now).is_some());
        }
        for network in networks(address) {
            let recent = recent.entry(network).or_insert(Recent { since: now, count: 0 });
            if recent.lasts(now).is_none() {
                *recent = Recent { since: now, count: 0 };
            }
            recent.count = recent.count.saturating_add(1);
        }
    }
}

/// The networks that an address belongs to.
fn networks(address: IpAddr) -> impl Iterator<Item = Network> {
    let around = neighbourhood(address).map(|network| (network, NEIGHBOURHOOD_A_MINUTE));
    std::iter::once((household(address), A_MINUTE)).chain(around)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(failures: &Failures, address: &str, times: u32, now: Instant) {
        for _ in 0..times {
            failures.count(address.parse().unwrap(), now);
        }
    }

    fn waits(failures: &Failures, address: &str, now: Instant) -> bool {
        failures.wait(address.parse().unwrap(), now).is_some()
    }

    #[test]
    fn who_fails_often_waits_for_the_rest_of_the_minute_and_nobody_else_does() {
        let (failures, now) = (Failures::default(), Instant::now());

        fails(&failures, "192.0.2.1", A_MINUTE - 1, now);
        assert!(!waits(&failures, "192.0.2.1", now));
        fails(&failures, "192.0.2.1", 1, now);

        assert!(waits(&failures, "192.0.2.1", now) && !waits(&failures, "192.0.2.2", now));
        assert!(waits(&failures, "192.0.2.1", now + MINUTE / 2));
        assert!(!waits(&failures, "192.0.2.1", now + MINUTE));
    }

    #[test]
    fn many_households_of_one_network_share_what_may_fail_there() {
        let (failures, now) = (Failures::default(), Instant::now());
        for house in 0..NEIGHBOURHOOD_A_MINUTE {
            fails(&failures, &format!("2001:db8:7:{house:x}::1"), 1, now);
        }

        assert!(waits(&failures, "2001:db8:7:ffff::1", now));
        assert!(!waits(&failures, "2001:db8:8::1", now));
    }

    #[test]
    fn households_that_have_been_quiet_are_forgotten() {
        let (failures, now) = (Failures::default(), Instant::now());
        for house in 0..2 * MANY {
            fails(&failures, &format!("10.0.{}.{}", house / 256, house % 256), 1, now);
        }

        fails(&failures, "192.0.2.1", 1, now + MINUTE);

        assert_eq!(failures.recent.lock().unwrap().len(), 1);
    }
}
