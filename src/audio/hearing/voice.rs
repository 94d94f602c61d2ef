//! Sound cut into frames, each judged: is this a voice, and how loud is it.

use earshot::Detector;

/// The rate at which voices are told from noise.
pub(crate) const RATE_HZ: u32 = 16_000;
/// Samples in a frame.
pub(crate) const FRAME: usize = 256;
/// How long a frame lasts.
pub(crate) const FRAME_MS: u32 = 16;
/// A score that is surely a voice.
const SURE: f32 = 0.7;
/// Sure frames in a row that confirm speech: the least that make 200 ms.
const CONFIRMING_FRAMES: u32 = 200_u32.div_ceil(FRAME_MS);
/// Quieter than −60 dBFS is nobody, whatever it resembles.
const AUDIBLE: f64 = 1e-6;

/// 16 ms of sound, judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// How surely this is a voice, from 0 to 1.
    pub(crate) voice: f32,
    /// Its power; full scale is 1.
    pub(crate) power: f64,
}

/// Judges sound at 16 kHz, whatever the size of the pieces.
pub(crate) struct Frames {
    detector: Box<Detector>,
    waiting: Vec<i16>,
}

impl Frames {
    pub(crate) fn new() -> Self {
        Self { detector: Detector::default_boxed(), waiting: Vec::with_capacity(FRAME) }
    }

    /// Adds a piece and hands over each frame that it completes.
    pub(crate) fn push(&mut self, mut piece: &[i16], mut each: impl FnMut(Frame)) {
        if !self.waiting.is_empty() {
            let (missing, rest) = piece.split_at(piece.len().min(FRAME - self.waiting.len()));
            self.waiting.extend(missing);
            piece = rest;
            if self.waiting.len() < FRAME {
                return;
            }
            each(judged(&mut self.detector, &self.waiting));
            self.waiting.clear();
        }
        let whole = piece.chunks_exact(FRAME);
        self.waiting.extend(whole.remainder());
        for frame in whole {
            each(judged(&mut self.detector, frame));
        }
    }
}

fn judged(detector: &mut Detector, samples: &[i16]) -> Frame {
    Frame { voice: detector.predict_i16(samples), power: power(samples) }
}

/// Mean power; full scale is 1.
fn power(samples: &[i16]) -> f64 {
    sum_of_squares(samples) as f64 / samples.len() as f64 / (32_768.0 * 32_768.0)
}

/// The squares of all samples, added up without loss.
pub(crate) fn sum_of_squares(samples: &[i16]) -> u64 {
    samples.iter().map(|sample| u64::from(sample.unsigned_abs()).pow(2)).sum()
}

/// Confirms speech: 200 ms in which every frame is surely a voice, and loud enough.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    frames: u32,
    power: f64,
    confirmed: bool,
}

impl Run {
    /// Takes the next frame; whether speech is confirmed by now.
    pub(crate) fn push(&mut self, frame: Frame) -> bool {
        if frame.voice >= SURE {
            self.frames += 1;
            self.power += frame.power;
        } else {
            (self.frames, self.power) = (0, 0.0);
        }
        let loud = self.power >= AUDIBLE * f64::from(self.frames);
        self.confirmed |= self.frames >= CONFIRMING_FRAMES && loud;
        self.confirmed
    }

    /// Whether speech has been confirmed.
    pub(crate) fn confirmed(&self) -> bool {
        self.confirmed
    }

    /// How many frames ago the present run began.
    pub(crate) fn length(&self) -> u32 {
        self.frames
    }
}
