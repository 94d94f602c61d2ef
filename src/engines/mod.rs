//! Doors to the engines that hear, think and speak. The only place that matches on who they are.

#[cfg(not(feature = "embedded"))]
mod absent;
mod choosing;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod fallback;
pub mod openai;
mod pricing;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use chrono::Utc;

#[cfg(not(feature = "embedded"))]
use crate::engines::absent as built_in;
pub use crate::engines::choosing::{ChoiceError, choose_models};
#[cfg(feature = "embedded")]
use crate::engines::embedded as built_in;
use crate::engines::fallback::Fallback;
use crate::engines::openai::models;
pub use crate::engines::openai::models::Retirement;
pub use crate::engines::pricing::{Unpriced, unpriced};
use crate::pipeline::Engines;
use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::{EngineError, Stage};
use crate::settings::{Endpoint, EngineChoice, Settings, StageSettings};

/// Opens an engine for every stage, as they are set. They load when they are warmed up, or needed.
pub fn open(settings: &Settings) -> Result<Engines, EngineError> {
    let hearing = hearing(settings)?;
    let speaking = speaking(settings)?;
    let thinking = thinking(settings, hearing.name(), speaking.name())?;
    Ok(Engines { hearing, thinking, speaking })
}

/// Opens the engines in the binary, for turns that ask for them where others are set; none in a
/// build that has none.
pub fn own(settings: &Settings) -> Option<Engines> {
    let hearing = built_in::hearing(settings).ok()?;
    let speaking = built_in::standing_in(settings).ok()?;
    let thinking = built_in::thinking(settings, hearing.name(), speaking.name()).ok()?;
    Some(Engines { hearing, thinking, speaking })
}

/// Opens the engine that hears.
pub fn hearing(settings: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    match settings.engines.hearing.engine() {
        EngineChoice::OpenAi => openai::hearing(settings),
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
        EngineChoice::OpenAi => openai::thinking(settings),
        EngineChoice::Auto | EngineChoice::Embedded => {
            built_in::thinking(settings, hearing, speaking)
        }
    }
}

/// Opens the engine that speaks. Should a server's model be gone, the embedded voice stands in
/// for it, where there is one.
pub fn speaking(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    match settings.engines.speaking.engine() {
        EngineChoice::OpenAi => {
            let first = openai::speaking(settings)?;
            match built_in::standing_in(settings) {
                Ok(second) => Ok(Arc::new(Fallback::new(first, second))),
                Err(_) => Ok(first),
            }
        }
        EngineChoice::Auto | EngineChoice::Embedded => built_in::speaking(settings),
    }
}

/// The models that servers are asked for and that will be or are gone, as those servers tell.
/// Each is asked once. A server that lists no models tells nothing.
pub async fn retirements(settings: &Settings) -> Result<Vec<Retirement>, EngineError> {
    let mut lists = BTreeMap::new();
    let mut retirements = Vec::new();
    for (stage, endpoint) in servers(settings) {
        let Some(model) = &endpoint.model else { continue };
        let list = match lists.entry(&endpoint.base_url) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(models::listed(endpoint).await?),
        };
        let Some(list) = list else { continue };
        let today = Utc::now().date_naive();
        retirements.extend(models::outlook(list, stage, model, today));
    }
    Ok(retirements)
}

/// The stages that a server works in, and where it is.
pub fn servers(settings: &Settings) -> impl Iterator<Item = (Stage, &Endpoint)> {
    at_servers(settings).map(|(name, stage)| (name, &stage.endpoint))
}

fn at_servers(settings: &Settings) -> impl Iterator<Item = (Stage, &StageSettings)> {
    let engines = &settings.engines;
    let stages = [
        (Stage::Hearing, &engines.hearing),
        (Stage::Thinking, &engines.thinking),
        (Stage::Speaking, &engines.speaking),
    ];
    stages.into_iter().filter(|(_, stage)| stage.engine() == EngineChoice::OpenAi)
}
