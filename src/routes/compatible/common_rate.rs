//! Bare samples at the rate that OpenAI's clients take them for, whatever rate the engine speaks at.

use bytes::Bytes;

use crate::audio::format::Format;
use crate::audio::pcm;
use crate::audio::resample::Resampler;

/// OpenAI's `pcm`, which nothing in it says.
const RATE_HZ: u32 = 24_000;

/// Brings bare samples to the common rate; other formats pass as they are.
pub struct Common {
    bare: bool,
    resampler: Option<Resampler>,
}

impl Common {
    /// For sound of this format.
    pub fn of(format: Format) -> Self {
        Self { bare: format == Format::Pcm, resampler: None }
    }

    /// The rate of what is given, for what comes at this one.
    pub fn rate_hz(format: Format, rate_hz: u32) -> u32 {
        if format == Format::Pcm { RATE_HZ } else { rate_hz }
    }

    /// The next piece; maybe nothing yet.
    pub fn push(&mut self, rate_hz: u32, piece: Bytes) -> Bytes {
        if !self.bare {
            return piece;
        }
        let resampler = self.resampler.get_or_insert_with(|| Resampler::new(rate_hz, RATE_HZ));
        // Pieces are cut between samples.
        let (samples, _) = piece.as_chunks();
        let samples: Vec<_> = samples.iter().copied().map(i16::from_le_bytes).collect();
        pcm::to_bytes(&resampler.push(&samples)).into()
    }

    /// What is still on its way.
    pub fn finish(&mut self) -> Bytes {
        let rest = self.resampler.as_mut().map(Resampler::finish).unwrap_or_default();
        pcm::to_bytes(&rest).into()
    }
}
