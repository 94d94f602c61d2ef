//! Any server that speaks OpenAI's API, asked over HTTP.

mod answer;
mod breaker;
mod client;
mod complaint;
mod hearing;
mod languages;
mod manners;
pub mod models;
mod request;
mod retries;
mod server;
mod speaking;
pub mod sse;
mod thinking;

use std::sync::Arc;
use std::time::Duration;

use crate::engines::openai::hearing::Hearing;
use crate::engines::openai::server::Server;
use crate::engines::openai::speaking::Speaking;
use crate::engines::openai::thinking::Thinking;
use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::EngineError;
use crate::settings::{Endpoint, Settings};

/// What every engine of this kind calls itself, whoever runs the server.
const ENGINE: &str = "openai";
/// How long a server may be silent. Less than a turn allows it, so that it is known who was.
const PATIENCE: Duration = Duration::from_secs(12);
/// How long it may be silent while it does all its work before the first byte of an answer.
const LONG_PATIENCE: Duration = Duration::from_secs(25);

/// Hearing by a server.
pub fn hearing(settings: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    let endpoint = settings.engines.hearing.endpoint.clone();
    let price = settings.engines.prices.of(&endpoint.model, endpoint.is_openai);
    Ok(Arc::new(Hearing::new(Server::new(endpoint, LONG_PATIENCE)?, price)))
}

/// Thinking by a server.
pub fn thinking(settings: &Settings) -> Result<Arc<dyn Responder>, EngineError> {
    let endpoint = settings.engines.thinking.endpoint.clone();
    let price = settings.engines.prices.of(&endpoint.model, endpoint.is_openai);
    let server = Server::new(endpoint, LONG_PATIENCE)?;
    let effort = settings.engines.answers.reasoning_effort.clone();
    Ok(Arc::new(Thinking::new(server, price, effort)))
}

/// Speaking by a server.
pub fn speaking(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    let endpoint = settings.engines.speaking.endpoint.clone();
    let price = settings.engines.prices.of(&endpoint.model, endpoint.is_openai);
    let voices = settings.engines.speaking_voices.clone();
    settings.voice.voice.known_to(&voices).map_err(|unknown| {
        EngineError::Refused(format!(
            "{unknown}; a server's own voices are named in SPEAKING_VOICES"
        ))
    })?;
    Ok(Arc::new(Speaking::new(Server::new(endpoint, PATIENCE)?, price, voices)))
}

fn name(endpoint: &Endpoint) -> EngineName {
    EngineName { engine: ENGINE.to_owned(), model: endpoint.model.clone() }
}
