//! Recordings of what was said and heard: kept behind the answer, in a folder or a bucket.

mod aside;
mod parts;
mod place;
mod queue;
mod recorder;
mod room;

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt};

pub use crate::store::recordings::place::BucketAccess;
pub use crate::store::recordings::recorder::Recorder;

use crate::audio::clip::Container;
use crate::audio::format::Format;
use crate::domain::turn::TurnId;
use crate::store::error::StoreError;
use crate::store::recordings::aside::Shelf;
use crate::store::recordings::parts::Parts;
use crate::store::recordings::queue::{Limits, Queue};

/// What a recording is of: what was said, or what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Reply,
    Clip,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Reply, Self::Clip];

    fn folder(self) -> &'static str {
        match self {
            Self::Reply => "replies",
            Self::Clip => "clips",
        }
    }
}

/// A recording's name. It follows from what the recording is, so it is written down nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    turn: TurnId,
    kind: Kind,
    extension: &'static str,
}

impl Name {
    /// What was said in a turn, in this format.
    pub fn reply(turn: TurnId, format: Format) -> Self {
        Self { turn, kind: Kind::Reply, extension: format.extension() }
    }

    /// What was heard in a turn, in this container.
    pub fn clip(turn: TurnId, container: Container) -> Self {
        Self { turn, kind: Kind::Clip, extension: container.extension() }
    }

    /// All that recordings of a turn can be named.
    fn all(turn: TurnId) -> impl Iterator<Item = Self> {
        let replies = Format::ALL.into_iter().map(move |format| Self::reply(turn, format));
        let clips = Container::ALL.into_iter().map(move |container| Self::clip(turn, container));
        replies.chain(clips)
    }
}

/// A recording, or a part of it.
pub struct Recording {
    /// How long the whole recording is.
    pub total_bytes: u64,
    /// Which of its bytes these are. Empty if nothing of what was asked for exists.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes, StoreError>>,
}

/// Recordings. Cheap to clone.
#[derive(Clone)]
pub struct Recordings {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Where they are, if that is a folder.
    folder: Option<PathBuf>,
    queue: Queue,
}

/// What gives access to a bucket is never shown.
impl fmt::Debug for Recordings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Recordings").field(&self.folder).finish()
    }
}

impl Recordings {
    /// Opens a folder, given by its path or as `file:…`, or a bucket, given as
    /// `s3://bucket/prefix?endpoint=…&region=…`. A missing folder is made, for its owner's eyes
    /// only. Call it inside a Tokio runtime: recordings are written there, in the background.
    pub fn open(place: &str, access: Option<&BucketAccess>) -> Result<Self, StoreError> {
        Self::with_limits(place, access, Limits::default())
    }

    /// As `open`, but with room for only so many bytes that wait to be written.
    pub fn with_room(
        place: &str,
        access: Option<&BucketAccess>,
        bytes: usize,
    ) -> Result<Self, StoreError> {
        Self::with_limits(place, access, Limits { bytes, ..Limits::default() })
    }

    fn with_limits(
        place: &str,
        access: Option<&BucketAccess>,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let place = place::open(place, access)?;
        place.folder.as_deref().map_or(Ok(()), place::sweep)?;
        let shelf = Shelf::new(place.folder.clone());
        let queue = Queue::new(place.objects.clone(), shelf, limits);
        Ok(Self { objects: place.objects, prefix: place.prefix, folder: place.folder, queue })
    }

    /// Begins a recording. Should its turn be removed in the meantime, it is not kept.
    pub fn begin(&self, name: Name) -> Recorder {
        Recorder::new(self.queue.clone(), self.path(name))
    }

    /// How many recordings were lost.
    pub fn lost(&self) -> u64 {
        self.queue.lost()
    }

    /// Waits until all that was to be kept is written or lost.
    pub async fn settle(&self) {
        self.queue.settle().await;
    }

    /// Whether there is a recording of this name, written or not yet.
    pub async fn exists(&self, name: Name) -> Result<bool, StoreError> {
        let path = self.path(name);
        if self.queue.find(&path).is_some() {
            return Ok(true);
        }
        Ok(found(self.objects.head(&path).await)?.is_some())
    }

    /// The recording of this name, or these bytes of it, as far as they exist.
    pub async fn get(
        &self,
        name: Name,
        range: Option<Range<u64>>,
    ) -> Result<Option<Recording>, StoreError> {
        let path = self.path(name);
        if let Some(parts) = self.queue.find(&path) {
            return Ok(Some(from_queue(&parts, range).await?));
        }
        let Some(range) = range else {
            let whole = found(self.objects.get(&path).await)?;
            return Ok(whole.map(from_store));
        };
        // A range beyond the end is an error to some and none to others, so the end is asked for.
        let Some(meta) = found(self.objects.head(&path).await)? else { return Ok(None) };
        let range = within(range, meta.size);
        if range.is_empty() {
            return Ok(Some(Recording { total_bytes: meta.size, range, bytes: nothing() }));
        }
        let part = GetOptions::default().with_range(Some(range));
        Ok(found(self.objects.get_opts(&path, part).await)?.map(from_store))
    }

    /// Removes all recordings of these turns: also one that waits to be written, and one that is
    /// being written at this moment.
    pub async fn remove(&self, turns: &[TurnId]) -> Result<(), StoreError> {
        let names = turns.iter().copied().flat_map(Name::all);
        let paths: Vec<Path> = names.map(|name| self.path(name)).collect();
        self.queue.forget(&paths).await;
        self.delete(stream::iter(paths).map(Ok).boxed()).await.map(drop)
    }

    /// Removes all recordings that were written before this moment, and says how many.
    pub async fn purge(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        if let Some(folder) = &self.folder {
            place::sweep(folder)?;
        }
        let mut removed = 0;
        for kind in Kind::ALL {
            let old = self
                .objects
                .list(Some(&self.prefix.clone().join(kind.folder())))
                .try_filter(move |meta| std::future::ready(meta.last_modified < before))
                .map_ok(|meta| meta.location);
            removed += self.delete(old.boxed()).await?;
        }
        Ok(removed)
    }

    async fn delete(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> Result<u64, StoreError> {
        let (mut removed, mut failed) = (0, None);
        let mut answers = self.objects.delete_stream(paths);
        while let Some(answer) = answers.next().await {
            match found(answer) {
                Ok(there) => removed += u64::from(there.is_some()),
                // The others are removed all the same.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(removed), Err)
    }

    fn path(&self, name: Name) -> Path {
        let file = format!("{}.{}", name.turn, name.extension);
        self.prefix.clone().join(name.kind.folder()).join(file)
    }
}

async fn from_queue(parts: &Parts, range: Option<Range<u64>>) -> Result<Recording, StoreError> {
    let total_bytes = parts.len() as u64;
    let range = within(range.unwrap_or(0..total_bytes), total_bytes);
    let bytes = parts.read(range.start as usize..range.end as usize).await?.into_iter().map(Ok);
    Ok(Recording { total_bytes, range, bytes: stream::iter(bytes).boxed() })
}

fn from_store(got: object_store::GetResult) -> Recording {
    let (total_bytes, range) = (got.meta.size, got.range.clone());
    Recording { total_bytes, range, bytes: got.into_stream().map_err(StoreError::from).boxed() }
}

fn within(range: Range<u64>, total_bytes: u64) -> Range<u64> {
    let start = range.start.min(total_bytes);
    start..range.end.clamp(start, total_bytes)
}

fn nothing() -> BoxStream<'static, Result<Bytes, StoreError>> {
    stream::empty().boxed()
}

/// What is not there is no error.
fn found<T>(answer: object_store::Result<T>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
