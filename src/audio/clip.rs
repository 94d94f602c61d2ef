//! A recorded clip: bytes that are known for what they are by looking at them.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use memmap2::Mmap;

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
    file: Option<Arc<File>>,
}

impl Clip {
    /// Looks at the bytes and knows what they are, or says what they look like instead.
    pub fn new(bytes: impl Into<Bytes>) -> Result<Self, AudioError> {
        Self::of(bytes.into(), None)
    }

    /// A clip too large to be kept in memory. Nobody else may know the file: it has no name.
    pub fn in_file(file: File) -> Result<Self, AudioError> {
        if file.metadata().map_err(unreadable)?.len() == 0 {
            return Err(AudioError::Empty);
        }
        #[expect(unsafe_code, reason = "a file without a name that nobody but us can change")]
        // SAFETY: the file cannot be opened by anyone else and is not written any more, so what
        // is mapped stays as it is until the last clone is dropped.
        let mapped = unsafe { Mmap::map(&file) }.map_err(unreadable)?;
        Self::of(Bytes::from_owner(mapped), Some(Arc::new(file)))
    }

    fn of(bytes: Bytes, file: Option<Arc<File>>) -> Result<Self, AudioError> {
        if bytes.is_empty() {
            return Err(AudioError::Empty);
        }
        let container = sniff::container(&bytes)
            .map_err(|likeness| AudioError::Unsupported { looks_like: likeness.to_owned() })?;
        Ok(Self { bytes, container, file })
    }

    /// What the clip is packed in.
    pub fn container(&self) -> Container {
        self.container
    }

    /// The clip as it was sent.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The file that the clip is kept in, if it was too large for memory. What reads it from there
    /// piece by piece leaves the memory free.
    pub fn file(&self) -> Option<&Arc<File>> {
        self.file.as_ref()
    }
}

fn unreadable(error: io::Error) -> AudioError {
    AudioError::Broken { container: "uploaded", reason: error.to_string() }
}
