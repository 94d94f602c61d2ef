//! What is kept: conversations, their turns and what was said, in SQLite or PostgreSQL.

mod connect;
mod conversations;
mod error;
mod messages;
mod migrations;
mod recall;
mod record;
mod schema;
mod turns;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::store::conversations::{Conversation, Fold};
pub use crate::store::error::StoreError;
pub use crate::store::messages::Numbered;
pub use crate::store::recall::{Recall, Window};
pub use crate::store::record::{Engines, Failure, TurnRecord};
pub use crate::store::turns::Turn;

use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::connect::Address;
use crate::store::writer::{Job, QUEUE, Write, Writer};

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

    /// Writes nothing, but all the way to the disk: whether writing works.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        self.write(Write::Probe).await
    }

    /// Writes what is waiting, takes no more, and hangs up.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.stop.cancel();
        self.writing.wait().await;
        Ok(self.readers.close_by_ref().await?)
    }

    /// Writes a turn down. When this returns, it is on the disk.
    pub async fn record(&self, turn: TurnRecord) -> Result<(), StoreError> {
        self.write(Write::Record(Box::new(turn))).await
    }

    /// Puts a summary in place of the messages that it speaks for, unless another was faster.
    pub async fn fold(&self, conversation: ConversationId, fold: Fold) -> Result<(), StoreError> {
        self.write(Write::Fold(conversation, fold)).await
    }

    /// Gives the owner's conversation a title.
    pub async fn rename(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        title: &str,
    ) -> Result<(), StoreError> {
        self.write(Write::Rename(owner.clone(), conversation, title.to_owned())).await
    }

    /// Removes the owner's conversation and all that was said in it. SQLite's files keep no trace;
    /// PostgreSQL's lose theirs at the next vacuum.
    pub async fn delete(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<(), StoreError> {
        self.write(Write::Delete(owner.clone(), conversation)).await
    }

    /// The owner's conversation.
    pub async fn conversation(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<Conversation, StoreError> {
        conversations::find(&self.readers, owner, conversation).await
    }

    /// The owner's conversations, at most `limit`, the latest first.
    pub async fn conversations(
        &self,
        owner: &Owner,
        limit: u64,
    ) -> Result<Vec<Conversation>, StoreError> {
        conversations::list(&self.readers, owner, limit).await
    }

    /// The owner's latest conversation, if it went on after this moment.
    pub async fn latest(
        &self,
        owner: &Owner,
        after: DateTime<Utc>,
    ) -> Result<Option<ConversationId>, StoreError> {
        conversations::latest(&self.readers, owner, after).await
    }

    /// What the owner's conversation remembers, as much as fits the window.
    pub async fn recall(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        window: Window,
    ) -> Result<Recall, StoreError> {
        let conversation = self.conversation(owner, conversation).await?;
        recall::recall(&self.readers, conversation, window).await
    }

    /// A conversation's messages after the one of this number, at most `limit`, the oldest first.
    pub async fn messages(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Numbered>, StoreError> {
        messages::following(&self.readers, conversation, after, limit).await
    }

    /// A conversation's turns, at most `limit`, the latest first.
    pub async fn turns(
        &self,
        conversation: ConversationId,
        limit: u64,
    ) -> Result<Vec<Turn>, StoreError> {
        turns::list(&self.readers, conversation, limit).await
    }

    /// The turn of this id.
    pub async fn turn(&self, id: TurnId) -> Result<Option<Turn>, StoreError> {
        turns::find(&self.readers, id).await
    }

    async fn write(&self, write: Write) -> Result<(), StoreError> {
        let (done, answer) = oneshot::channel();
        self.jobs.send(Job { write, done }).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
