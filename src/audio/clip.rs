//! A recorded clip: bytes that are known for what they are by looking at them.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use memmap2::{Mmap, UncheckedAdvice};

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
    kept: Option<Arc<Kept>>,
}

/// A file without a name, as it is kept and as it is read.
#[derive(Debug)]
struct Kept {
    file: File,
    mapped: Mmap,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.mapped
    }
}

/// Lets a clone of what is kept stand behind bytes.
struct Behind(Arc<Kept>);

impl AsRef<[u8]> for Behind {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
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
        let kept = Arc::new(Kept { file, mapped });
        Self::of(Bytes::from_owner(Behind(Arc::clone(&kept))), Some(kept))
    }

    fn of(bytes: Bytes, kept: Option<Arc<Kept>>) -> Result<Self, AudioError> {
        if bytes.is_empty() {
            return Err(AudioError::Empty);
        }
        let container = sniff::container(&bytes)
            .map_err(|likeness| AudioError::Unsupported { looks_like: likeness.to_owned() })?;
        Ok(Self { bytes, container, kept })
    }

    /// What the clip is packed in.
    pub fn container(&self) -> Container {
        self.container
    }

    /// The clip as it was sent.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes from here on, at most so many; none at the end. Of a clip in a file, they are
    /// read from there, so that what was sent on does not stay in memory.
    pub fn piece(&self, from: usize, most: usize) -> io::Result<Option<Bytes>> {
        let to = from.saturating_add(most).min(self.bytes.len());
        if from >= to {
            return Ok(None);
        }
        let Some(kept) = &self.kept else { return Ok(Some(self.bytes.slice(from..to))) };
        let mut piece = vec![0; to - from];
        kept.file.read_exact_at(&mut piece, from as u64)?;
        Ok(Some(piece.into()))
    }

    /// Whether it is in a file: reading it may wait for a disk.
    pub fn is_in_file(&self) -> bool {
        self.kept.is_some()
    }

    /// Gives back the memory that reading a clip in a file has taken.
    pub fn release(&self) {
        let Some(kept) = &self.kept else { return };
        #[expect(unsafe_code, reason = "what is given back is read from the file again")]
        // SAFETY: the mapping is of a file and read-only: its pages come back unchanged.
        let given = unsafe { kept.mapped.unchecked_advise(UncheckedAdvice::DontNeed) };
        // Memory that is not given back now is given back with the clip.
        let _ = given;
    }
}

fn unreadable(error: io::Error) -> AudioError {
    AudioError::Broken { container: "uploaded", reason: error.to_string() }
}
