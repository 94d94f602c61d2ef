//! What is put aside of a recording while it is made: in a file without a name, of which nothing is
//! left however the program ends.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::spawn_blocking;

use crate::store::recordings::room::Room;

/// How many files are written to at the same time.
const WRITERS: usize = 4;

/// Where files without a name are made.
pub(super) struct Shelf {
    /// None: where temporary files are.
    folder: Option<PathBuf>,
    pens: Semaphore,
    runtime: Handle,
}

/// What may still grow.
pub(super) struct Growing {
    pieces: UnboundedSender<Piece>,
    aside: Aside,
}

/// Something to write, and the room that it takes meanwhile.
struct Piece {
    bytes: Vec<Bytes>,
    _room: Room,
}

/// What was put aside. Cheap to clone.
#[derive(Clone)]
pub(super) struct Aside {
    file: Shared<BoxFuture<'static, Result<Arc<File>, Arc<io::Error>>>>,
    len: usize,
}

impl Shelf {
    /// Call it inside a Tokio runtime: files are written there, in the background.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, pens: Semaphore::new(WRITERS), runtime: Handle::current() }
    }

    /// Begins to put something aside.
    pub(super) fn begin(self: &Arc<Self>) -> Growing {
        let (pieces, coming) = mpsc::unbounded_channel();
        let writing = self.runtime.spawn(Arc::clone(self).write(coming));
        let file = writing.map(|written| match written {
            Ok(written) => written.map(Arc::new).map_err(Arc::new),
            Err(ended) => Err(Arc::new(io::Error::other(ended))),
        });
        Growing { pieces, aside: Aside { file: file.boxed().shared(), len: 0 } }
    }

    async fn write(self: Arc<Self>, mut coming: UnboundedReceiver<Piece>) -> io::Result<File> {
        let mut written = self.open().await;
        while let Some(Piece { bytes, _room }) = coming.recv().await {
            written = match written {
                Ok(file) => self.append(file, bytes).await,
                failed => failed,
            };
        }
        written
    }

    async fn open(&self) -> io::Result<File> {
        let folder = self.folder.clone();
        self.work(move || match folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        })
        .await
    }

    async fn append(&self, mut file: File, bytes: Vec<Bytes>) -> io::Result<File> {
        self.work(move || {
            bytes.iter().try_for_each(|piece| file.write_all(piece))?;
            Ok(file)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        what: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let _pen = self.pens.acquire().await.map_err(io::Error::other)?;
        spawn_blocking(what).await.map_err(io::Error::other)?
    }
}

impl Growing {
    /// Puts these aside too.
    pub(super) fn push(&mut self, bytes: Vec<Bytes>, room: Room) {
        self.aside.len += bytes.iter().map(Bytes::len).sum::<usize>();
        // Nobody takes it only if the program ends.
        let _ = self.pieces.send(Piece { bytes, _room: room });
    }

    /// That was all.
    pub(super) fn end(self) -> Aside {
        self.aside
    }
}

impl Aside {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// These bytes of it, which lie within, as soon as all are written.
    pub(super) async fn read(&self, range: Range<usize>) -> io::Result<Bytes> {
        let same = |error: Arc<io::Error>| io::Error::new(error.kind(), error);
        let file = self.file.clone().await.map_err(same)?;
        let reading = spawn_blocking(move || {
            let mut bytes = vec![0; range.len()];
            file.read_exact_at(&mut bytes, range.start as u64)?;
            Ok(bytes.into())
        });
        reading.await.map_err(io::Error::other)?
    }
}
