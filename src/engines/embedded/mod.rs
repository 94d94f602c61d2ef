//! Engines inside the binary: no key, no network.

mod capitals;
pub mod dressing;
mod flite;
pub mod hearing;
mod pocketsphinx;
pub mod speaking;
pub mod thinking;

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::engines::embedded::hearing::{HearingOptions, PocketSphinx};
use crate::engines::embedded::speaking::{Flite, SpeakingOptions};
use crate::engines::embedded::thinking::Repertoire;
use crate::engines::embedded::thinking::premises::{Premises, Privacy};
use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::EngineError;
use crate::settings::{Keep, Settings};

/// What every engine in the binary calls itself.
const ENGINE: &str = "embedded";

/// Hearing by PocketSphinx.
pub fn hearing(settings: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    let engines = &settings.engines;
    let options = HearingOptions {
        model_dir: engines.pocketsphinx_model.clone(),
        threads: NonZeroUsize::new(engines.hearing_threads).unwrap_or(NonZeroUsize::MIN),
        limits: settings.limits.decode(),
        ..HearingOptions::default()
    };
    Ok(Arc::new(PocketSphinx::new(options)))
}

/// Thinking without a model; `hearing` and `speaking` are whom it works with.
pub fn thinking(
    settings: &Settings,
    hearing: EngineName,
    speaking: EngineName,
) -> Result<Arc<dyn Responder>, EngineError> {
    let dictionary = settings.engines.pocketsphinx_model.join("cmudict-en-us.dict");
    let dictionary = dictionary.exists().then_some(dictionary);
    let premises = Premises::new(dictionary, hearing, speaking, privacy(settings));
    Ok(Arc::new(Repertoire::new(Arc::clone(&settings.voice.persona), premises)))
}

/// What is kept, and where, as it is set.
fn privacy(settings: &Settings) -> Privacy {
    Privacy {
        keeps_recordings: settings.recordings.keep == Keep::All,
        recordings_elsewhere: settings.recordings.is_elsewhere(),
        words_elsewhere: settings.memory.database.is_elsewhere(),
        on_this_computer: !settings.server.is_exposed(),
    }
}

/// Speaking by flite for another engine, whatever voice that one was to speak with.
pub fn standing_in(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    match speaking(settings) {
        Err(EngineError::Refused(_)) => Ok(Arc::new(Flite::new(&SpeakingOptions::default())?)),
        opened => opened,
    }
}

/// Speaking by flite.
pub fn speaking(settings: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    let options =
        SpeakingOptions { voice: settings.voice.voice.clone(), ..SpeakingOptions::default() };
    let flite = Flite::new(&options).map_err(|error| match error {
        EngineError::Refused(why) => {
            EngineError::Refused(format!("{why}; write one into {}", settings.voice.written_in()))
        }
        other => other,
    });
    Ok(Arc::new(flite?))
}
