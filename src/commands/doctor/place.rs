//! Where everything is kept: the data folder and the database.

use std::fs;
use std::io;
use std::path::Path;
use std::process;

use crate::commands::doctor::Examined;
use crate::settings::Settings;
use crate::startup;
use crate::store::{Store, StoreError};

const MEBIBYTE: u64 = 1024 * 1024;
const ROOM_NEEDED: u64 = 100 * MEBIBYTE;

/// Whether there is a folder to write to, and room in it.
pub(super) fn data_folder(folder: &Path) -> Examined {
    startup::make_private(folder).and_then(|()| write_and_remove(folder)).map_err(|error| {
        format!("{}: {error}; set DATA_DIR to a folder you may write to", folder.display())
    })?;
    let room = rustix::fs::statvfs(folder).map_err(|error| error.to_string())?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let found = format!("{}, {} MiB free", folder.display(), free / MEBIBYTE);
    if free < ROOM_NEEDED { Err(format!("{found}; make room for at least 100")) } else { Ok(found) }
}

fn write_and_remove(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!("doctor.{}", process::id()));
    fs::write(&file, "may I write here?")?;
    fs::remove_file(file)
}

/// Connects to the database and leaves its schema as it is. `folder` is whether the data folder
/// can be used: where it cannot, no file can be made in it.
pub(super) async fn database(settings: &Settings, folder: bool) -> Examined {
    let url = settings.memory.database.expose();
    let missing = Store::missing_file(url).map_err(|error| error.to_string())?;
    if let Some(file) = missing {
        if !folder && file.starts_with(&settings.data_dir) {
            return Err(format!("SQLite, {} lies in that data folder", file.display()));
        }
        return may_be_made(&file);
    }
    let store = Store::connect(url).await.map_err(|error| error.to_string())?;
    let (checked, written) = (store.check().await, store.try_writing().await);
    store.close().await.map_err(|error| error.to_string())?;
    let schema = match checked {
        Ok(()) => "schema up to date",
        Err(StoreError::Outdated) => {
            "schema not up to date yet (`repartee serve` or `repartee migrate` will see to it)"
        }
        Err(error) => return Err(error.to_string()),
    };
    written
        .map(|()| format!("{}, {schema}, takes what is written", store.kind()))
        .map_err(|error| error.to_string())
}

/// Whether whoever starts first could make the file, with the folders that it still lacks.
fn may_be_made(file: &Path) -> Examined {
    let folder = file.ancestors().skip(1).find(|folder| folder.exists());
    let folder = folder.unwrap_or(Path::new("."));
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    let file = file.display();
    if folder.is_dir() && rustix::fs::access(folder, access).is_ok() {
        return Ok(format!(
            "SQLite, {file} is not there yet; `repartee serve` or `repartee migrate` will make it"
        ));
    }
    Err(format!(
        "SQLite, {file} cannot be made: {} is no folder that you may write to; set DATA_DIR or \
         DATABASE_URL to another place",
        folder.display()
    ))
}
