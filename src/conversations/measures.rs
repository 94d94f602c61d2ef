//! What is counted of turns, for those who watch the house.

use metrics::{counter, histogram};

use crate::domain::turn::TurnStatus;
use crate::store::Turn;

/// Counts a turn that is over.
pub(super) fn count(turn: &Turn) {
    let status = match turn.status {
        TurnStatus::InProgress => "in_progress",
        TurnStatus::Finished => "finished",
        TurnStatus::Interrupted => "interrupted",
        TurnStatus::Failed => "failed",
    };
    counter!("repartee_turns_total", "status" => status).increment(1);
    let Some(receipt) = &turn.receipt else { return };
    if let Some(cost) = receipt.cost {
        counter!("repartee_cost_micro_usd_total").increment(u64::try_from(cost.0).unwrap_or(0));
    }
    if turn.status != TurnStatus::Finished {
        return;
    }
    let seconds = |milliseconds: f64| milliseconds / 1e3;
    if let Some(hearing) = &receipt.hearing {
        histogram!("repartee_hearing_seconds").record(seconds(hearing.last_ms - hearing.start_ms));
    }
    if let Some(thinking) = &receipt.thinking {
        let first = seconds(thinking.first_ms - thinking.start_ms);
        histogram!("repartee_first_words_seconds").record(first);
    }
    if let Some(first_ms) = receipt.first_sound_ms {
        histogram!("repartee_first_sound_seconds").record(seconds(first_ms));
    }
    histogram!("repartee_turn_seconds").record(seconds(receipt.total_ms));
}
