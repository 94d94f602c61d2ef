//! What can go wrong with the database, by meaning.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr};
use thiserror::Error;

/// Why the database did not do what it was asked. Everyone who shared a failed commit gets a copy.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// The URL is not one we understand. The URL itself may hold a password and is not repeated.
    #[error(
        "the database URL cannot be used: {0}; it looks like sqlite:data/repartee.db or postgres://user:password@host/database"
    )]
    Url(String),
    /// The database cannot be reached, or went away.
    #[error(
        "the database cannot be reached: {0}; check that it runs and that DATABASE_URL is right"
    )]
    Unreachable(Arc<str>),
    /// The disk refused a read or a write.
    #[error("the database's disk failed: {0}; check free space and permissions of the data folder")]
    Disk(Arc<str>),
    /// The file is not what it should be.
    #[error(
        "the database's file is damaged or is no database: {0}; restore a backup, or move it away to begin anew"
    )]
    Damaged(Arc<str>),
    /// Another program holds the database.
    #[error("the database is busy: {0}; another program holds it, try again in a moment")]
    Busy(Arc<str>),
    /// A newer version of Repartee has already changed the schema.
    #[error(
        "the database was migrated by a newer version (it knows `{0}`, this one does not); run that version, or restore a backup"
    )]
    TooNew(String),
    /// Migrations are missing.
    #[error("the database's schema is not up to date; run `repartee migrate`")]
    Outdated,
    /// There is no such conversation, or it is somebody else's.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// There is no such turn, or it is somebody else's.
    #[error("there is no such turn")]
    UnknownTurn,
    /// There is no API key of this name.
    #[error("there is no API key of this name")]
    UnknownKey,
    /// Another key has the name already.
    #[error("an API key named {0:?} exists already; remove it first, or choose another name")]
    KeyNameTaken(String),
    /// The cursor is none that we gave.
    #[error("the cursor is not one that a list ended with; leave it out to begin at the front")]
    BadCursor,
    /// The database holds or was given something that breaks its rules.
    #[error("the database refused a record: {0}")]
    Refused(Arc<str>),
    /// The place for recordings is not one we understand.
    #[error(
        "recordings cannot be kept there: {0}; RECORDINGS_URL looks like file:data/recordings or s3://bucket/prefix?region=eu-central-1"
    )]
    RecordingsPlace(String),
    /// The folder or bucket of recordings refused a read, a write or a removal.
    #[error("the place for recordings failed: {0}; check the folder or bucket of RECORDINGS_URL")]
    Recordings(Arc<str>),
    /// There is no copy. The text says why and what to do.
    #[error("no backup was made: {0}")]
    NotBackedUp(String),
    /// Someone else has changed it in the meantime.
    #[error("the conversation was changed in the meantime")]
    Overtaken,
    /// The store was closed.
    #[error("the database is closed; the program is shutting down")]
    Closed,
}

impl StoreError {
    /// The database did not answer within this time.
    pub(crate) fn silent(after: Duration) -> Self {
        Self::Unreachable(format!("no answer in {after:?}").into())
    }

    /// Whether only the write itself is at fault, so that others sharing its transaction may go on.
    pub(crate) fn concerns_one_write(&self) -> bool {
        matches!(
            self,
            Self::UnknownConversation
                | Self::UnknownTurn
                | Self::UnknownKey
                | Self::KeyNameTaken(_)
                | Self::Refused(_)
                | Self::Overtaken
        )
    }

    /// Whether trying again soon may help, because the database is elsewhere and may come back,
    /// or because two processes waited for each other and one of them was sent away.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy(_))
    }
}

/// What was put aside of a recording could not be written or read.
impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Recordings(error.to_string().into())
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        Self::Recordings(error.to_string().into())
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(source))
            | DbErr::Exec(RuntimeErr::SqlxError(source))
            | DbErr::Query(RuntimeErr::SqlxError(source)) => from_driver(source),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
                Self::Unreachable(error.to_string().into())
            }
            _ => Self::Refused(error.to_string().into()),
        }
    }
}

fn from_driver(error: &sqlx::Error) -> StoreError {
    let reason = Arc::from(error.to_string());
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Encode(_)
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::TypeNotFound { .. } => StoreError::Refused(reason),
            _ => StoreError::Unreachable(reason),
        };
    };
    let code = database.code().unwrap_or_default();
    if database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return from_sqlite(code.parse().unwrap_or_default(), reason);
    }
    from_postgres(&code, reason)
}

/// By SQLite's primary result codes: <https://sqlite.org/rescode.html>.
fn from_sqlite(extended_code: u32, reason: Arc<str>) -> StoreError {
    match extended_code & 0xff {
        5 | 6 => StoreError::Busy(reason),
        11 | 26 => StoreError::Damaged(reason),
        1 | 18 | 19 | 20 => StoreError::Refused(reason),
        _ => StoreError::Disk(reason),
    }
}

/// By SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn from_postgres(code: &str, reason: Arc<str>) -> StoreError {
    match (code, code.get(..2)) {
        ("55P03", _) | (_, Some("40")) => StoreError::Busy(reason),
        (_, Some("08" | "28" | "3D" | "55" | "57")) => StoreError::Unreachable(reason),
        (_, Some("53" | "58" | "XX")) => StoreError::Disk(reason),
        _ => StoreError::Refused(reason),
    }
}
