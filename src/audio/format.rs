//! What spoken sound is delivered as.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::audio::pcm::Pcm;

/// A format that an answer can be delivered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// MPEG layer III.
    #[default]
    Mp3,
    /// RIFF WAVE, 16 bit mono.
    Wav,
    /// Opus in Ogg.
    Ogg,
    /// Bare 16-bit little-endian mono samples.
    Pcm,
}

/// A piece of spoken sound as an engine delivers it.
#[derive(Debug, Clone)]
pub enum Sound {
    /// Samples.
    Pcm(Pcm),
    /// MPEG frames: any cut of an MP3 stream.
    Mp3(Bytes),
}
