//! A recording while it is made.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;

use crate::store::recordings::aside::Growing;
use crate::store::recordings::parts::Parts;
use crate::store::recordings::queue::Queue;

/// What all recorders may hold in memory together, before they put it aside.
const HELD: usize = 4 * 1024 * 1024;
/// How much a recorder puts aside at a time, at least.
const AT_A_TIME: usize = 16 * 1024;

/// Takes down sound. It waits for nothing, and unless the sound is kept, nothing is left of it.
pub struct Recorder {
    queue: Queue,
    path: Path,
    aside: Option<Growing>,
    /// What is held in memory.
    pieces: Vec<Bytes>,
    held: usize,
    bytes: usize,
    lost: bool,
}

impl Recorder {
    pub(super) fn new(queue: Queue, path: Path) -> Self {
        queue.begin(&path);
        let pieces = Vec::new();
        Self { queue, path, aside: None, pieces, held: 0, bytes: 0, lost: false }
    }

    /// Appends this.
    pub fn push(&mut self, piece: Bytes) {
        if self.lost {
            return;
        }
        self.bytes += piece.len();
        self.held += piece.len();
        let all = self.queue.hold(piece.len());
        self.pieces.push(piece);
        if all > HELD && self.held >= AT_A_TIME {
            self.put_aside();
        }
    }

    /// How many bytes were appended.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Has it written in the background, behind a head that is known only now, if it has one.
    /// Where there is no room, or the folder or bucket does not take it, it is lost, and counted.
    /// Of two of one name the first stays.
    pub fn keep(mut self, head: Option<Bytes>) {
        if self.lost {
            return self.queue.lose_for_want_of_room();
        }
        let aside = self.aside.take().map(Growing::end);
        let parts = Parts::new(head, aside, self.take());
        self.queue.put(self.path.clone(), parts);
    }

    fn put_aside(&mut self) {
        let room = self.queue.room(self.held);
        let pieces = self.take();
        let Some(room) = room else {
            self.lost = true;
            self.aside = None;
            return;
        };
        let shelf = Arc::clone(self.queue.shelf());
        self.aside.get_or_insert_with(|| shelf.begin()).push(pieces, room);
    }

    /// What is held, which it is not any more.
    fn take(&mut self) -> Vec<Bytes> {
        self.queue.let_go(std::mem::take(&mut self.held));
        std::mem::take(&mut self.pieces)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.take();
        self.queue.end(&self.path);
    }
}
