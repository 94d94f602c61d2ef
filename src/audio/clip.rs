//! A recorded clip: bytes that are known for what they are by looking at them.

use bytes::Bytes;

use crate::audio::error::AudioError;
use crate::audio::sniff;

/// What a clip is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// Matroska's subset for the web, as browsers record it.
    WebM,
    /// Ogg with Opus, Vorbis or FLAC.
    Ogg,
    /// MP4 and M4A, plain or fragmented.
    Mp4,
    /// RIFF WAVE.
    Wav,
    /// MPEG audio, with or without tags.
    Mp3,
    /// Native FLAC.
    Flac,
}

impl Container {
    /// All there are.
    pub const ALL: [Self; 6] = [Self::WebM, Self::Ogg, Self::Mp4, Self::Wav, Self::Mp3, Self::Flac];

    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebM => "WebM",
            Self::Ogg => "Ogg",
            Self::Mp4 => "MP4",
            Self::Wav => "WAV",
            Self::Mp3 => "MP3",
            Self::Flac => "FLAC",
        }
    }

    /// Its media type, as in `Content-Type`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::WebM => "audio/webm",
            Self::Ogg => "audio/ogg",
            Self::Mp4 => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Mp3 => "audio/mpeg",
            Self::Flac => "audio/flac",
        }
    }

    /// How the name of such a file ends, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::WebM => "webm",
            Self::Ogg => "ogg",
            Self::Mp4 => "m4a",
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
        }
    }
}

/// A clip is never empty and always of a known kind. Cloning it does not copy the sound.
#[derive(Debug, Clone)]
pub struct Clip {
    bytes: Bytes,
    container: Container,
}

impl Clip {
    /// Looks at the bytes and knows what they are, or says what they look like instead.
    pub fn new(bytes: impl Into<Bytes>) -> Result<Self, AudioError> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(AudioError::Empty);
        }
        let container = sniff::container(&bytes)
            .map_err(|likeness| AudioError::Unsupported { looks_like: likeness.to_owned() })?;
        Ok(Self { bytes, container })
    }

    /// What the clip is packed in.
    pub fn container(&self) -> Container {
        self.container
    }

    /// The clip as it was sent.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}
