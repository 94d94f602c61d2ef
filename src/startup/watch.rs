//! What is looked at once in a while: models that retire, limits that were lifted.

use std::time::Duration;

use tracing::warn;

use crate::engines::{self, Unpriced};
use crate::routes::guard::Entrance;
use crate::routes::outlook::Outlook;
use crate::settings::{Limit, Settings};
use crate::startup::counted_as_free;

/// How often models are looked at.
const HOURS: u32 = 6;
const HOUR: Duration = Duration::from_secs(3600);

/// Looks now, and then again and again.
pub(super) async fn keep(outlook: Outlook, entrance: Entrance, settings: Settings) {
    say_what_is_unlimited(&settings);
    for doubt in &settings.doubts {
        warn!("{doubt}");
    }
    let free = counted_as_free(&settings);
    for model in &free {
        warn!("nobody knows what {model} costs; it is counted as free, for the server is your own");
    }
    let free: Vec<_> = free.iter().map(Unpriced::counted_as_free).collect();
    outlook.set(free.clone());
    loop {
        match engines::retirements(&settings).await {
            Ok(retirements) => {
                let warnings: Vec<_> = retirements.iter().map(ToString::to_string).collect();
                for warning in &warnings {
                    warn!("{warning}");
                }
                outlook.set([warnings, free.clone()].concat());
            }
            Err(error) => warn!(%error, "the list of models could not be read"),
        }
        for _ in 0..HOURS {
            tokio::time::sleep(HOUR).await;
            entrance.tidy();
        }
    }
}

/// A limit that was lifted is said aloud.
fn say_what_is_unlimited(settings: &Settings) {
    let limits = &settings.limits;
    let lifted = [
        ("MAX_TURNS_IN_FLIGHT", limits.turns_in_flight == Limit::Unlimited),
        ("TURNS_PER_MINUTE", limits.turns_per_minute == Some(Limit::Unlimited)),
        ("DAILY_BUDGET_USD", limits.daily_budget == Limit::Unlimited),
        ("OWNER_BUDGET_USD", limits.owner_budget == Limit::Unlimited),
    ];
    let lifted: Vec<_> =
        lifted.iter().filter(|(_, lifted)| *lifted).map(|(name, _)| *name).collect();
    if !lifted.is_empty() {
        warn!("unlimited: {}", lifted.join(", "));
    }
}
