//! What spoken sound is delivered as.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use thiserror::Error;

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

impl Format {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Mp3, Self::Wav, Self::Ogg, Self::Pcm];

    /// The MIME type; bare samples name their rate in it, since nothing else does.
    pub fn mime(self, rate_hz: u32) -> String {
        match self {
            Self::Mp3 => "audio/mpeg".to_owned(),
            Self::Wav => "audio/wav".to_owned(),
            Self::Ogg => "audio/ogg; codecs=opus".to_owned(),
            Self::Pcm => format!("audio/pcm; rate={rate_hz}; channels=1; format=s16le"),
        }
    }

    /// How a file of it is named, without the dot. It is also the format's own name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Ogg => "ogg",
            Self::Pcm => "pcm",
        }
    }

    /// The format that a file extension asks for, in any case and with or without its dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.trim_start_matches('.').to_ascii_lowercase().as_str() {
            "mp3" => Some(Self::Mp3),
            "wav" | "wave" => Some(Self::Wav),
            "ogg" | "oga" | "opus" => Some(Self::Ogg),
            "pcm" | "raw" => Some(Self::Pcm),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.extension())
    }
}

/// The name is not one of a format that sound is delivered in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown audio format {0:?}; choose mp3, wav, ogg or pcm")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::from_extension(name.trim()).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// A piece of spoken sound as an engine delivers it.
#[derive(Debug, Clone)]
pub enum Sound {
    /// Samples.
    Pcm(Pcm),
    /// MPEG frames: any cut of an MP3 stream.
    Mp3(Bytes),
}

impl Sound {
    /// How much memory its sound takes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Pcm(pcm) => pcm.samples.len() * 2,
            Self::Mp3(data) => data.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_format_is_known_by_its_own_name() {
        for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(Format::from_extension(format.extension()), Some(format));
        }
    }

    #[test]
    fn other_names_of_a_format_are_understood_in_any_case() {
        assert_eq!(Format::from_extension(".OPUS"), Some(Format::Ogg));
        assert_eq!(Format::from_extension("Raw"), Some(Format::Pcm));
        assert_eq!(Format::from_extension("flac"), None);
    }

    #[test]
    fn an_unknown_format_is_told_what_there_is() {
        let refusal = "flac".parse::<Format>().unwrap_err().to_string();
        assert_eq!(refusal, "unknown audio format \"flac\"; choose mp3, wav, ogg or pcm");
    }

    #[test]
    fn bare_samples_name_their_rate() {
        assert!(Format::Pcm.mime(24_000).contains("rate=24000"));
        assert_eq!(Format::Mp3.mime(24_000), "audio/mpeg");
    }
}
