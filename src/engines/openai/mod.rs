//! Any server that speaks OpenAI's API, asked over HTTP.

mod answer;
mod breaker;
mod client;
mod complaint;
mod hearing;
pub(in crate::engines) mod kinds;
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
use crate::engines::pricing::price;
use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::{EngineError, Stage};
use crate::settings::{Endpoint, Settings, StageSettings};

/// What every engine of this kind calls itself, whoever runs the server.
const ENGINE: &str = "openai";
/// How long a server may be silent. Less than a turn allows it, so that it is known who was.
const PATIENCE: Duration = Duration::from_secs(12);
/// How long it may be silent while it does all its work before the first byte of an answer.
const LONG_PATIENCE: Duration = Duration::from_secs(25);

/// Hearing by a server.
pub fn hearing(settings: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    let stage = &settings.engines.hearing;
    let endpoint = chosen(stage, Stage::Hearing)?;
    let price = price(settings, stage);
    Ok(Arc::new(Hearing::new(Server::new(endpoint, LONG_PATIENCE)?, price)))
}

/// Thinking by a server.
pub fn thinking(settings: &Settings) -> Result<Arc<dyn Responder>, EngineError> {
    let stage = &settings.engines.thinking;
    let endpoint = chosen(stage, Stage::Thinking)?;
    let price = price(settings, stage);
    let server = Server::new(endpoint, LONG_PATIENCE)?;
    let effort = settings.engines.answers.reasoning_effort.clone();
    Ok(Arc::new(Thinking::new(server, price, effort)))
}

/// Speaking by a server.
pub fn speaking(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    let stage = &settings.engines.speaking;
    let endpoint = chosen(stage, Stage::Speaking)?;
    let price = price(settings, stage);
    let voices = settings.engines.speaking_voices.clone();
    settings.voice.voice.known_to(&voices).map_err(|unknown| {
        EngineError::Refused(format!(
            "{unknown}; write another into {}, or name the server's own voices in SPEAKING_VOICES",
            settings.voice.written_in()
        ))
    })?;
    Ok(Arc::new(Speaking::new(Server::new(endpoint, PATIENCE)?, price, voices)))
}

/// Where the server is, once it is known which of its models is asked.
fn chosen(stage: &StageSettings, name: Stage) -> Result<Endpoint, EngineError> {
    if stage.endpoint.model.is_some() {
        return Ok(stage.endpoint.clone());
    }
    let (host, variable) = (stage.endpoint.host(), name.name().to_uppercase());
    Err(EngineError::Unavailable(format!(
        "it is not known which of {host}'s models to ask; name one in {variable}_MODEL"
    )))
}

fn name(endpoint: &Endpoint) -> EngineName {
    EngineName { engine: ENGINE.to_owned(), model: endpoint.model().to_owned() }
}
