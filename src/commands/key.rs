//! `repartee key`: who may use the server from outside, for what, and how much they may spend.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::domain::api_key::{ApiKey, Scope, Secret};
use crate::domain::money::Usd;
use crate::settings::Settings;
use crate::startup;

/// Issue, list and take back API keys
///
/// A key is sent as `Authorization: Bearer …`. Only its hash is kept.
#[derive(Debug, Args)]
pub struct Key {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Issue a key; it is shown once
    Add {
        /// What to call it
        name: String,
        /// What it may be used for: talk (taking turns, changing and deleting one's own
        /// conversations), read (reading them)
        #[arg(long, default_value = "talk,read")]
        scope: String,
        /// The most it may spend in a day, in US dollars; default: OWNER_BUDGET_USD
        #[arg(long)]
        daily_usd: Option<Usd>,
    },
    /// List the keys there are
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a key back: from now on it opens nothing
    Remove {
        /// What it is called
        name: String,
    },
}

impl Key {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let store = startup::open_store(&settings).await?;
        let done = match self.action {
            Action::Add { name, scope, daily_usd } => {
                let scopes = Scope::parse_list(&scope)
                    .map_err(|error| Failure::input(format!("--scope: {error}")))?;
                if scopes.is_empty() || name.trim().is_empty() {
                    return Err(Failure::input("a key needs a name and at least one scope"));
                }
                let secret = Secret::fresh().map_err(|error| Failure::broken(&error))?;
                let key = ApiKey::new(name.trim(), &secret, scopes, daily_usd);
                store.add_key(key).await?;
                terminal::note("this is the only time that this key is shown:");
                terminal::tell(secret.reveal())
            }
            Action::List { json } => list(&store.keys().await?, json),
            Action::Remove { name } => {
                store.remove_key(&name).await?;
                terminal::tell(format!("{name} opens nothing any more"))
            }
        };
        store.close().await?;
        done.map(|()| Outcome::Done)
    }
}

fn list(keys: &[ApiKey], json: bool) -> Result<(), Failure> {
    if json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                json!({
                    "id": key.id,
                    "name": key.name,
                    "scopes": key.scopes,
                    "daily_usd": key.daily_usd.map(Usd::dollars),
                    "created_at": key.created_at.to_rfc3339(),
                })
            })
            .collect();
        return terminal::tell_json(&keys);
    }
    for key in keys {
        let daily = key.daily_usd.map_or("the owners' budget".to_owned(), |usd| usd.to_string());
        terminal::tell(format!(
            "{:<24} {:<12} {daily} a day, since {}",
            key.name,
            Scope::format_list(&key.scopes),
            key.created_at.format("%Y-%m-%d")
        ))?;
    }
    Ok(())
}
