//! What is kept: conversations, their turns and what was said, in SQLite or PostgreSQL.

mod api_keys;
mod backup;
mod connect;
mod conversations;
mod error;
mod idempotency;
mod insert;
mod messages;
mod migrations;
mod page;
#[cfg(test)]
mod plans;
mod reading;
mod recall;
mod record;
pub mod recordings;
mod schema;
mod search;
mod serving;
mod silent;
mod spending;
mod turns;
mod write;
mod writer;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::DatabaseConnection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::store::backup::back_up;
pub use crate::store::conversations::{Conversation, Fold};
pub use crate::store::error::StoreError;
pub use crate::store::idempotency::{IdempotencyNote, Remembered};
pub use crate::store::messages::Numbered;
pub use crate::store::page::{Listed, Page};
pub use crate::store::recall::{Recall, Window};
pub use crate::store::record::{Engines, Failure, SoundNote, SpokenSentence, TurnRecord};
pub use crate::store::serving::Serving;
pub use crate::store::spending::Charge;
pub use crate::store::turns::Turn;
pub use crate::store::write::Interruption;

use crate::store::connect::Address;
use crate::store::writer::{Job, QUEUE, Writer};

/// The database. Cheap to clone; when the last clone is gone, what is waiting is still written.
#[derive(Debug, Clone)]
pub struct Store {
    readers: DatabaseConnection,
    jobs: mpsc::Sender<Job>,
    failing: Arc<AtomicBool>,
    address: Address,
    writing: TaskTracker,
    stop: CancellationToken,
}

impl Store {
    /// Connects and brings the schema up to date. Any number of processes may do so at once.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        match store.check().await {
            Err(StoreError::Outdated) => store.migrate().await?,
            checked => checked?,
        }
        Ok(store)
    }

    /// The file that connecting to this URL would make, if there is none yet.
    pub fn missing_file(url: &str) -> Result<Option<PathBuf>, StoreError> {
        Ok(Address::parse(url)?.file().filter(|file| !file.exists()).map(Path::to_owned))
    }

    /// Connects to the database of this URL, `sqlite:…` or `postgres://…`, and leaves its schema
    /// as it is. A missing SQLite file is made.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let held = address.hold().await?;
        let connection = address.writer().await?;
        drop(held);
        let readers = address.readers().await?;
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let failing = Arc::new(AtomicBool::new(false));
        let writer = Writer::new(address.clone(), connection, failing.clone());
        let (writing, stop) = (TaskTracker::new(), CancellationToken::new());
        writing.spawn(writer.run(waiting, stop.clone()));
        writing.close();
        Ok(Self { readers, jobs, failing, address, writing, stop })
    }

    /// Which database it is, in a word for people.
    pub fn kind(&self) -> &'static str {
        self.address.kind()
    }

    /// Brings the schema up to date; refuses if a newer version has been here.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let connection = self.address.writer().await?;
        let migrated = schema::migrate(&connection).await;
        connection.close().await?;
        migrated
    }

    /// Whether the database answers, knows the schema and takes what is written.
    pub async fn check(&self) -> Result<(), StoreError> {
        schema::check(&self.readers).await?;
        if self.failing.load(Ordering::Relaxed) { self.try_writing().await } else { Ok(()) }
    }

    /// Writes what is waiting, takes no more, and hangs up.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.stop.cancel();
        self.writing.wait().await;
        Ok(self.readers.close_by_ref().await?)
    }
}
