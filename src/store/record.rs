//! What is written down of a turn.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::audio::format::Format;
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
use crate::store::idempotency::IdempotencyNote;
use crate::store::spending::Charge;

/// No conversation is called longer than this unless its owner wants it so.
const LONGEST_TITLE: usize = 60;

/// A turn as it is written down: in one transaction, with what was said in it.
#[derive(Debug, Clone)]
pub struct TurnRecord {
    /// The turn. Writing the same turn twice leaves it there once.
    pub turn: TurnId,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// Who takes the turn: a conversation that begins with it is theirs, one that goes on must be
    /// within their reach.
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
    /// Whether what was said in it stays with the engines in the program, then and later.
    pub private: bool,
    /// Who spoke.
    pub voice: Voice,
    /// Who did the work, as far as it came.
    pub engines: Engines,
    /// What it took, as far as it came.
    pub receipt: Option<Receipt>,
    /// Which list of prices the receipt's cost was reckoned by.
    pub price_version: Option<String>,
    /// What was spent on it, and on whose account. Written with the turn, and no more than once.
    pub charge: Option<Charge>,
    /// The sound of what was said.
    pub sound: Option<SoundNote>,
    /// Which request it answers, if its sender may repeat that.
    pub idempotency: Option<IdempotencyNote>,
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
    /// A turn that begins now, and of which nothing is known yet.
    pub fn new(turn: TurnId, conversation: ConversationId, owner: Owner) -> Self {
        let began_at = Utc::now();
        Self {
            turn,
            conversation,
            owner,
            begins: false,
            status: TurnStatus::InProgress,
            heard: None,
            reply: None,
            spoken: None,
            language: None,
            private: false,
            voice: Voice::default(),
            engines: Engines::default(),
            receipt: None,
            price_version: None,
            charge: None,
            sound: None,
            idempotency: None,
            failure: None,
            instructions: None,
            delivery: None,
            began_at,
            ended_at: began_at,
        }
    }

    /// What a conversation that begins with this turn is called until its owner names it: the first
    /// words that were heard in it.
    pub(crate) fn title(&self) -> Option<String> {
        let heard = self.heard.as_deref().map(clean)?;
        let words: Vec<_> = heard.split_whitespace().collect();
        let whole = words.join(" ");
        if whole.chars().count() <= LONGEST_TITLE {
            return Some(whole).filter(|title| !title.is_empty());
        }
        let mut title = String::new();
        for word in words {
            if title.chars().count() + word.chars().count() >= LONGEST_TITLE {
                break;
            }
            title.push_str(word);
            title.push(' ');
        }
        // Languages that are written without spaces have one word only.
        if title.is_empty() {
            title = whole.chars().take(LONGEST_TITLE - 1).collect();
        }
        Some(format!("{}…", title.trim_end()))
    }

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

/// The sound of what was said in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundNote {
    /// Its media type.
    pub mime: String,
    /// How long it is.
    pub duration_ms: u64,
    /// Where each spoken sentence ends, in order.
    pub sentences: Vec<SpokenSentence>,
}

impl SoundNote {
    /// What its recording is named by; none if it is in no format we know.
    pub fn format(&self) -> Option<Format> {
        let bare = |mime: &str| mime.split(';').next().unwrap_or_default().trim().to_owned();
        Format::ALL.into_iter().find(|format| bare(&format.mime(0)) == bare(&self.mime))
    }
}

/// Where a spoken sentence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenSentence {
    /// In the reply's text, in bytes.
    pub text_to: u64,
    /// In the sound.
    pub end_ms: u64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_knows_its_format() {
        for format in Format::ALL {
            let sound = SoundNote { mime: format.mime(24_000), duration_ms: 0, sentences: vec![] };
            assert_eq!(sound.format(), Some(format));
        }
    }
}
