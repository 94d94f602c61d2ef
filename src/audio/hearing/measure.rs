//! What is counted while a clip is heard, and the report that is made of it.

use crate::audio::hearing::Report;
use crate::audio::hearing::voice::{FRAME_MS, Frame, Frames, RATE_HZ, Run, VOICE, sum_of_squares};

/// Pauses up to this many frames (0.3 s) lie within speech, not between.
const PAUSE_FRAMES: usize = 18;
/// A voice is noticed this many frames after it began.
const NOTICE_FRAMES: usize = 3;
/// Less than this many frames (0.1 s) without a voice say nothing about the noise.
const NOISE_FRAMES: usize = 6;
/// Samples from here on count as clipped: within 0.1 dB of full scale.
const CLIPPED: u16 = 32_400;
/// What is called silence: under it lies not even the last bit of a 16-bit sample.
const SILENCE_DBFS: f64 = -120.0;

/// Listens to a whole clip.
pub(crate) struct Measurement {
    cutter: Frames,
    run: Run,
    frames: Vec<Frame>,
    samples: u64,
    squares: u64,
    peak: u16,
    clipped: u64,
}

impl Measurement {
    pub(crate) fn new() -> Self {
        Self {
            cutter: Frames::new(),
            run: Run::default(),
            frames: Vec::new(),
            samples: 0,
            squares: 0,
            peak: 0,
            clipped: 0,
        }
    }

    /// Listens to the next samples (16 kHz); whether speech is confirmed by now.
    pub(crate) fn push(&mut self, samples: &[i16]) -> bool {
        self.samples += samples.len() as u64;
        self.squares += sum_of_squares(samples);
        for sample in samples.iter().map(|sample| sample.unsigned_abs()) {
            self.peak = self.peak.max(sample);
            self.clipped += u64::from(sample >= CLIPPED);
        }
        self.cutter.push(samples, |frame| {
            self.run.push(frame);
            self.frames.push(frame);
        });
        self.run.confirmed()
    }

    /// How much was listened to.
    pub(crate) fn seconds(&self) -> f64 {
        self.samples as f64 / f64::from(RATE_HZ)
    }

    /// What can be said by now.
    pub(crate) fn report(&self) -> Report {
        let regions = if self.run.confirmed() { regions(&self.frames) } else { Vec::new() };
        let count = self.samples.max(1) as f64;
        let (speech, noise) = self.powers(&regions);
        let seconds = |frame: usize| (frame as f64) * f64::from(FRAME_MS) / 1_000.0;
        Report {
            duration_seconds: self.seconds(),
            speech_seconds: seconds(regions.iter().map(|(start, end)| end - start).sum()),
            speech_regions: regions.iter().map(|(a, b)| (seconds(*a), seconds(*b))).collect(),
            loudness_dbfs: decibels(self.squares as f64 / count / (32_768.0 * 32_768.0)),
            peak_dbfs: decibels((f64::from(self.peak) / 32_768.0).powi(2)),
            clipped: (self.clipped as f64 / count) as f32,
            snr_db: speech.zip(noise).map(|(speech, noise)| above(speech, noise)),
            speech_dbfs: speech.map(decibels),
            noise_dbfs: noise.map(decibels),
        }
    }

    /// The mean power of speech, and the usual power of what lies between.
    fn powers(&self, regions: &[(usize, usize)]) -> (Option<f64>, Option<f64>) {
        let inside = |at: usize| regions.iter().any(|(start, end)| (*start..*end).contains(&at));
        let (speech, mut noise): (Vec<_>, Vec<_>) =
            self.frames.iter().enumerate().partition(|(at, _)| inside(*at));
        let voiced: Vec<f64> =
            speech.iter().filter(|(_, frame)| frame.voice >= VOICE).map(|(_, f)| f.power).collect();
        let speech = (!voiced.is_empty()).then(|| voiced.iter().sum::<f64>() / voiced.len() as f64);
        noise.sort_by(|(_, one), (_, other)| one.power.total_cmp(&other.power));
        // The middle one: a breath or a door in the pause is not the noise of the room.
        let usual = noise.get(noise.len() / 2).filter(|_| noise.len() >= NOISE_FRAMES);
        (speech, usual.map(|(_, frame)| frame.power))
    }
}

/// Where speech is, in frames: voiced stretches, joined across short pauses.
fn regions(frames: &[Frame]) -> Vec<(usize, usize)> {
    let mut regions: Vec<(usize, usize)> = Vec::new();
    for (at, _) in frames.iter().enumerate().filter(|(_, frame)| frame.voice >= VOICE) {
        match regions.last_mut() {
            Some((_, end)) if at - *end <= PAUSE_FRAMES => *end = at + 1,
            _ => regions.push((at.saturating_sub(NOTICE_FRAMES), at + 1)),
        }
    }
    regions.retain(|(start, end)| end - start > NOISE_FRAMES);
    regions
}

/// How far speech lies above the noise that is also under it.
fn above(speech: f64, noise: f64) -> f32 {
    let noise = noise.max(1e-10);
    decibels((speech - noise).max(noise * 1e-3) / noise)
}

fn decibels(power: f64) -> f32 {
    (10.0 * power.log10()).max(SILENCE_DBFS) as f32
}
