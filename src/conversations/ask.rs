//! What a turn is asked for, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use crate::audio::format::Format;
use crate::conversations::keeping::Keeping;
use crate::conversations::repeats::Claimed;
use crate::domain::conversation::ConversationId;
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::domain::voice::Voice;
use crate::pipeline::Pipeline;
use crate::pipeline::budget::{Budget, Payer, Tab};
use crate::pipeline::event::{Briefing, Input, TurnEvent};
use crate::store::{Turn, Window};

/// What holds for every conversation. Nothing of it has a default: what is forgotten would be told
/// all the same.
#[derive(Clone)]
pub struct Options {
    /// Who to be and how to answer.
    pub instructions: String,
    /// Names and words that are likely to come up.
    pub keywords: Vec<String>,
    /// Who speaks, unless a turn asks for another.
    pub voice: Voice,
    /// The language that is probably spoken.
    pub language: Option<Language>,
    /// Where the speaker's clock is, unless a turn says.
    pub timezone: Tz,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
    /// How inventive.
    pub temperature: f32,
    /// The most tokens that memory adds to a prompt, summary included.
    pub recall_tokens: u32,
    /// The most messages that memory adds to a prompt.
    pub recall_messages: u64,
    /// How long a turn waits for the one before it in the same conversation.
    pub patience: Duration,
    /// How long after its last turn the latest conversation still goes on by itself.
    pub pause: Duration,
    /// How long memory may take to say what it remembers.
    pub recall_timeout: Duration,
    /// How long folding old messages into the summary may take.
    pub fold_timeout: Duration,
    /// What may be spent in a day.
    pub budget: Budget,
    /// Which list of prices costs are reckoned by.
    pub price_version: String,
    /// What is kept of the sound; none: nothing.
    pub keeping: Option<Keeping>,
    /// The engines in the binary, for turns that ask for them; none if there are none.
    pub own: Option<Arc<Pipeline>>,
}

impl Options {
    /// For a turn that stands alone: without a past, and not remembered.
    pub fn briefing(&self) -> Briefing {
        Briefing {
            instructions: self.instructions.clone(),
            summary: None,
            history: Vec::new(),
            keywords: self.keywords.clone(),
            voice: self.voice.clone(),
            delivery: Delivery::default(),
            language: self.language.clone(),
            timezone: self.timezone,
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            remembered: false,
            tab: Tab::unlimited(),
        }
    }

    pub(super) fn window(&self) -> Window {
        Window { tokens: self.recall_tokens, messages: self.recall_messages }
    }
}

/// A turn somebody wants to take.
#[derive(Debug)]
pub struct Ask {
    /// Who.
    pub owner: Owner,
    /// In which conversation.
    pub conversation: Which,
    /// What was said or typed.
    pub input: Input,
    /// Who is to speak.
    pub voice: Option<Voice>,
    /// The language that is probably spoken.
    pub language: Option<Language>,
    /// Where the speaker's clock is.
    pub timezone: Option<Tz>,
    /// How fast to speak in this turn; 1 is the voice's own pace.
    pub speed: Option<f32>,
    /// Steers this conversation from here on.
    pub instructions: Option<String>,
    /// Whether the turn reads and leaves memory. Without it, the conversation of the ask is
    /// neither looked at nor changed.
    pub memory: bool,
    /// What the sound is to be delivered as.
    pub format: Format,
    /// Whether the engines in the binary take the turn, where there are any, whatever is set.
    pub own_engines: bool,
    /// Who pays; none: the owner, within what all together may spend.
    pub payer: Option<Payer>,
    /// The right to answer a request that may be repeated.
    pub claimed: Option<Claimed>,
}

impl Ask {
    /// A turn with nothing out of the ordinary.
    pub fn new(owner: Owner, conversation: Which, input: Input) -> Self {
        Self {
            owner,
            conversation,
            input,
            voice: None,
            language: None,
            timezone: None,
            speed: None,
            instructions: None,
            memory: true,
            format: Format::default(),
            own_engines: false,
            payer: None,
            claimed: None,
        }
    }
}

/// Which conversation a turn belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// One that begins with it.
    New,
    /// The owner's latest if it is recent, else a new one.
    Latest,
    /// This one.
    Continue(ConversationId),
}

/// One thing that happened in a turn that remembers.
#[derive(Debug, Clone)]
pub enum ConversationEvent {
    /// The turn has begun. Always first.
    Started {
        /// Names the turn.
        turn_id: TurnId,
        /// Names its conversation; none for a turn that leaves no memory.
        conversation_id: Option<ConversationId>,
    },
    /// What the pipeline reports. `Finished` comes when the turn is on the disk.
    Turn(TurnEvent),
    /// The turn is over: finished, or ended by someone. Always last.
    Ended(Box<Turn>),
}
