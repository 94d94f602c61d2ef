//! Figures out of many samples.

use std::time::Duration;

/// Samples, in order of size.
#[derive(Debug, Default, Clone)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self(samples)
    }

    pub fn milliseconds(samples: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(samples.into_iter().map(ms).collect())
    }

    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }

    pub fn largest(&self) -> f64 {
        self.at(1.0)
    }

    pub fn least(&self) -> f64 {
        self.at(0.0)
    }

    fn at(&self, share: f64) -> f64 {
        let place = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
