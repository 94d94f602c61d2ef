//! A copy of the database, whole, also while others write to it.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

use crate::store::connect::Address;
use crate::store::error::StoreError;

/// Copies the SQLite database of this URL into a new file, for its owner's eyes only. It holds what
/// was acknowledged before this began. A server's database is copied by the server's own tool.
pub async fn back_up(url: &str, copy: &Path) -> Result<(), StoreError> {
    let address = Address::parse(url)?;
    let Some(file) = address.file() else {
        let why = "PostgreSQL is copied by its own tool: pg_dump --format=custom --file=FILE";
        return Err(StoreError::NotBackedUp(why.to_owned()));
    };
    if !file.exists() {
        let why = format!("there is no database at {} yet", file.display());
        return Err(StoreError::NotBackedUp(why));
    }
    reserve(copy).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => "it exists already, and nothing is overwritten".into(),
            _ => error.to_string(),
        };
        StoreError::NotBackedUp(format!("{}: {why}", copy.display()))
    })?;
    let copied = vacuum_into(&address, copy).await;
    if copied.is_err() {
        // Half a copy is none.
        let _ = fs::remove_file(copy);
    }
    copied
}

/// SQLite writes into an empty file as into none, and whose it is was decided when it was made.
fn reserve(copy: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(copy).map(drop)
}

async fn vacuum_into(address: &Address, copy: &Path) -> Result<(), StoreError> {
    let Some(name) = copy.to_str() else {
        let why = format!("{}: the name is not UTF-8", copy.display());
        return Err(StoreError::NotBackedUp(why));
    };
    let connection = Database::connect(address.options(1)).await?;
    let statement =
        Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
    let copied = connection.execute_raw(statement).await;
    connection.close().await?;
    copied?;
    let synced = fs::File::open(copy).and_then(|copy| copy.sync_all());
    synced.map_err(|error| StoreError::Disk(error.to_string().into()))
}
