//! What is written down of a turn.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::conversation::ConversationId;
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::domain::owner::Owner;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::domain::voice::Voice;
use crate::pipeline::engine::EngineName;
use crate::pipeline::error::Stage;
use crate::pipeline::receipt::{Receipt, StageReceipt};

/// A turn as it is written down: in one transaction, with what was said in it.
#[derive(Debug, Clone)]
pub struct TurnRecord {
    /// The turn. Writing the same turn twice leaves it there once.
    pub turn: TurnId,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// Whose conversation that is.
    pub owner: Owner,
    /// Whether the conversation begins with this turn. A turn of a conversation that was deleted
    /// in the meantime is refused, not a new beginning.
    pub begins: bool,
    /// How the turn ended.
    pub status: TurnStatus,
    /// What was heard or typed; none if the turn did not come that far.
    pub heard: Option<String>,
    /// The reply's whole text, as far as it was thought.
    pub reply: Option<String>,
    /// What was said aloud of the reply: all of it, or, if the turn was broken off, the whole
    /// sentences whose sound was handed on. Memory shows the model this and no more.
    pub spoken: Option<String>,
    /// The language that was heard.
    pub language: Option<Language>,
    /// Who spoke.
    pub voice: Voice,
    /// Who did the work, as far as it came.
    pub engines: Engines,
    /// What it took, if the turn was answered in full.
    pub receipt: Option<Receipt>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// From here on, steer the conversation like this.
    pub instructions: Option<String>,
    /// From here on, speak like this.
    pub delivery: Option<Delivery>,
    /// When the turn began.
    pub began_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

impl TurnRecord {
    /// What the conversation remembers of the turn.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let heard = self.heard.as_deref().map(clean).filter(|text| !text.is_empty());
        let spoken = self.spoken.as_deref().map(clean).filter(|text| !text.is_empty());
        heard.map(Message::user).into_iter().chain(spoken.map(Message::assistant)).collect()
    }
}

/// Why a turn failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stage it happened in, if it came that far.
    pub stage: Option<Stage>,
    /// The error's code in the HTTP contract.
    pub code: String,
    /// The error in words.
    pub message: String,
}

/// Who did the work of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Engines {
    /// Speech to text.
    pub hearing: Option<EngineName>,
    /// The answer.
    pub thinking: Option<EngineName>,
    /// Text to speech.
    pub speaking: Option<EngineName>,
}

impl From<&Receipt> for Engines {
    fn from(receipt: &Receipt) -> Self {
        let name = |stage: &Option<StageReceipt>| stage.as_ref().map(|stage| stage.engine.clone());
        Self {
            hearing: name(&receipt.hearing),
            thinking: name(&receipt.thinking),
            speaking: name(&receipt.speaking),
        }
    }
}

/// The text without NUL, which PostgreSQL cannot keep.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "")
}
