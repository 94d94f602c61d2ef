//! Samples: mono, 16 bit.

/// Mono sound as samples.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pcm {
    /// Samples per second.
    pub rate_hz: u32,
    /// The samples, from quietest −32768 to loudest 32767.
    pub samples: Vec<i16>,
}

impl Pcm {
    /// How long it lasts.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate_hz.max(1))
    }
}

/// Samples as bytes, the lower byte first.
pub fn to_bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}
