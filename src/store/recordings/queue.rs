//! What waits to be written, so that nobody who speaks waits for a disk or a bucket.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

/// How many are written at the same time, of those that are whole and of those that still grow.
const WRITERS: usize = 4;
/// How often it is said that recordings are lost, at most.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) recordings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, recordings: 4096 }
    }
}

/// A recording in pieces, or a part of it.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pieces: Arc<[Bytes]>,
    len: usize,
}

impl Parts {
    pub(super) fn new(pieces: Vec<Bytes>) -> Self {
        let len = pieces.iter().map(Bytes::len).sum();
        Self { pieces: pieces.into(), len }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes of this range, which lies within.
    pub(super) fn slice(&self, range: &Range<u64>) -> Vec<Bytes> {
        let mut begins = 0;
        let mut slices = Vec::new();
        for piece in self.pieces.iter() {
            let place = |at: u64| at.saturating_sub(begins).min(piece.len() as u64) as usize;
            let (from, to) = (place(range.start), place(range.end));
            if from < to {
                slices.push(piece.slice(from..to));
            }
            begins += piece.len() as u64;
        }
        slices
    }

    pub(super) fn payload(&self) -> PutPayload {
        self.pieces.iter().cloned().collect()
    }
}

/// The queue, and those who work it off. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// Whether a recording can be written while it grows. A bucket wants parts of 5 MiB, and few
    /// recordings are as long.
    pub(super) along: bool,
    /// How much tapes hold together.
    pub(super) held: AtomicUsize,
    /// For those who write what still grows.
    pub(super) pens: Semaphore,
    limits: Limits,
    state: Mutex<State>,
    /// Changes whenever a recording is done with.
    done: watch::Sender<()>,
    lost: AtomicU64,
    pub(super) runtime: Handle,
}

#[derive(Default)]
struct State {
    entries: HashMap<Path, Entry>,
    /// Oldest first.
    order: VecDeque<Path>,
    /// How much waits.
    bytes: usize,
    writers: usize,
    said: Option<Instant>,
}

struct Entry {
    /// None if it was written while it grew, and only its end is missing.
    parts: Option<Parts>,
    writing: bool,
    /// To be removed as soon as it is written.
    forgotten: bool,
}

impl State {
    fn has_room(&self, bytes: usize, limits: Limits) -> bool {
        self.bytes.saturating_add(bytes) <= limits.bytes && self.entries.len() < limits.recordings
    }

    fn remove(&mut self, path: &Path) {
        if let Some(Entry { parts: Some(parts), .. }) = self.entries.remove(path) {
            self.bytes -= parts.len();
        }
    }

    fn next(&mut self) -> Option<(Path, Parts)> {
        let path = self.order.pop_front()?;
        let entry = self.entries.get_mut(&path)?;
        entry.writing = true;
        let parts = entry.parts.clone()?;
        Some((path, parts))
    }
}

impl Queue {
    pub(super) fn new(objects: Arc<dyn ObjectStore>, along: bool, limits: Limits) -> Self {
        let inner = Inner {
            objects,
            along,
            held: AtomicUsize::new(0),
            pens: Semaphore::new(WRITERS),
            limits,
            state: Mutex::default(),
            done: watch::Sender::new(()),
            lost: AtomicU64::new(0),
            runtime: Handle::current(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn put(&self, path: Path, parts: Parts) {
        let mut state = self.inner.locked();
        if state.entries.contains_key(&path) {
            return;
        }
        if !state.has_room(parts.len(), self.inner.limits) {
            drop(state);
            return self.inner.lose_for_want_of_room();
        }
        state.bytes += parts.len();
        state.order.push_back(path.clone());
        let entry = Entry { parts: Some(parts), writing: false, forgotten: false };
        state.entries.insert(path, entry);
        if state.writers < WRITERS {
            state.writers += 1;
            self.inner.runtime.spawn(self.inner.clone().write_all());
        }
    }

    /// Makes room for so much, if there is any, until it is released.
    pub(super) fn reserve(&self, bytes: usize) -> bool {
        let mut state = self.inner.locked();
        let room = state.has_room(bytes, self.inner.limits);
        state.bytes += if room { bytes } else { 0 };
        room
    }

    /// Enters what was written while it grew, and says whether its name was free. It has to be
    /// ended then.
    pub(super) fn announce(&self, path: &Path) -> bool {
        let mut state = self.inner.locked();
        let free = !state.entries.contains_key(path);
        if free {
            let entry = Entry { parts: None, writing: true, forgotten: false };
            state.entries.insert(path.clone(), entry);
        }
        free
    }

    /// Whether something waits or is being written under this name.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.inner.locked().entries.get(path).is_some_and(|entry| !entry.forgotten)
    }

    /// What waits or is being written under this name. Of what only the end is missing, that is
    /// waited for.
    pub(super) async fn find(&self, path: &Path) -> Option<Parts> {
        let found = |state: &State| {
            state
                .entries
                .get(path)
                .filter(|entry| !entry.forgotten)
                .map(|entry| entry.parts.clone())
        };
        self.wait_until(|state| !matches!(found(state), Some(None))).await;
        found(&self.inner.locked()).flatten()
    }

    /// Forgets what waits under these names, and waits for what is being written until it can be
    /// removed. Whoever stops waiting has it removed all the same.
    pub(super) async fn forget(&self, paths: &[Path]) {
        let mut writing = Vec::new();
        {
            let mut state = self.inner.locked();
            for path in paths {
                match state.entries.get_mut(path) {
                    Some(entry) if entry.writing => {
                        entry.forgotten = true;
                        writing.push(path);
                    }
                    Some(_) => state.remove(path),
                    None => {}
                }
            }
            let State { entries, order, .. } = &mut *state;
            order.retain(|path| entries.contains_key(path));
        }
        self.inner.done.send_replace(());
        let over = |state: &State| !writing.iter().any(|path| state.entries.contains_key(*path));
        self.wait_until(over).await;
    }

    pub(super) async fn settle(&self) {
        self.wait_until(|state| state.entries.is_empty()).await;
    }

    pub(super) fn lost(&self) -> u64 {
        self.inner.lost.load(Ordering::Relaxed)
    }

    async fn wait_until(&self, over: impl Fn(&State) -> bool) {
        let mut done = self.inner.done.subscribe();
        // Only an error if nobody can be done any more, and this very queue still can.
        let _ = done.wait_for(|()| over(&self.inner.locked())).await;
    }
}

impl Inner {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write_all(self: Arc<Self>) {
        while let Some((path, parts)) = self.take() {
            let written = self.objects.put(&path, parts.payload()).await;
            self.end(&path, written.map(drop)).await;
        }
    }

    /// One is written, or failed to be.
    pub(super) async fn end(&self, path: &Path, written: object_store::Result<()>) {
        if self.is_done_unless_forgotten(path) {
            if let Err(error) = written {
                self.lose(&error.to_string());
            }
        } else {
            // What failed may have arrived in part or in whole.
            let _ = self.objects.delete(path).await;
            self.locked().remove(path);
        }
        self.done.send_replace(());
    }

    /// Gives back what was reserved.
    pub(super) fn release(&self, bytes: usize) {
        self.locked().bytes -= bytes;
    }

    /// The next one to write; whoever gets none writes no more.
    fn take(&self) -> Option<(Path, Parts)> {
        let mut state = self.locked();
        let next = state.next();
        if next.is_none() {
            state.writers -= 1;
        }
        next
    }

    fn is_done_unless_forgotten(&self, path: &Path) -> bool {
        let mut state = self.locked();
        let forgotten = state.entries.get(path).is_some_and(|entry| entry.forgotten);
        if !forgotten {
            state.remove(path);
        }
        !forgotten
    }

    pub(super) fn lose_for_want_of_room(&self) {
        self.lose("more is recorded than can be written");
    }

    fn lose(&self, why: &str) {
        let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
        let mut state = self.locked();
        if state.said.is_some_and(|said| said.elapsed() < SAID_EVERY) {
            return;
        }
        state.said = Some(Instant::now());
        drop(state);
        tracing::warn!(lost, why, "recordings are lost");
    }
}
