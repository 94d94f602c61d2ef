//! Whether another server works with the same database: what servers know of each turn they are
//! taking is in their own memory.

use std::fs::{File, TryLockError};
use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::task::spawn_blocking;

use crate::store::connect::{Address, private};
use crate::store::{Store, StoreError};

/// Any number, as long as every version of Repartee uses the same, and for nothing else.
const ADVISORY_LOCK: &str = "SELECT pg_try_advisory_lock(7203384862)";

/// Held by a server while it serves; others see that. Nothing is left of it, however it ends.
#[derive(Debug)]
pub enum Serving {
    /// The lock on a file beside the database's.
    File(File),
    /// The session that holds the lock at the server.
    Session(DatabaseConnection),
}

impl Store {
    /// Says that a server serves from this database; none if another one does already.
    pub async fn serve_alone(&self) -> Result<Option<Serving>, StoreError> {
        match self.address.file() {
            Some(file) => Ok(lock_beside(file).await?.map(Serving::File)),
            None => Ok(hold_session(&self.address).await?.map(Serving::Session)),
        }
    }
}

async fn lock_beside(file: &Path) -> Result<Option<File>, StoreError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".serving");
    let locked = spawn_blocking(move || {
        let file = private(Path::new(&name))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    });
    let locked = locked.await.map_err(|_| StoreError::Closed)?;
    locked.map_err(|error: std::io::Error| StoreError::Disk(error.to_string().into()))
}

async fn hold_session(address: &Address) -> Result<Option<DatabaseConnection>, StoreError> {
    let session = address.writer().await?;
    let lock = Statement::from_string(DbBackend::Postgres, ADVISORY_LOCK);
    let row = session.query_one_raw(lock).await?;
    let held: Option<bool> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    if held == Some(true) {
        return Ok(Some(session));
    }
    session.close().await?;
    Ok(None)
}
