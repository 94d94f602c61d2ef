//! What waits to be written, so that nobody who speaks waits for a disk or a bucket.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::store::error::StoreError;
use crate::store::recordings::aside::Shelf;
use crate::store::recordings::parts::Parts;
use crate::store::recordings::room::{Room, Rooms};

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

/// The queue, and those who work it off. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    objects: Arc<dyn ObjectStore>,
    shelf: Arc<Shelf>,
    /// What recorders hold in memory together.
    held: AtomicUsize,
    /// For what waits to be written.
    rooms: Rooms,
    most: usize,
    state: Mutex<State>,
    /// Changes whenever a recording is done with.
    done: watch::Sender<()>,
    lost: AtomicU64,
    runtime: Handle,
}

#[derive(Default)]
struct State {
    /// What is being made, and whether it was forgotten meanwhile.
    begun: HashMap<Path, bool>,
    entries: HashMap<Path, Entry>,
    /// Oldest first.
    order: VecDeque<Path>,
    writers: usize,
    said: Option<Instant>,
}

struct Entry {
    parts: Parts,
    _room: Room,
    writing: bool,
    /// To be removed as soon as it is written.
    forgotten: bool,
}

impl State {
    fn next(&mut self) -> Option<(Path, Parts)> {
        let path = self.order.pop_front()?;
        let entry = self.entries.get_mut(&path)?;
        entry.writing = true;
        Some((path, entry.parts.clone()))
    }
}

impl Queue {
    pub(super) fn new(objects: Arc<dyn ObjectStore>, shelf: Shelf, limits: Limits) -> Self {
        let inner = Inner {
            objects,
            shelf: Arc::new(shelf),
            held: AtomicUsize::new(0),
            rooms: Rooms::new(limits.bytes),
            most: limits.recordings,
            state: Mutex::default(),
            done: watch::Sender::new(()),
            lost: AtomicU64::new(0),
            runtime: Handle::current(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Something is being made under this name.
    pub(super) fn begin(&self, path: &Path) {
        self.inner.locked().begun.insert(path.clone(), false);
    }

    /// It is not being made any more.
    pub(super) fn end(&self, path: &Path) {
        self.inner.locked().begun.remove(path);
    }

    /// So much more is held in memory by those who make something; says how much that is now.
    pub(super) fn hold(&self, bytes: usize) -> usize {
        self.inner.held.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    pub(super) fn let_go(&self, bytes: usize) {
        self.inner.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn shelf(&self) -> &Arc<Shelf> {
        &self.inner.shelf
    }

    /// Room for so much that waits to be written, if there is any.
    pub(super) fn room(&self, bytes: usize) -> Option<Room> {
        self.inner.rooms.take(bytes)
    }

    pub(super) fn put(&self, path: Path, parts: Parts) {
        let mut state = self.inner.locked();
        if state.begun.get(&path) == Some(&true) || state.entries.contains_key(&path) {
            return;
        }
        let room = self.room(parts.in_memory()).filter(|_| state.entries.len() < self.inner.most);
        let Some(_room) = room else {
            drop(state);
            return self.lose_for_want_of_room();
        };
        state.order.push_back(path.clone());
        state.entries.insert(path, Entry { parts, _room, writing: false, forgotten: false });
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

    /// Forgets what is being made and what waits under these names, and waits for what is being
    /// written until it can be removed. Whoever stops waiting has it removed all the same.
    pub(super) async fn forget(&self, paths: &[Path]) {
        let mut writing = Vec::new();
        {
            let mut state = self.inner.locked();
            for path in paths {
                if let Some(forgotten) = state.begun.get_mut(path) {
                    *forgotten = true;
                }
                match state.entries.get_mut(path) {
                    Some(entry) if entry.writing => {
                        entry.forgotten = true;
                        writing.push(path);
                    }
                    Some(_) => drop(state.entries.remove(path)),
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

    pub(super) fn lose_for_want_of_room(&self) {
        self.inner.lose("more is recorded than can be written");
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
            let written = self.write(&path, parts).await;
            if self.is_done_unless_forgotten(&path) {
                if let Err(error) = written {
                    self.lose(&error.to_string());
                }
            } else {
                // What failed may have arrived in part or in whole.
                let _ = self.objects.delete(&path).await;
                self.locked().entries.remove(&path);
            }
            self.done.send_replace(());
        }
    }

    async fn write(&self, path: &Path, parts: Parts) -> Result<(), StoreError> {
        let pieces = parts.read(0..parts.len()).await?;
        self.objects.put(path, pieces.into_iter().collect()).await?;
        Ok(())
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
            state.entries.remove(path);
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
