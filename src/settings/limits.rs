//! How much is too much.

use std::time::Duration;

use crate::audio::decode;
use crate::settings::source::Source;

/// How much is too much.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// The longest a turn may take. `TURN_TIMEOUT`, in seconds, default 60.
    pub turn_timeout: Duration,
    /// The largest clip, in bytes. `MAX_AUDIO_MB`, default 25.
    pub max_audio_bytes: u64,
    /// The longest clip. `MAX_AUDIO_SECONDS`, default 600; an engine may hear less.
    pub max_audio_seconds: u32,
}

impl LimitSettings {
    /// What a clip may take to decode.
    pub fn decode(&self) -> decode::Limits {
        decode::Limits {
            max_bytes: self.max_audio_bytes,
            max_seconds: self.max_audio_seconds,
            ..decode::Limits::default()
        }
    }

    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let seconds = source.number("MAX_AUDIO_SECONDS", 600, 1..=86_400);
        Self {
            turn_timeout: Duration::from_secs(source.number("TURN_TIMEOUT", 60, 1..=3600)),
            max_audio_bytes: source.number("MAX_AUDIO_MB", 25, 1..=1024) * 1024 * 1024,
            max_audio_seconds: u32::try_from(seconds).unwrap_or(600),
        }
    }
}
