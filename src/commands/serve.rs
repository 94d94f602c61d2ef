//! `repartee serve`: the server.

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::settings::Settings;
use crate::startup::Application;

/// Start the server
///
/// Prints one line once it listens: `listening on http://ADDRESS:PORT`. Engines may still be
/// loading; /readyz tells. Ctrl-C or SIGTERM ends it after the turns in flight.
#[derive(Debug, Args)]
pub struct Serve {}

impl Serve {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let application = Application::build(&settings).await?;
        terminal::tell(format!("listening on {}", application.url()))?;
        if let Some(link) = application.login_link() {
            terminal::note(format!("to administer, within an hour, log in once at {link}"));
        }
        application.run_until_stopped().await?;
        Ok(Outcome::Done)
    }
}
