//! How a voice speaks: pace and loudness.

use serde::{Deserialize, Serialize};

/// Pace and loudness of a voice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// 1.0 is the voice's own pace; from 0.5 to 2.0.
    pub speed: f32,
    /// Louder or quieter than the voice's own level, in decibels; from −12 to 12.
    pub gain_db: f32,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { speed: 1.0, gain_db: 0.0 }
    }
}

impl Delivery {
    /// The same, held to what a listener can follow.
    pub fn clamped(self) -> Self {
        Self { speed: self.speed.clamp(0.5, 2.0), gain_db: self.gain_db.clamp(-12.0, 12.0) }
    }
}
