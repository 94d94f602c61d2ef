//! The three traits that an engine can stand behind, and what passes through them.

use std::fmt;

use async_trait::async_trait;
use chrono_tz::Tz;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::audio::clip::Clip;
use crate::audio::format::{Format, Sound};
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::domain::money::{Price, Usd, Work};
use crate::domain::voice::Voice;
use crate::pipeline::error::EngineError;
use crate::pipeline::utterance::Utterance;

/// Turns speech into words.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// Who this is, for receipts and health.
    fn name(&self) -> EngineName;
    /// What it asks for its work.
    fn price(&self) -> Price;
    /// Begins to load what the work needs, and returns at once. Whoever comes first with work has
    /// it loaded otherwise, and waits for it.
    fn warm_up(&self) {}
    /// Whether it can work now.
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }
    /// The longest clip that it hears, in seconds; none: as long as any.
    fn longest_seconds(&self) -> Option<u32> {
        None
    }
    /// Hears one clip. Dropping the future gives up.
    async fn transcribe(&self, clip: &Clip, hint: &Hint) -> Result<Transcript, EngineError>;
}

/// Thinks of an answer.
#[async_trait]
pub trait Responder: Send + Sync {
    /// Who this is, for receipts and health.
    fn name(&self) -> EngineName;
    /// What it asks for its work.
    fn price(&self) -> Price;
    /// Begins to load what the work needs, and returns at once. Whoever comes first with work has
    /// it loaded otherwise, and waits for it.
    fn warm_up(&self) {}
    /// Whether it can work now.
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }
    /// Answers as a stream of parts. Dropping the stream gives up.
    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<ReplyPart, EngineError>>;
    /// Folds messages that fall out of the window into what is remembered of the earlier ones,
    /// in so many bytes at most. What matters least is left out; in doubt, what is oldest. Each
    /// fact has a line of its own.
    async fn summarize(
        &self,
        summary: Option<&str>,
        messages: &[Message],
        max_bytes: usize,
    ) -> Result<Summary, EngineError>;
}

/// Says words aloud.
pub trait Synthesizer: Send + Sync {
    /// Who this is, for receipts and health.
    fn name(&self) -> EngineName;
    /// What it asks for its work.
    fn price(&self) -> Price;
    /// Begins to load what the work needs, and returns at once. Whoever comes first with work has
    /// it loaded otherwise, and waits for it.
    fn warm_up(&self) {}
    /// Whether it can work now.
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }
    /// Voices of its own, beside the common ones.
    fn voices(&self) -> Vec<Voice>;
    /// Who speaks when this voice is asked for: where it is not there, the one in its place.
    fn speaker(&self, voice: &Voice) -> Voice {
        voice.clone()
    }
    /// Whether it has words for this text: what it would only mumble is better refused, and read.
    fn can_say(&self, _text: &str) -> Result<(), EngineError> {
        Ok(())
    }
    /// Speaks one line as a stream of pieces, all of one kind and rate. `wanted` is what the
    /// listener gets in the end; an engine may deliver samples whatever is wanted.
    /// Dropping the stream gives up.
    fn speak(&self, line: Line, wanted: Format) -> BoxStream<'static, Result<Sound, EngineError>>;
}

/// Who did the work: an engine and its model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EngineName {
    /// `embedded`, `openai` and so on.
    pub engine: String,
    /// The model's own name.
    pub model: String,
}

impl fmt::Display for EngineName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.engine, self.model)
    }
}

/// Whether an engine can work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Yes.
    Ready,
    /// Soon.
    Loading,
    /// No, and why, with the way out.
    Failed(String),
}

/// What helps to hear.
#[derive(Debug, Clone, Default)]
pub struct Hint {
    /// The language that is probably spoken.
    pub language: Option<Language>,
    /// Names and words that are likely to come up.
    pub keywords: Vec<String>,
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Transcript {
    /// The words, dressed as a person would write them. Empty when nothing was said.
    pub text: String,
    /// The language, if the engine knows.
    pub language: Option<Language>,
    /// Each word with its time, where the engine has them.
    pub words: Vec<Word>,
    /// How much sound was heard.
    pub audio_seconds: f64,
    /// Tokens it took, where the engine counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

impl Transcript {
    /// What is paid for.
    pub fn work(&self) -> Work {
        let tokens = self.usage.map(|usage| (usage.input_tokens, usage.output_tokens));
        Work { seconds: Some(self.audio_seconds), tokens, ..Work::default() }
    }
}

/// A word and when it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word.
    pub text: String,
    /// When it begins, in milliseconds from the clip's start.
    pub start_ms: u32,
    /// When it ends.
    pub end_ms: u32,
    /// How sure the engine is, from 0 to 1.
    pub confidence: Option<f32>,
}

/// All that an answer is made of.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Who to be and how to answer.
    pub instructions: String,
    /// What is remembered of exchanges that fell out of `history`.
    pub summary: Option<String>,
    /// The last exchanges, oldest first.
    pub history: Vec<Message>,
    /// What was just said.
    pub said: String,
    /// How loud it was in dBFS; none if it was typed.
    pub loudness_dbfs: Option<f32>,
    /// The speaker's language, if known.
    pub language: Option<Language>,
    /// Where the speaker's clock is.
    pub timezone: Tz,
    /// How the voice speaks now.
    pub delivery: Delivery,
    /// The longest answer.
    pub max_tokens: u32,
    /// How inventive, where the engine takes it.
    pub temperature: f32,
    /// Whether what is said is remembered.
    pub remembered: bool,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyPart {
    /// More of the text.
    Text(String),
    /// From here on, and for the rest of the conversation, speak like this.
    Delivery(Delivery),
    /// The engine asks for a tool.
    ToolCall {
        /// Names this call.
        id: String,
        /// Which tool.
        name: String,
        /// Its arguments, as JSON.
        arguments: String,
    },
    /// What it took.
    Usage(Usage),
    /// What it cost, where the engine says so itself. That is believed before any price.
    Cost(Usd),
    /// What was asked is beyond whoever thinks; the text only says so.
    Unanswered,
    /// The answer was cut off because it reached `max_tokens`.
    CutOff,
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Read.
    pub input_tokens: u64,
    /// Written.
    pub output_tokens: u64,
}

/// What is remembered of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The facts, one a line.
    pub text: String,
    /// What it took, where the engine counts that.
    pub usage: Option<Usage>,
}

/// The most tokens that a summary of so many bytes needs: no language needs more than half of them.
pub fn summary_tokens(max_bytes: usize) -> u32 {
    u32::try_from(max_bytes / 2).unwrap_or(u32::MAX).clamp(64, 8192)
}

/// One sentence to say.
#[derive(Debug, Clone)]
pub struct Line {
    /// The words, free of what must not be read aloud.
    pub text: String,
    /// Who says it.
    pub voice: Voice,
    /// In which language, if known.
    pub language: Option<Language>,
    /// How.
    pub delivery: Delivery,
    /// What it is a part of.
    pub utterance: Utterance,
}
