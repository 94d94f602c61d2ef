//! The one writer: what is waiting to be written together shares a transaction and its commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::store::connect::Address;
use crate::store::error::StoreError;
use crate::store::write::{Applied, Closing, Gone, Write, apply_together};

/// How many writes may wait before those who bring more have to wait themselves.
pub(crate) const QUEUE: usize = 1024;
/// How many writes share a commit at most.
const BATCH: usize = 64;
/// How long what was already paid for is kept in memory while a lost database comes back.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);
/// How long a batch may take before its connection is given up. Longer than a busy database is
/// waited for; it ends waiting for a server that has fallen silent.
const SILENCE: Duration = Duration::from_secs(20);

/// Something to write, and who waits for it.
pub(crate) struct Job {
    pub(crate) write: Write,
    pub(crate) done: oneshot::Sender<Answer>,
}

/// What those who wait are told.
type Answer = Result<Gone, StoreError>;

/// Owns the connection that writes.
pub(crate) struct Writer {
    address: Address,
    connection: Option<DatabaseConnection>,
    failing: Arc<AtomicBool>,
    wipe_due: bool,
}

impl Writer {
    /// `failing` is set while the disk or the server does not take what is written.
    pub(crate) fn new(
        address: Address,
        connection: DatabaseConnection,
        failing: Arc<AtomicBool>,
    ) -> Self {
        Self { address, connection: Some(connection), failing, wipe_due: false }
    }

    /// Writes until nobody can bring anything more, or until told to stop; then what is waiting is
    /// written, and no more is taken.
    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled(), if !jobs.is_closed() => jobs.close(),
                taken = jobs.recv_many(&mut batch, BATCH) => match taken {
                    0 => break,
                    _ => self.write(std::mem::take(&mut batch)).await,
                },
            }
        }
        self.hang_up().await;
    }

    async fn write(&mut self, mut batch: Vec<Job>) {
        // Several processes lock rows in the same order and never wait for each other in a circle.
        // What locks no conversation of its own comes last: a purge then holds none that it waits for.
        batch.sort_by_key(|job| {
            let conversation = job.write.conversation();
            (conversation.is_none(), conversation.map(|id| id.0))
        });
        match self.commit_patiently(&batch).await {
            Ok(answers) => {
                self.failing.store(false, Ordering::Relaxed);
                self.wipe(&answers).await;
                for (job, answer) in batch.into_iter().zip(answers) {
                    let _ = job.done.send(answer);
                }
            }
            Err(error) => {
                tracing::error!(writes = batch.len(), %error, "nothing could be written");
                self.failing.store(true, Ordering::Relaxed);
                for job in batch {
                    let _ = job.done.send(Err(error.clone()));
                }
            }
        }
    }

    /// Repeating a batch is harmless even if only the acknowledgement of its commit was lost:
    /// a turn that is already there stays as it is.
    async fn commit_patiently(&mut self, batch: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let committed = timeout(SILENCE, self.commit(batch)).await;
            match committed.unwrap_or_else(|_| Err(StoreError::silent(SILENCE))) {
                Err(error) if error.may_pass() && Instant::now() < deadline => {
                    tracing::warn!(%error, "the database went away; trying again");
                    self.hang_up().await;
                    sleep(PAUSE).await;
                }
                Err(error) => {
                    self.hang_up().await;
                    return Err(error);
                }
                answers => return answers,
            }
        }
    }

    async fn commit(&mut self, batch: &[Job]) -> Result<Vec<Answer>, StoreError> {
        match self.commit_all(batch).await? {
            Some(answers) => Ok(answers),
            None => self.commit_each(batch).await,
        }
    }

    /// Mostly all goes well, and no write has to be taken back for itself. None if one has to be:
    /// then nothing is written.
    async fn commit_all(&mut self, batch: &[Job]) -> Result<Option<Vec<Answer>>, StoreError> {
        let transaction = self.connection().await?.begin_with_options(immediate()).await?;
        let (mut answers, mut closing) = (Vec::with_capacity(batch.len()), Closing::default());
        let both_turns = |one: &Job, next: &Job| one.write.turn().and(next.write.turn()).is_some();
        for run in batch.chunk_by(both_turns) {
            let writes: Vec<&Write> = run.iter().map(|job| &job.write).collect();
            let applied = match apply_together(&transaction, &writes).await {
                Err(error) if !error.concerns_one_write() => return Err(error),
                Ok(Some(applied)) => applied,
                Err(_) | Ok(None) => {
                    transaction.rollback().await?;
                    return Ok(None);
                }
            };
            for (write, applied) in writes.into_iter().zip(applied) {
                closing.add(write, &applied);
                answers.push(Ok(applied.gone()));
            }
        }
        closing.write(&transaction).await?;
        transaction.commit().await?;
        Ok(Some(answers))
    }

    /// Each in a savepoint of its own.
    async fn commit_each(&mut self, batch: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let transaction = self.connection().await?.begin_with_options(immediate()).await?;
        let (mut answers, mut closing) = (Vec::with_capacity(batch.len()), Closing::default());
        for job in batch {
            match in_savepoint(&transaction, &job.write).await {
                Err(error) if !error.concerns_one_write() => return Err(error),
                Err(error) => answers.push(Err(error)),
                Ok(applied) => {
                    closing.add(&job.write, &applied);
                    answers.push(Ok(applied.gone()));
                }
            }
        }
        closing.write(&transaction).await?;
        transaction.commit().await?;
        Ok(answers)
    }

    async fn connection(&mut self) -> Result<&DatabaseConnection, StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.address.writer().await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// After an error nobody knows what state a connection is in: the next write gets a fresh one.
    async fn hang_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = timeout(Duration::from_secs(1), connection.close()).await;
        }
    }

    /// What was deleted is overwritten in SQLite's file, but its log still holds it.
    async fn wipe(&mut self, answers: &[Answer]) {
        let deleted = answers.iter().flatten().any(|gone| gone.conversations > 0);
        self.wipe_due |= deleted && matches!(self.address, Address::Sqlite { .. });
        if !self.wipe_due {
            return;
        }
        match self.truncate_log().await {
            Ok(truncated) => self.wipe_due = !truncated,
            Err(error) => tracing::warn!(%error, "the database's log could not be emptied yet"),
        }
    }

    async fn truncate_log(&mut self) -> Result<bool, StoreError> {
        let connection = self.connection().await?;
        let statement =
            sea_orm::Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = connection.query_one_raw(statement).await?;
        let busy = row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?;
        Ok(busy == Some(0))
    }
}

fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

async fn in_savepoint(
    transaction: &DatabaseTransaction,
    write: &Write,
) -> Result<Applied, StoreError> {
    let savepoint = transaction.begin().await?;
    match write.apply(&savepoint).await {
        Ok(Applied::AlreadyThere) => {
            savepoint.rollback().await?;
            Ok(Applied::AlreadyThere)
        }
        Ok(applied) => {
            savepoint.commit().await?;
            Ok(applied)
        }
        Err(error) if error.concerns_one_write() => {
            savepoint.rollback().await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}
