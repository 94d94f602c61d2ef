//! Stands where the embedded engines would be in a build without them.

use std::sync::Arc;

use crate::pipeline::engine::{EngineName, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::EngineError;
use crate::settings::Settings;

/// There is nobody to hear.
pub fn hearing(_: &Settings) -> Result<Arc<dyn Transcriber>, EngineError> {
    Err(absent())
}

/// There is nobody to think.
pub fn thinking(
    _: &Settings,
    _: EngineName,
    _: EngineName,
) -> Result<Arc<dyn Responder>, EngineError> {
    Err(absent())
}

/// There is nobody to stand in for a voice that is gone.
pub fn standing_in(_: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    Err(absent())
}

/// There is nobody to speak.
pub fn speaking(_: &Settings) -> Result<Arc<dyn Synthesizer>, EngineError> {
    Err(absent())
}

fn absent() -> EngineError {
    EngineError::Unavailable(
        "this program was built without its embedded engines; set OPENAI_API_KEY, or build it \
         again without --no-default-features"
            .to_owned(),
    )
}
