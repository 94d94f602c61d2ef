//! How many turns are taken at once: what comes on top is told so at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::routes::guard::address::{household, neighbourhood};
use crate::routes::problem::Problem;

/// How many turns are taken at once, all together and from one address.
#[derive(Debug, Clone)]
pub struct Admission {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limit: u32,
    from_one_address: u32,
    from_one_network: u32,
    inside: Mutex<Inside>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    all: u32,
    from: HashMap<Place, u32>,
}

/// Where turns come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// One address, or one IPv6 household.
    House(IpAddr),
    /// The network around it, which one customer may divide among many households.
    Network(IpAddr),
}

/// The places that an address belongs to.
fn places(address: IpAddr) -> impl Iterator<Item = Place> {
    let network = neighbourhood(address).map(Place::Network);
    std::iter::once(Place::House(household(address))).chain(network)
}

impl Admission {
    /// At most so many; none: as many as come.
    pub fn new(limit: Option<u32>) -> Self {
        let from_one_address =
            limit.map_or(u32::MAX, |limit| (limit / 4).max(1).max(limit.min(16)));
        let limit = limit.unwrap_or(u32::MAX);
        let from_one_network = (limit / 2).max(from_one_address);
        let (inside, left) = (Mutex::default(), Notify::new());
        let inner = Inner { limit, from_one_address, from_one_network, inside, left };
        Self { inner: Arc::new(inner) }
    }

    /// At most so many; none: as many as come.
    pub fn limit(&self) -> Option<u32> {
        Some(self.inner.limit).filter(|limit| *limit != u32::MAX)
    }

    /// Waits until nobody is inside.
    pub async fn emptied(&self) {
        loop {
            let left = self.inner.left.notified();
            if self.inside() == 0 {
                return;
            }
            left.await;
        }
    }

    /// How many are inside.
    pub fn inside(&self) -> u32 {
        self.inner.locked().all
    }

    /// Whether there is room now; asked before a body is read.
    pub fn look(&self, address: IpAddr) -> Result<(), Problem> {
        self.inner.room(&self.inner.locked(), address).map_err(Problem::closing)
    }

    /// Comes in, for as long as the permit is held.
    pub fn enter(&self, address: IpAddr) -> Result<Permit, Problem> {
        let mut inside = self.inner.locked();
        self.inner.room(&inside, address)?;
        inside.all += 1;
        for place in places(address) {
            *inside.from.entry(place).or_default() += 1;
        }
        Ok(Permit { inner: Arc::clone(&self.inner), address })
    }
}

impl Inner {
    fn locked(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn room(&self, inside: &Inside, address: IpAddr) -> Result<(), Problem> {
        let wait = Duration::from_secs(1);
        if inside.all >= self.limit {
            let detail = format!("{} turns are being taken, and there are no more", inside.all);
            return Err(Problem::new("overloaded", detail).after(wait));
        }
        for place in places(address) {
            let (most, yours) = match place {
                Place::House(_) => (self.from_one_address, "address"),
                Place::Network(_) => (self.from_one_network, "network"),
            };
            let from_here = inside.from.get(&place).copied().unwrap_or_default();
            if from_here >= most {
                let detail = format!("{from_here} turns from your {yours} are being taken");
                return Err(Problem::new("overloaded", detail).after(wait));
            }
        }
        Ok(())
    }
}

/// A place inside.
#[derive(Debug)]
pub struct Permit {
    inner: Arc<Inner>,
    address: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut inside = self.inner.locked();
        inside.all -= 1;
        if inside.all == 0 {
            self.inner.left.notify_waiters();
        }
        for place in places(self.address) {
            if let Some(count) = inside.from.get_mut(&place) {
                *count -= 1;
                if *count == 0 {
                    inside.from.remove(&place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_network_takes_more_than_half_of_the_room() {
        let admission = Admission::new(Some(64));
        let enter = |house: u32| {
            let address = format!("2001:db8:0:{house:x}::1").parse().unwrap();
            admission.enter(address)
        };

        let inside: Vec<_> = (0..32).map(|place| enter(place % 4).unwrap()).collect();
        let full = enter(5).unwrap_err();
        assert!(full.detail().contains("your network"), "{full}");
        assert!(admission.enter("2001:db8:1::1".parse().unwrap()).is_ok());

        drop(inside);
        assert!(enter(5).is_ok());
        assert_eq!(admission.inner.locked().from.len(), 0);
    }
}
