//! Is anyone speaking, how loud and how clean; and has the speaker finished.

mod endpointer;
mod measure;
mod verdict;
mod voice;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::audio::clip::Clip;
use crate::audio::decode::{Decoding, Limits, SourceInfo};
use crate::audio::error::AudioError;
use crate::audio::hearing::measure::Measurement;
use crate::audio::hearing::voice::RATE_HZ;
use crate::audio::pcm::Pcm;
use crate::audio::resample::Resampler;

pub use crate::audio::hearing::endpointer::{Ear, Endpointer};
pub use crate::audio::hearing::verdict::{Verdict, Warning};

/// A clip shorter than this holds no word.
const SHORTEST_SECONDS: f64 = 0.3;
/// Most clips tell by then whether anyone speaks.
const FIRST_SECONDS: f64 = 1.0;

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
    /// How loud the speech is; none if there is none.
    #[serde(default)]
    pub speech_dbfs: Option<f32>,
    /// How loud it is where nobody speaks; none if someone always does.
    #[serde(default)]
    pub noise_dbfs: Option<f32>,
}

/// Whether anyone is speaking in a clip.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// Yes. The duration is the whole clip's; the rest was measured up to where it became sure.
    Speech(Report),
    /// No, nowhere in it.
    Silence(Report),
    /// It is too short to hold a word.
    TooShort(Report),
}

/// Whether anyone is speaking: decodes until 200 ms of speech are confirmed, and to the end only
/// if they never are. A clip that is too long is known before more than a second is decoded.
pub fn listen(clip: &Clip, limits: Limits) -> Result<Presence, AudioError> {
    let mut listening = Listening::begin(clip, limits)?;
    match listening.hear_first(Duration::MAX)? {
        Some(presence) => Ok(presence),
        None => listening.to_end(),
    }
}

/// The same, step by step.
pub struct Listening {
    clip: Clip,
    limits: Limits,
    decoding: Decoding,
    measurement: Measurement,
    /// How long the clip is, once that is measured.
    duration_seconds: Option<f64>,
}

impl Listening {
    /// Opens the clip.
    pub fn begin(clip: &Clip, limits: Limits) -> Result<Self, AudioError> {
        let decoding = Decoding::open(clip, limits, RATE_HZ)?;
        let measurement = Measurement::new();
        Ok(Self { clip: clip.clone(), limits, decoding, measurement, duration_seconds: None })
    }

    /// Listens to the first second, for no longer than it may take; none if that does not tell.
    pub fn hear_first(&mut self, most: Duration) -> Result<Option<Presence>, AudioError> {
        self.hear(FIRST_SECONDS, most)
    }

    /// Listens to the end, if need be.
    pub fn to_end(mut self) -> Result<Presence, AudioError> {
        let mut whole = Decoding::open(&self.clip, self.limits, RATE_HZ)?;
        self.duration_seconds = Some(whole.skim()?);
        let heard = self.hear(f64::INFINITY, Duration::MAX)?;
        Ok(heard.unwrap_or_else(|| silence(self.measurement.report())))
    }

    /// Listens until so many seconds of the clip are heard, or so much time is spent; none if they
    /// do not tell.
    fn hear(&mut self, seconds: f64, most: Duration) -> Result<Option<Presence>, AudioError> {
        while self.measurement.seconds() < seconds && self.decoding.spent() < most {
            let Some(block) = self.decoding.next_block()? else {
                return Ok(Some(silence(self.measurement.report())));
            };
            if self.measurement.push(&block) {
                return self.speech().map(Some);
            }
        }
        Ok(None)
    }

    /// Someone speaks: what is left of the clip is only measured.
    fn speech(&mut self) -> Result<Presence, AudioError> {
        let duration_seconds = match self.duration_seconds {
            Some(seconds) => seconds,
            None => self.decoding.skim()?,
        };
        let report = Report { duration_seconds, ..self.measurement.report() };
        let too_short = duration_seconds < SHORTEST_SECONDS;
        Ok(if too_short { Presence::TooShort(report) } else { Presence::Speech(report) })
    }
}

fn silence(report: Report) -> Presence {
    let too_short = report.duration_seconds < SHORTEST_SECONDS;
    if too_short { Presence::TooShort(report) } else { Presence::Silence(report) }
}

/// All that can be said of a clip; decodes the whole of it.
pub fn report(clip: &Clip, limits: Limits) -> Result<Report, AudioError> {
    examine(clip, limits).map(|examined| examined.report)
}

/// A clip, looked at from all sides.
#[derive(Debug, Clone)]
pub struct Examined {
    /// What can be said of its sound.
    pub report: Report,
    /// What it is packed in, and how.
    pub source: SourceInfo,
    /// What is heard of it.
    pub heard: Pcm,
}

/// Looks at a clip from all sides; decodes and keeps the whole of it.
pub fn examine(clip: &Clip, limits: Limits) -> Result<Examined, AudioError> {
    let mut decoding = Decoding::open(clip, limits, RATE_HZ)?;
    let mut measurement = Measurement::new();
    let mut samples = Vec::new();
    while let Some(block) = decoding.next_block()? {
        measurement.push(&block);
        samples.extend(block);
    }
    let source = decoding.info().clone();
    Ok(Examined { report: measurement.report(), source, heard: Pcm { rate_hz: RATE_HZ, samples } })
}

/// The same of samples.
pub fn report_of(sound: &Pcm) -> Report {
    let mut resampler = Resampler::new(sound.rate_hz, RATE_HZ);
    let mut measurement = Measurement::new();
    measurement.push(&resampler.push(&sound.samples));
    measurement.push(&resampler.finish());
    measurement.report()
}
