//! What must hold before other machines can reach us.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::settings::Settings;

const MEBIBYTE: u64 = 1024 * 1024;
/// With less, the disk is full before anyone notices.
const ROOM_NEEDED: u64 = 100 * MEBIBYTE;

/// Everything that is not as it must be, each with what to do. Nothing is asked of a server that
/// only this computer reaches.
pub(super) fn dangers(settings: &Settings) -> Vec<String> {
    if !settings.server.is_exposed() {
        return Vec::new();
    }
    let folder = &settings.data_dir;
    let key = settings.server.tls.as_ref().map(|files| files.key.as_path());
    let private = [Some(folder.as_path()), Some(Path::new(".env")), key];
    let mut dangers: Vec<_> = private
        .into_iter()
        .flatten()
        .filter(|path| is_readable_by_others(path))
        .map(told)
        .collect();
    if let Ok(room) = rustix::fs::statvfs(folder)
        && room.f_bavail.saturating_mul(room.f_frsize) < ROOM_NEEDED
    {
        let folder = folder.display();
        dangers.push(format!("DATA_DIR: {folder} has less than 100 MiB free; make room"));
    }
    dangers
}

fn is_readable_by_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

fn told(path: &Path) -> String {
    let path = path.display();
    format!("{path}: others on this computer may read it; chmod go= {path}")
}
