//! What a turn took: time, sound, tokens and money.

use serde::{Deserialize, Serialize};

use crate::domain::money::Usd;
use crate::pipeline::engine::{EngineName, Usage};

/// What a turn took. Times are in milliseconds from the turn's start, and fractions count.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// Speech to text; none if the input was typed.
    pub hearing: Option<StageReceipt>,
    /// The answer.
    pub thinking: Option<StageReceipt>,
    /// Text to speech; none if nothing was said aloud.
    pub speaking: Option<StageReceipt>,
    /// When the first sound left.
    pub first_sound_ms: Option<f64>,
    /// When everything was done.
    pub total_ms: f64,
    /// Sound heard.
    pub audio_seconds_in: f64,
    /// Sound spoken.
    pub audio_seconds_out: f64,
    /// Characters spoken.
    pub characters: u64,
    /// Tokens, where the engine counts them.
    pub usage: Option<Usage>,
    /// What it cost; none if any price is unknown.
    pub cost: Option<Usd>,
    /// What the listener should know: `nothing_speakable`, `unspeakable`, `cut_off`, `unanswered`,
    /// `tool_not_offered`, `private_left_out`.
    pub warnings: Vec<String>,
}

/// What a stage took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageReceipt {
    /// Who did it.
    pub engine: EngineName,
    /// When it began.
    pub start_ms: f64,
    /// When its first result was there.
    pub first_ms: f64,
    /// When its last result was there.
    pub last_ms: f64,
}
