//! Is anyone speaking, how loud and how clean; and has the speaker finished.

use serde::{Deserialize, Serialize};

/// What can be said of a clip without understanding a word.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// How long the clip is.
    pub duration_seconds: f64,
    /// How much of it is speech.
    pub speech_seconds: f64,
    /// Where the speech is, in seconds from the start.
    pub speech_regions: Vec<(f64, f64)>,
    /// How loud it is as a whole (RMS).
    pub loudness_dbfs: f32,
    /// Its loudest sample.
    pub peak_dbfs: f32,
    /// The share of samples at full scale, from 0 to 1.
    pub clipped: f32,
    /// Speech above noise; none if there is no speech or nothing but.
    pub snr_db: Option<f32>,
}
