//! What is counted of turns, for those who watch the house.

use metrics::{Counter, counter, histogram};

use crate::domain::money::Usd;
use crate::domain::turn::TurnStatus;
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::store::Turn;

/// The stage of turns that nothing can be remembered of.
const MEMORY: &str = "memory";

/// What has never happened is counted as well: how often it happens needs a first number.
pub(super) fn begin() {
    let failed = [Stage::Hearing, Stage::Thinking, Stage::Speaking].map(Stage::name);
    let failed = failed.into_iter().chain([MEMORY]).map(|stage| ("failed", stage));
    for (status, stage) in failed.chain([("finished", "none"), ("interrupted", "none")]) {
        turns(status, stage).increment(0);
    }
}

/// Counts a turn that is over. One that could not be written has failed, however well it went.
pub(super) fn count(turn: &Turn, written: bool) {
    let (status, stage) = match turn.status {
        _ if !written => ("failed", MEMORY),
        TurnStatus::InProgress => ("in_progress", "none"),
        TurnStatus::Finished => ("finished", "none"),
        TurnStatus::Interrupted => ("interrupted", "none"),
        TurnStatus::Failed => ("failed", stage_of(turn)),
    };
    over(status, stage);
    let Some(receipt) = &turn.receipt else { return };
    if let Some(cost) = receipt.cost {
        count_spent(cost);
    }
    if status != "finished" {
        return;
    }
    let seconds = |milliseconds: f64| milliseconds / 1e3;
    if let Some(hearing) = &receipt.hearing {
        histogram!("repartee_hearing_seconds").record(seconds(hearing.last_ms - hearing.start_ms));
    }
    if let Some(thinking) = &receipt.thinking {
        histogram!("repartee_first_words_seconds").record(seconds(thinking.first_ms));
    }
    if let Some(first_ms) = receipt.first_sound_ms {
        histogram!("repartee_first_sound_seconds").record(seconds(first_ms));
    }
    histogram!("repartee_turn_seconds").record(seconds(receipt.total_ms));
}

/// Counts money that was spent.
pub(super) fn count_spent(amount: Usd) {
    histogram!("repartee_cost_usd").record(amount.dollars());
}

/// Counts a turn that leaves nothing behind. What is wrong with the clip is no failure of ours.
pub(super) fn count_unheard(error: &TurnError) {
    let theirs = matches!(
        error,
        TurnError::Engine { source: EngineError::Audio(_) | EngineError::TooLong { .. }, .. }
    );
    if let (TurnError::Engine { stage, .. }, false) = (error, theirs) {
        over("failed", stage.name());
    }
}

/// Counts a turn that never began, since nothing could be recalled.
pub(super) fn count_unrecalled() {
    over("failed", MEMORY);
}

fn over(status: &'static str, stage: &'static str) {
    turns(status, stage).increment(1);
}

fn turns(status: &'static str, stage: &'static str) -> Counter {
    counter!("repartee_turns_total", "status" => status, "stage" => stage)
}

fn stage_of(turn: &Turn) -> &'static str {
    let stage = turn.failure.as_ref().and_then(|failure| failure.stage);
    stage.map_or("upload", Stage::name)
}
