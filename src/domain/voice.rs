//! Voices, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

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
