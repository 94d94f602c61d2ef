//! A turn on its way out: its events, and what is known of it so far.

use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::Value;
use tracing::Span;
use tracing::field::display;

use crate::conversations::{ConversationError, ConversationEvent};
use crate::domain::conversation::ConversationId;
use crate::domain::turn::TurnId;
use crate::pipeline::event::{Speech, TurnEvent};
use crate::routes::guard::Permit;
use crate::routes::problem::Problem;
use crate::routes::turn_json::{self, Sound};
use crate::store::Turn;

/// A turn that is being answered. Dropping it ends it.
pub struct Talk {
    events: BoxStream<'static, Result<ConversationEvent, ConversationError>>,
    began: Instant,
    /// Names the turn, once it has begun.
    pub turn: Option<TurnId>,
    /// Names its conversation; none if nothing of the turn will be left to be read.
    pub conversation: Option<ConversationId>,
    /// What was heard.
    pub transcript: String,
    /// The reply's text so far.
    pub reply: String,
    /// When what happened, in milliseconds.
    pub times: Times,
    /// Whether its sound will be found at an address.
    kept: bool,
    _permit: Permit,
}

/// When things happened, in milliseconds from the turn's start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// It was heard.
    pub heard: Option<f64>,
    /// There were first words.
    pub words: Option<f64>,
    /// There was first sound.
    pub sound: Option<f64>,
}

/// What happened next, as far as a rendering needs to know.
pub enum Happened {
    /// The turn has begun.
    Started,
    /// It was heard, in this language.
    Heard(Option<String>),
    /// More of the reply's text.
    Reply(String),
    /// The reply's text is complete.
    Replied,
    /// More sound.
    Speech(Speech),
    /// The turn is over and written down.
    Ended(Box<Turn>),
}

impl Talk {
    pub fn new(
        events: BoxStream<'static, Result<ConversationEvent, ConversationError>>,
        kept: bool,
        permit: Permit,
    ) -> Self {
        Self {
            events,
            began: Instant::now(),
            turn: None,
            conversation: None,
            transcript: String::new(),
            reply: String::new(),
            times: Times::default(),
            kept,
            _permit: permit,
        }
    }

    /// What happens next; none when everything has happened.
    pub async fn next(&mut self) -> Option<Result<Happened, Problem>> {
        loop {
            match self.events.next().await? {
                Err(error) => return Some(Err(error.into())),
                Ok(event) => {
                    if let Some(happened) = self.take(event) {
                        return Some(Ok(happened));
                    }
                }
            }
        }
    }

    /// The turn as it ended.
    pub fn told(&self, turn: &Turn, sound: Sound<'_>) -> Value {
        let sound = match sound {
            Sound::ByAddress if !self.kept => Sound::Absent,
            sound => sound,
        };
        match self.conversation {
            Some(_) => turn_json::turn(turn, sound),
            None => turn_json::passing(turn, sound),
        }
    }

    fn take(&mut self, event: ConversationEvent) -> Option<Happened> {
        let now = self.began.elapsed().as_secs_f64() * 1e3;
        let request = Span::current();
        let event = match event {
            ConversationEvent::Started { turn_id, conversation_id } => {
                self.turn = Some(turn_id);
                self.conversation = conversation_id;
                request.record("turn.id", display(turn_id));
                request.record("conversation.id", conversation_id.map(display));
                return Some(Happened::Started);
            }
            ConversationEvent::Ended(turn) => return Some(Happened::Ended(turn)),
            ConversationEvent::Turn(event) => event,
        };
        match event {
            TurnEvent::Heard(transcript) => {
                self.times.heard = Some(now);
                request.record("heard_ms", tenths(now));
                self.transcript = transcript.text;
                let language = transcript.language.map(|language| language.to_string());
                Some(Happened::Heard(language))
            }
            TurnEvent::Reply(delta) => {
                note(&mut self.times.words, now, "first_words_ms", &request);
                self.reply.push_str(&delta);
                Some(Happened::Reply(delta))
            }
            TurnEvent::Replied => Some(Happened::Replied),
            TurnEvent::Speech(speech) => {
                note(&mut self.times.sound, now, "first_sound_ms", &request);
                Some(Happened::Speech(speech))
            }
            TurnEvent::Delivery(_) | TurnEvent::Said(_) | TurnEvent::Finished(_) => None,
        }
    }
}

/// Notes when something happened first, here and in the request's line of the log.
fn note(first: &mut Option<f64>, now: f64, name: &str, request: &Span) {
    if first.is_none() {
        *first = Some(now);
        request.record(name, tenths(now));
    }
}

fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}

impl Times {
    /// As `Server-Timing` tells it: how long each stage kept the listener waiting.
    pub fn header(&self) -> String {
        let heard = self.heard.unwrap_or_default();
        let words = self.words.unwrap_or(heard);
        let sound = self.sound.unwrap_or(words);
        format!(
            "hearing;dur={heard:.1}, thinking;dur={:.1}, speaking;dur={:.1}",
            (words - heard).max(0.0),
            (sound - words).max(0.0)
        )
    }
}
