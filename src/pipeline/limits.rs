//! What a turn may take.

use std::time::Duration;

use crate::audio::decode;

/// What a turn may take, as a whole and stage by stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The whole turn. Time in which the listener does not ask for more is not counted.
    pub turn: Duration,
    /// From the clip to its transcript.
    pub hearing: Duration,
    /// From the question to the first words.
    pub thinking_first: Duration,
    /// From some words to the next.
    pub thinking_gap: Duration,
    /// From a sentence to its first sound.
    pub speaking_first: Duration,
    /// From some sound to the next.
    pub speaking_gap: Duration,
    /// Sentences in work while an earlier one is still being said.
    pub ahead: usize,
    /// The sound of one sentence, in bytes, that may wait for its turn to be said.
    pub waiting_bytes: usize,
    /// The longest reply in bytes; what is longer is cut off.
    pub reply_bytes: usize,
    /// The sound of sentences spoken before that is kept, in bytes.
    pub phrase_bytes: u64,
    /// What a clip may ask for.
    pub decode: decode::Limits,
    /// Clips that may be decoded at once.
    pub decoders: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turn: Duration::from_secs(60),
            hearing: Duration::from_secs(30),
            thinking_first: Duration::from_secs(30),
            thinking_gap: Duration::from_secs(15),
            speaking_first: Duration::from_secs(15),
            speaking_gap: Duration::from_secs(15),
            ahead: 7,
            waiting_bytes: 256 * 1024,
            reply_bytes: 32 * 1024,
            phrase_bytes: 16 * 1024 * 1024,
            decode: decode::Limits::default(),
            decoders: 4,
        }
    }
}
