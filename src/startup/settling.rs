//! What must be known before anything is built: which models are asked, and what that costs.

use tracing::info;

use crate::engines::{self, Unpriced};
use crate::pipeline::error::Stage;
use crate::settings::Settings;
use crate::startup::StartupError;

/// The stages of a turn.
pub const STAGES: [Stage; 3] = [Stage::Hearing, Stage::Thinking, Stage::Speaking];

/// The settings with a model for each of these stages, chosen among those that its server has.
/// What is decided is said.
pub async fn settle(settings: &Settings, stages: &[Stage]) -> Result<Settings, StartupError> {
    let mut settings = settings.clone();
    for decision in engines::choose_models(&mut settings, stages).await? {
        info!("{decision}");
    }
    Ok(settings)
}

/// While there is a budget, whoever works must say what that costs, unless the server is one's own.
pub fn refuse_unknown_prices(settings: &Settings) -> Result<(), StartupError> {
    let strangers: Vec<_> = unknown_of(settings).filter(|model| !model.is_own).collect();
    if strangers.is_empty() { Ok(()) } else { Err(StartupError::UnknownPrices(strangers)) }
}

/// Models on servers of one's own whose price nobody knows. They are counted as free.
pub fn counted_as_free(settings: &Settings) -> Vec<Unpriced> {
    unknown_of(settings).filter(|model| model.is_own).collect()
}

/// Without a budget, no price need be known.
fn unknown_of(settings: &Settings) -> impl Iterator<Item = Unpriced> {
    let unpriced =
        if settings.limits.has_budget() { engines::unpriced(settings) } else { Vec::new() };
    unpriced.into_iter()
}

/// All of them at once, with lines to paste.
pub(super) fn unknown(models: &[Unpriced]) -> String {
    let names: Vec<_> = models.iter().map(ToString::to_string).collect();
    let lines: String =
        models.iter().map(|model| format!("  {}\n", example(model.stage))).collect();
    format!(
        "DAILY_BUDGET_USD and OWNER_BUDGET_USD cannot be kept: nobody knows what these cost: {}. \
         Say it in US dollars, with the server's own numbers in place of these, or `free`:\n{lines}\
         or put prices (or `free = true`) into a file named by PRICES, or set \
         DAILY_BUDGET_USD=unlimited to have no budget",
        names.join(", ")
    )
}

/// How the price of a stage is written.
fn example(stage: Stage) -> &'static str {
    match stage {
        Stage::Hearing => "HEARING_PRICE=0.002/min     # for a minute of sound",
        Stage::Thinking => "THINKING_PRICE=0.05/0.08    # for a million tokens read / written",
        Stage::Speaking => "SPEAKING_PRICE=15/Mchar     # for a million characters, or 0.015/min",
    }
}
