//! A recording as it is made.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::store::recordings::queue::{Inner, Parts, Queue};

/// What tapes may hold in memory together, before they are written while they grow.
const HELD: usize = 4 * 1024 * 1024;
/// How much of a tape is written at a time then, at least.
const AT_A_TIME: usize = 16 * 1024;

/// A recording that grows. It waits for nothing. Unless it is kept, nothing is left of it.
pub struct Tape {
    queue: Queue,
    path: Path,
    /// What is held in memory.
    pieces: Vec<Bytes>,
    bytes: usize,
    writer: Option<UnboundedSender<Step>>,
    lost: bool,
}

enum Step {
    Write(Parts),
    Keep,
}

impl Tape {
    pub(super) fn new(queue: Queue, path: Path) -> Self {
        Self { queue, path, pieces: Vec::new(), bytes: 0, writer: None, lost: false }
    }

    /// Appends this.
    pub fn push(&mut self, piece: Bytes) {
        self.bytes += piece.len();
        let held = self.queue.inner.held.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        self.pieces.push(piece);
        if self.queue.inner.along && held > HELD && self.bytes >= AT_A_TIME {
            self.hand_over();
        }
    }

    /// Has it written in the background. Where there is no room, or the folder or bucket does not
    /// take it, it is lost, and counted. Of two of one name the first stays.
    pub fn keep(mut self) {
        if self.writer.is_none() && !self.lost {
            let parts = self.take();
            return self.queue.put(self.path.clone(), parts);
        }
        self.hand_over();
        if self.lost {
            return self.queue.inner.lose_for_want_of_room();
        }
        if self.queue.announce(&self.path) {
            self.tell(Step::Keep);
        }
    }

    fn hand_over(&mut self) {
        let parts = self.take();
        self.lost = self.lost || !self.queue.reserve(parts.len());
        if self.lost {
            // What was written already goes with its writer.
            self.writer = None;
        } else {
            self.tell(Step::Write(parts));
        }
    }

    fn tell(&mut self, step: Step) {
        let writer = self.writer.get_or_insert_with(|| {
            let (writer, steps) = mpsc::unbounded_channel();
            let inner = Arc::clone(&self.queue.inner);
            self.queue.inner.runtime.spawn(write(inner, self.path.clone(), steps));
            writer
        });
        // A writer is gone before its tape only if the program ends.
        let _ = writer.send(step);
    }

    /// What is held, which it is not any more.
    fn take(&mut self) -> Parts {
        self.queue.inner.held.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
        Parts::new(std::mem::take(&mut self.pieces))
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.take();
    }
}

/// Writes a tape while it grows, under a name that nobody sees before it is kept.
async fn write(inner: Arc<Inner>, path: Path, mut steps: UnboundedReceiver<Step>) {
    let mut upload = inner.objects.put_multipart(&path).await;
    while let Some(step) = steps.recv().await {
        match step {
            Step::Write(parts) => {
                let len = parts.len();
                upload = append(&inner, upload, parts).await;
                inner.release(len);
            }
            Step::Keep => {
                let written = match upload {
                    Ok(mut upload) => upload.complete().await.map(drop),
                    Err(error) => Err(error),
                };
                return inner.end(&path, written).await;
            }
        }
    }
    if let Ok(mut upload) = upload {
        // What it can't remove is swept away later.
        let _ = upload.abort().await;
    }
}

type Upload = object_store::Result<Box<dyn MultipartUpload>>;

async fn append(inner: &Inner, upload: Upload, parts: Parts) -> Upload {
    let mut upload = upload?;
    // Never closed.
    let _pen = inner.pens.acquire().await;
    upload.put_part(parts.payload()).await?;
    Ok(upload)
}
