//! Connections: which database a URL means, and what we ask of it.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::store::error::StoreError;

/// How long we wait for another program to let go of the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a query waits for a free or a new connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a server may take to read. It would not notice that nobody waits any more, and the
/// connection would be lost to others until a lock is gone. (SQLite's readers wait for nobody.)
const READ_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

/// A database, known by its URL.
#[derive(Clone)]
pub(crate) enum Address {
    /// A file of our own.
    Sqlite { url: String, file: PathBuf },
    /// A server.
    Postgres { url: String },
}

/// A server's URL may hold a password, so it is never shown.
impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { file, .. } => formatter.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres { .. } => formatter.write_str("Postgres"),
        }
    }
}

impl Address {
    /// Reads the URL; its scheme says which database is meant.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let url = url.trim().to_owned();
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(&url)
                .map_err(|error| StoreError::Url(error.to_string()))?;
            let file = options.get_filename().to_owned();
            if url.contains(":memory:") || url.contains("mode=memory") {
                return Err(StoreError::Url("memory needs a file to be kept in".to_owned()));
            }
            return Ok(Self::Sqlite { url, file });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            PgConnectOptions::from_str(&url).map_err(|error| StoreError::Url(error.to_string()))?;
            return Ok(Self::Postgres { url });
        }
        Err(StoreError::Url("it begins with neither sqlite: nor postgres:".to_owned()))
    }

    /// The file that it is kept in; none if a server keeps it.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite { file, .. } => Some(file),
            Self::Postgres { .. } => None,
        }
    }

    /// Which database it is, in a word for people.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Opens the one connection that writes.
    pub(crate) async fn writer(&self) -> Result<DatabaseConnection, StoreError> {
        Ok(Database::connect(self.options(1)).await?)
    }

    /// Opens the connections that read.
    pub(crate) async fn readers(&self) -> Result<DatabaseConnection, StoreError> {
        let mut options = self.options(READERS);
        options.statement_timeout(READ_TIMEOUT);
        Ok(Database::connect(options).await?)
    }

    pub(crate) fn options(&self, connections: u32) -> ConnectOptions {
        let mut options = match self {
            Self::Sqlite { url, .. } => sqlite_options(url),
            Self::Postgres { url } => ConnectOptions::new(url),
        };
        options
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(matches!(self, Self::Postgres { .. }))
            .sqlx_logging(false)
            .record_stmt_in_spans(false);
        options
    }

    /// Makes the database's file if it is missing, for its owner's eyes only, and keeps other
    /// processes from opening or migrating it until the guard is dropped. A server guards itself.
    pub(crate) async fn hold(&self) -> Result<Option<File>, StoreError> {
        let Self::Sqlite { file, .. } = self else { return Ok(None) };
        let file = file.clone();
        let held = tokio::task::spawn_blocking(move || prepare(&file));
        match held.await {
            Ok(Ok(lock)) => Ok(Some(lock)),
            Ok(Err(error)) => Err(StoreError::Disk(error.to_string().into())),
            Err(_) => Err(StoreError::Closed),
        }
    }
}

fn sqlite_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.map_sqlx_sqlite_opts(|options| {
        options
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .auto_vacuum(SqliteAutoVacuum::None)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
    });
    options
}

/// The lock is a file of its own: closing a second descriptor of the database file itself would
/// drop the locks that SQLite holds on it in this process.
fn prepare(file: &Path) -> std::io::Result<File> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    let lock = private(Path::new(&name))?;
    lock.lock()?;
    if !file.exists() {
        private(file)?;
    }
    Ok(lock)
}

pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
