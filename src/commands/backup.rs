//! `repartee backup`: a copy of the database, also while the server runs.

use std::path::PathBuf;

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal, unless_stopped};
use crate::settings::Settings;
use crate::store;

/// Copy the database into a new file, also while the server runs
///
/// The copy holds every turn that was answered before this began. It does not hold recordings, nor
/// the secrets in the data folder. Give it the settings that the server has. PostgreSQL is copied by
/// its own tool, pg_dump.
#[derive(Debug, Args)]
pub struct Backup {
    /// Where the copy goes; what exists already is not overwritten
    file: PathBuf,
}

impl Backup {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let spinner = terminal::waiting("copying");
        let url = settings.memory.database.expose();
        let copied = unless_stopped(async { Ok(store::back_up(url, &self.file).await?) }).await;
        spinner.finish_and_clear();
        copied?;
        terminal::tell(self.file.display().to_string())?;
        let folder = settings.data_dir.display();
        terminal::note("not in it, and to be kept as well:");
        terminal::note(format!(
            "  recordings, if they matter: {folder}/recordings, or RECORDINGS_URL"
        ));
        terminal::note(format!("  {folder}/secret.key and admin.token, unless they are settings"));
        Ok(Outcome::Done)
    }
}
