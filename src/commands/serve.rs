//! `repartee serve`: the server.

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::settings::Settings;
use crate::startup::Application;
use crate::telemetry;

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
            // A log that machines read is kept, and this link is a secret.
            if telemetry::is_for_machines() {
                tracing::info!("to administer, log in with the token in DATA_DIR, in admin.token");
            } else {
                terminal::note(format!("to administer, within an hour, log in once at {link}"));
            }
        }
        application.run_until_stopped().await?;
        Ok(Outcome::Done)
    }
}
