//! What happens in a turn, in the order in which it happens.

use std::ops::Range;

use bytes::Bytes;
use chrono_tz::Tz;

use crate::audio::clip::Clip;
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::domain::voice::Voice;
use crate::pipeline::budget::Tab;
use crate::pipeline::engine::{Prompt, Transcript};
use crate::pipeline::receipt::Receipt;

/// What a turn begins with.
#[derive(Debug, Clone)]
pub enum Input {
    /// Something said.
    Clip(Clip),
    /// Something typed.
    Text(String),
}

/// What a turn must know beyond its input.
#[derive(Debug, Clone)]
pub struct Briefing {
    /// Who to be and how to answer.
    pub instructions: String,
    /// What is remembered of exchanges that fell out of `history`.
    pub summary: Option<String>,
    /// The last exchanges, oldest first.
    pub history: Vec<Message>,
    /// Names and words that are likely to come up.
    pub keywords: Vec<String>,
    /// Who speaks.
    pub voice: Voice,
    /// How the voice speaks.
    pub delivery: Delivery,
    /// The speaker's language, if known.
    pub language: Option<Language>,
    /// Where the speaker's clock is.
    pub timezone: Tz,
    /// The longest answer.
    pub max_tokens: u32,
    /// How inventive, where the engine takes it.
    pub temperature: f32,
    /// Whether what is said is remembered.
    pub remembered: bool,
    /// What pays for it.
    pub tab: Tab,
}

impl Briefing {
    /// What is to be answered when this was typed.
    pub fn prompt(self, said: String) -> Prompt {
        Prompt {
            instructions: self.instructions,
            summary: self.summary,
            history: self.history,
            said,
            loudness_dbfs: None,
            language: self.language,
            timezone: self.timezone,
            delivery: self.delivery,
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            remembered: self.remembered,
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum TurnEvent {
    /// What was heard (or typed).
    Heard(Transcript),
    /// More of the reply's text.
    Reply(String),
    /// The reply's text is complete.
    Replied,
    /// From here on, and for the rest of the conversation, the voice speaks like this.
    Delivery(Delivery),
    /// More of the reply's sound.
    Speech(Speech),
    /// All of a sentence's sound was handed on.
    Said(Said),
    /// The turn is complete. Always last.
    Finished(Box<Receipt>),
}

/// A piece of the answer's sound. All `data` of a turn, joined, is one valid stream.
#[derive(Debug, Clone)]
pub struct Speech {
    /// Which sentence this belongs to, from 0. Several pieces may belong to one.
    pub sentence: usize,
    /// The sentence as it is said aloud.
    pub text: String,
    /// Who says it.
    pub voice: Voice,
    /// Where in the reply's text it stands, in bytes.
    pub span: Range<usize>,
    /// When this piece begins in the answer's sound.
    pub start_ms: u64,
    /// How long it lasts.
    pub duration_ms: u64,
    /// Samples per second of the stream, the same in every piece.
    pub rate_hz: u32,
    /// The sound.
    pub data: Bytes,
}

/// A sentence that was handed on whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which sentence, from 0.
    pub sentence: usize,
    /// The sentence as it is said aloud.
    pub text: String,
    /// Where in the reply's text it stands, in bytes.
    pub span: Range<usize>,
    /// Where it ends in the answer's sound.
    pub end_ms: u64,
}
