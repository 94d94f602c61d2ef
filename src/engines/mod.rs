//! Doors to the engines that hear, think and speak. The only place that matches on who they are.

#[cfg(not(feature = "embedded"))]
mod absent;
#[cfg(feature = "embedded")]
pub mod embedded;

use std::sync::Arc;

#[cfg(not(feature = "embedded"))]
use crate::engines::absent as built_in;
#[cfg(feature = "embedded")]
use crate::engines::embedded as built_in;
use crate::pipeline::Engines;
use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::EngineError;
use crate::settings::{EngineChoice, Settings};

/// Opens an engine for every stage. They load while the caller goes on.
pub fn open(settings: &Settings) -> Result<Engines, EngineError> {
    let hearing = hearing(settings)?;
    let speaking = speaking(settings)?;
    let thinking = thinking(settings, hearing.name(), speaking.name())?;
    Ok(Engines { hearing, thinking, speaking })
}

/// Opens the engine that hears.
pub fn hearing(settings: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    match settings.engines.hearing.engine() {
        EngineChoice::OpenAi => Err(not_yet()),
        EngineChoice::Auto | EngineChoice::Embedded => built_in::hearing(settings),
    }
}

/// Opens the engine that thinks; `hearing` and `speaking` are whom it works with.
pub fn thinking(
    settings: &Settings,
    hearing: EngineName,
    speaking: EngineName,
) -> Result<Arc<dyn Responder>, EngineError> {
    match settings.engines.thinking.engine() {
        EngineChoice::OpenAi => Err(not_yet()),
        EngineChoice::Auto | EngineChoice::Embedded => {
            built_in::thinking(settings, hearing, speaking)
        }
    }
}

/// Opens the engine that speaks.
pub fn speaking(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    match settings.engines.speaking.engine() {
        EngineChoice::OpenAi => Err(not_yet()),
        EngineChoice::Auto | EngineChoice::Embedded => built_in::speaking(settings),
    }
}

fn not_yet() -> EngineError {
    EngineError::Unavailable("OpenAI's engines are not built in yet; use embedded".to_owned())
}
