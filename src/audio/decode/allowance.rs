//! What a clip may take: time of a processor, and bytes of itself until its sound begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A reader of containers may read for long before it hands over the first packet, or the next, and
/// whatever reads bytes looks here: so nothing that a clip holds can keep a thread busy.
///
/// Time is counted as it is spent by the thread that works, not as it goes by: on a machine that is
/// busy with others, no clip gets less of it. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Allowance(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    limit_ns: AtomicU64,
    spent_ns: AtomicU64,
    /// When the thread that works now began, on its own clock.
    since_ns: AtomicU64,
    most_bytes: AtomicU64,
    read_bytes: AtomicU64,
    overreached: AtomicBool,
}

impl Allowance {
    /// So much time, and all bytes. The thread begins to work.
    pub(crate) fn new(limit: Duration) -> Self {
        Self(Arc::new(Counts {
            limit_ns: AtomicU64::new(nanoseconds(limit)),
            spent_ns: AtomicU64::default(),
            since_ns: AtomicU64::new(now_ns()),
            most_bytes: AtomicU64::new(u64::MAX),
            read_bytes: AtomicU64::default(),
            overreached: AtomicBool::default(),
        }))
    }

    /// This thread goes on with the work, which another may have begun.
    pub(crate) fn resume(&self) {
        self.0.since_ns.store(now_ns(), Relaxed);
    }

    /// The thread stops working for now.
    pub(crate) fn pause(&self) {
        let now = now_ns();
        let since = self.0.since_ns.swap(now, Relaxed);
        self.0.spent_ns.fetch_add(now.saturating_sub(since), Relaxed);
    }

    /// How much time there is altogether.
    pub(crate) fn grant(&self, limit: Duration) {
        self.0.limit_ns.store(nanoseconds(limit), Relaxed);
    }

    /// Time spent until the last pause.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.0.spent_ns.load(Relaxed))
    }

    /// Whether the time is used up, while the thread works.
    pub(crate) fn is_over(&self) -> bool {
        let working = now_ns().saturating_sub(self.0.since_ns.load(Relaxed));
        self.0.spent_ns.load(Relaxed) + working > self.0.limit_ns.load(Relaxed)
    }

    /// Does what may read no byte behind the first so many; none if it tried to, whatever it made
    /// of being refused.
    pub(crate) fn confined<T>(&self, bytes: u64, work: impl FnOnce() -> T) -> Option<T> {
        self.0.most_bytes.store(bytes, Relaxed);
        let outcome = work();
        self.0.most_bytes.store(u64::MAX, Relaxed);
        (!self.0.overreached.load(Relaxed)).then_some(outcome)
    }

    /// How far the clip was read.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.0.read_bytes.load(Relaxed)
    }

    /// Bytes are read up to this place.
    pub(crate) fn read_to(&self, position: u64) {
        self.0.read_bytes.fetch_max(position, Relaxed);
    }

    /// Whether bytes may be read from this place on.
    pub(crate) fn covers(&self, position: u64) -> bool {
        let within = position < self.0.most_bytes.load(Relaxed);
        self.0.overreached.fetch_or(!within, Relaxed);
        within && !self.is_over()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let part = |count: i64| u64::try_from(count).unwrap_or_default();
    part(now.tv_sec) * 1_000_000_000 + part(now.tv_nsec)
}
