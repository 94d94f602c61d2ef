//! How many turns are taken at once: what comes on top is told so at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::routes::guard::address::household;
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
    inside: Mutex<Inside>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    all: u32,
    by_address: HashMap<IpAddr, u32>,
}

impl Admission {
    /// At most so many; none: as many as come.
    pub fn new(limit: Option<u32>) -> Self {
        let from_one_address =
            limit.map_or(u32::MAX, |limit| (limit / 4).max(1).max(limit.min(16)));
        let limit = limit.unwrap_or(u32::MAX);
        let (inside, left) = (Mutex::default(), Notify::new());
        Self { inner: Arc::new(Inner { limit, from_one_address, inside, left }) }
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
        self.inner.room(&self.inner.locked(), household(address)).map_err(Problem::closing)
    }

    /// Comes in, for as long as the permit is held.
    pub fn enter(&self, address: IpAddr) -> Result<Permit, Problem> {
        let address = household(address);
        let mut inside = self.inner.locked();
        self.inner.room(&inside, address)?;
        inside.all += 1;
        *inside.by_address.entry(address).or_default() += 1;
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
        let from_here = inside.by_address.get(&address).copied().unwrap_or_default();
        if from_here >= self.from_one_address {
            let detail = format!("{from_here} turns from your address are being taken");
            return Err(Problem::new("overloaded", detail).after(wait));
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
        if let Some(count) = inside.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                inside.by_address.remove(&self.address);
            }
        }
    }
}
