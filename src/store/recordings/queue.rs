//! What waits to be written, so that nobody who speaks waits for a disk or a bucket.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// How many are written at the same time.
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

/// A recording in pieces.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pieces: Arc<[Bytes]>,
    len: usize,
}

impl Parts {
    fn new(pieces: Vec<Bytes>) -> Self {
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

    fn payload(&self) -> PutPayload {
        self.pieces.iter().cloned().collect()
    }
}

/// The queue, and those who work it off. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    objects: Arc<dyn ObjectStore>,
    limits: Limits,
    state: Mutex<State>,
    /// Changes whenever a recording is done with.
    done: watch::Sender<()>,
    lost: AtomicU64,
    runtime: Handle,
}

#[derive(Default)]
struct State {
    entries: HashMap<Path, Entry>,
    /// Oldest first.
    order: VecDeque<Path>,
    bytes: usize,
    writers: usize,
    said: Option<Instant>,
}

struct Entry {
    parts: Parts,
    writing: bool,
    /// To be removed as soon as it is written.
    forgotten: bool,
}

impl State {
    fn has_room(&self, bytes: usize, limits: Limits) -> bool {
        self.bytes.saturating_add(bytes) <= limits.bytes && self.entries.len() < limits.recordings
    }

    fn remove(&mut self, path: &Path) {
        if let Some(entry) = self.entries.remove(path) {
            self.bytes -= entry.parts.len();
        }
    }

    fn next(&mut self) -> Option<(Path, Parts)> {
        let path = self.order.pop_front()?;
        let entry = self.entries.get_mut(&path)?;
        entry.writing = true;
        Some((path, entry.parts.clone()))
    }
}

impl Queue {
    pub(super) fn new(objects: Arc<dyn ObjectStore>, limits: Limits) -> Self {
        let inner = Inner {
            objects,
            limits,
            state: Mutex::default(),
            done: watch::Sender::new(()),
            lost: AtomicU64::new(0),
            runtime: Handle::current(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn put(&self, path: Path, pieces: Vec<Bytes>) {
        let parts = Parts::new(pieces);
        let mut state = self.inner.locked();
        if state.entries.contains_key(&path) {
            return;
        }
        if !state.has_room(parts.len(), self.inner.limits) {
            drop(state);
            return self.inner.lose("more is recorded than can be written");
        }
        state.bytes += parts.len();
        state.order.push_back(path.clone());
        state.entries.insert(path, Entry { parts, writing: false, forgotten: false });
        if state.writers < WRITERS {
            state.writers += 1;
            self.inner.runtime.spawn(self.inner.clone().write_all());
        }
    }

    /// What waits or is being written under this name.
    pub(super) fn find(&self, path: &Path) -> Option<Parts> {
        let state = self.inner.locked();
        state.entries.get(path).filter(|entry| !entry.forgotten).map(|entry| entry.parts.clone())
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
            if self.is_done_unless_forgotten(&path) {
                if let Err(error) = written {
                    self.lose(&error.to_string());
                }
            } else {
                // What failed may have arrived in part or in whole.
                let _ = self.objects.delete(&path).await;
                self.locked().remove(&path);
            }
            self.done.send_replace(());
        }
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
