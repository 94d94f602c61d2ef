//! Voices, by name.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// OpenAI's voices. Every engine accepts them and speaks with its nearest.
pub const COMMON_VOICES: [&str; 13] = [
    "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse",
    "marin", "cedar",
];

/// The name of a voice: one of [`COMMON_VOICES`], or one that the speaking engine calls its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Voice(pub String);

impl Voice {
    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the common voices, or of the engine's own.
    pub fn known_to(&self, own: &[Voice]) -> Result<(), UnknownVoice> {
        let common = COMMON_VOICES.contains(&self.name());
        if common || own.contains(self) {
            return Ok(());
        }
        let known = COMMON_VOICES.into_iter().chain(own.iter().map(Voice::name));
        Err(UnknownVoice {
            voice: self.name().to_owned(),
            known: known.collect::<Vec<_>>().join(", "),
        })
    }
}

/// Nobody speaks with that voice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no voice `{voice}`; there are {known}")]
pub struct UnknownVoice {
    /// What was asked for.
    pub voice: String,
    /// What could have been.
    pub known: String,
}

impl Default for Voice {
    fn default() -> Self {
        Self("alloy".to_owned())
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
