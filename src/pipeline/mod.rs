//! One voice turn as a stream of events: hear, think, speak, overlapped.
//! Knows no vendor, no database, no HTTP and no phone.

mod alone;
mod answer;
pub mod budget;
mod decoders;
pub mod engine;
pub mod error;
mod estimate;
pub mod event;
pub mod examine;
pub mod hear;
mod limits;
mod listening;
mod phantom;
pub mod phrases;
mod phrasing;
pub mod receipt;
pub mod say;
pub mod sentences;
pub mod speakable;
mod speaking;
mod tally;
mod thinking;
mod turn;
pub mod utterance;
mod watch;

use std::sync::Arc;

use futures_util::Stream;

use crate::audio::format::Format;
use crate::pipeline::decoders::Decoders;
use crate::pipeline::engine::{Responder, Synthesizer, Transcriber};
use crate::pipeline::error::TurnError;
use crate::pipeline::event::{Briefing, Input, TurnEvent};
pub use crate::pipeline::limits::Limits;
use crate::pipeline::phrases::Phrases;

/// Who hears, thinks and speaks.
#[derive(Clone)]
pub struct Engines {
    /// Speech to text.
    pub hearing: Arc<dyn Transcriber>,
    /// The answer.
    pub thinking: Arc<dyn Responder>,
    /// Text to speech.
    pub speaking: Arc<dyn Synthesizer>,
}

impl Engines {
    /// Has all of them load what their work needs, while the caller goes on.
    pub fn warm_up(&self) {
        self.hearing.warm_up();
        self.thinking.warm_up();
        self.speaking.warm_up();
    }
}

/// Takes turns. Cloning it is cheap; clones share their permits.
#[derive(Clone)]
pub struct Pipeline {
    engines: Engines,
    limits: Limits,
    phrases: Phrases,
    decoders: Decoders,
}

impl Pipeline {
    /// A pipeline over these engines, held to these limits.
    pub fn new(engines: Engines, limits: Limits) -> Self {
        let decoders = Decoders::new(limits.decoders);
        let phrases = Phrases::new(limits.phrase_bytes);
        Self { engines, limits, phrases, decoders }
    }

    /// The sentences that were spoken before.
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// What a turn may take.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Who hears.
    pub fn hearing(&self) -> &Arc<dyn Transcriber> {
        &self.engines.hearing
    }

    /// Who thinks.
    pub fn thinking(&self) -> &Arc<dyn Responder> {
        &self.engines.thinking
    }

    /// Who speaks.
    pub fn speaking(&self) -> &Arc<dyn Synthesizer> {
        &self.engines.speaking
    }

    /// Takes one turn. The stream ends with `Finished` or with one error. All work is done
    /// inside it, while it is polled: dropping it stops everything.
    pub fn take_turn(
        &self,
        input: Input,
        briefing: Briefing,
        wanted: Format,
    ) -> impl Stream<Item = Result<TurnEvent, TurnError>> + Send + use<> {
        turn::take(self.clone(), input, briefing, wanted)
    }
}
