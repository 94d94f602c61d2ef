//! Thinking without a language model: a small, honest repertoire over what the persona was told.

mod answers;
mod clock;
mod dates;
mod delivery;
mod dictionary;
mod followups;
mod foreign;
mod hours_asked;
mod intents;
mod keywords;
mod knowledge;
mod ladder;
mod letters;
mod memory;
mod mind;
mod numbers;
mod phones;
mod phrases;
pub mod premises;
mod privacy;
mod recall;
mod sayings;
mod statements;
mod stock;
mod sums;
mod understanding;
mod units;
mod way_out;
mod wordings;
mod words;

use std::sync::{Arc, OnceLock};
use std::thread;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};

use crate::domain::message::Message;
use crate::domain::money::Price;
use crate::domain::persona::Persona;
use crate::engines::embedded::ENGINE;
use crate::engines::embedded::thinking::memory::Memory;
use crate::engines::embedded::thinking::mind::Mind;
use crate::engines::embedded::thinking::premises::Premises;
use crate::pipeline::engine::{EngineName, Prompt, ReplyPart, Responder, Summary};
use crate::pipeline::error::EngineError;

/// The responder that needs no language model. It keeps nothing between answers: what it
/// remembers, it reads from the conversation.
pub struct Repertoire {
    mind: Arc<LateMind>,
}

/// A mind that learns its phrases when it is first needed.
struct LateMind {
    persona: Arc<Persona>,
    premises: Premises,
    mind: OnceLock<Mind>,
}

impl Repertoire {
    /// One for this persona in this house. Reads nothing yet.
    pub fn new(persona: Arc<Persona>, premises: Premises) -> Self {
        Self { mind: Arc::new(LateMind { persona, premises, mind: OnceLock::new() }) }
    }
}

impl LateMind {
    fn get(&self) -> &Mind {
        self.mind.get_or_init(|| Mind::new(Arc::clone(&self.persona), self.premises.clone()))
    }
}

#[async_trait]
impl Responder for Repertoire {
    fn name(&self) -> EngineName {
        EngineName { engine: ENGINE.to_owned(), model: "repertoire".to_owned() }
    }

    fn price(&self) -> Price {
        Price::Free
    }

    /// Reads the dictionary and learns all phrases.
    fn warm_up(&self) {
        let mind = Arc::clone(&self.mind);
        let learn = move || {
            mind.get();
        };
        // If there is no thread to be had, the first answer learns instead.
        let _ = thread::Builder::new().name("thinking".to_owned()).spawn(learn);
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<ReplyPart, EngineError>> {
        let mind = Arc::clone(&self.mind);
        let parts = async move { stream::iter(mind.get().answer(&prompt).parts().map(Ok)) };
        stream::once(parts).flatten().boxed()
    }

    async fn summarize(
        &self,
        summary: Option<&str>,
        messages: &[Message],
        max_bytes: usize,
    ) -> Result<Summary, EngineError> {
        Ok(Summary { text: Memory::of(summary, messages).summary(max_bytes), usage: None })
    }
}
