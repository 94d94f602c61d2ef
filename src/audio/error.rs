//! What can be wrong with sound.

use thiserror::Error;

/// Why a clip could not be used. The message is meant for the person who sent it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AudioError {
    /// There was not a single byte.
    #[error("the clip is empty")]
    Empty,
    /// The bytes are not sound of a kind we read.
    #[error(
        "unsupported audio: this looks like {looks_like}; accepted are WebM, Ogg, MP4/M4A, WAV, MP3 and FLAC"
    )]
    Unsupported {
        /// What the bytes look like, in words: "a ZIP archive", "text", "unknown data".
        looks_like: String,
    },
    /// The container is fine, but holds no sound that can be decoded.
    #[error("the {container} clip could not be decoded: {reason}")]
    Broken {
        /// Which container it is.
        container: &'static str,
        /// What was wrong, in words.
        reason: String,
    },
    /// It ends before its sound begins, as when a recording is stopped at once.
    #[error("nothing was recorded: the {container} clip ends before its sound begins")]
    Bare {
        /// Which container it is.
        container: &'static str,
    },
    /// More bytes than allowed.
    #[error("the clip has {bytes} bytes; the limit is {limit}")]
    TooManyBytes {
        /// How many there are.
        bytes: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// More sound than allowed.
    #[error("the clip is longer than {limit_seconds} seconds")]
    TooLong {
        /// How long it says it is, or how much of it was heard until then.
        seconds: f64,
        /// How many seconds are allowed.
        limit_seconds: u32,
    },
    /// More samples than allowed, though not longer.
    #[error(
        "the clip has {channels} channels of {rate_hz} samples per second, of which at most {limit_seconds} seconds are heard; send one channel at 16 or 48 kHz"
    )]
    TooDense {
        /// Samples per second of each channel.
        rate_hz: u32,
        /// How many channels there are.
        channels: u16,
        /// How long such a clip may be.
        limit_seconds: u32,
    },
    /// Decoding took more time than allowed.
    #[error("decoding the clip takes longer than {limit_ms} ms")]
    TooSlow {
        /// How much time is allowed.
        limit_ms: u64,
    },
    /// A decoder panicked; the clip is to blame, the process goes on.
    #[error("the clip broke its decoder")]
    Panicked,
    /// Pieces of speech could not be joined into one stream.
    #[error("a piece of speech is damaged: {reason}")]
    DamagedPiece {
        /// What was wrong, in words.
        reason: String,
    },
}
