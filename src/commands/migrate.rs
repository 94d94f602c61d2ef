//! `repartee migrate`: the database's schema, brought up to date.

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::settings::Settings;
use crate::startup;

/// Create the database, or bring it up to date
///
/// `serve` and `ask` do this by themselves; this command is for those who want it done apart,
/// before a new version starts, say. Safe to run several times and from several machines.
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let store = startup::open_store(&settings).await?;
        store.close().await?;
        terminal::tell(format!("the {} database is up to date", store.kind()))?;
        Ok(Outcome::Done)
    }
}
