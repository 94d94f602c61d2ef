//! Brings pieces of any sample rate to one.

use crate::audio::error::AudioError;
use crate::audio::pcm::Pcm;
use crate::audio::resample::Resampler;

/// No sound is at rates beyond these; a mistaken one would swell a short piece past all memory.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Passes sound of the right rate through as it is.
pub struct Unison {
    to_hz: u32,
    resampler: Option<Resampler>,
}

impl Unison {
    /// Everything shall have this rate.
    pub fn new(to_hz: u32) -> Self {
        Self { to_hz, resampler: None }
    }

    /// The one rate.
    pub fn rate_hz(&self) -> u32 {
        self.to_hz
    }

    /// The next samples, at the one rate.
    pub fn push(&mut self, sound: Pcm) -> Result<Vec<i16>, AudioError> {
        if !RATES_HZ.contains(&sound.rate_hz) {
            let reason = format!("it claims to have {} samples a second", sound.rate_hz);
            return Err(AudioError::DamagedPiece { reason });
        }
        let same = self.resampler.as_ref().map_or(self.to_hz, Resampler::from_hz) == sound.rate_hz;
        let mut samples = if same { Vec::new() } else { self.finish() };
        if sound.rate_hz == self.to_hz && samples.is_empty() {
            return Ok(sound.samples);
        }
        samples.extend(self.resampled(&sound));
        Ok(samples)
    }

    /// What is still on its way when the sound of one rate ends.
    pub fn finish(&mut self) -> Vec<i16> {
        self.resampler.take().map(|mut resampler| resampler.finish()).unwrap_or_default()
    }

    fn resampled(&mut self, sound: &Pcm) -> Vec<i16> {
        if sound.rate_hz == self.to_hz {
            return sound.samples.clone();
        }
        let new = || Resampler::new(sound.rate_hz, self.to_hz);
        self.resampler.get_or_insert_with(new).push(&sound.samples)
    }
}
