//! Sound cut into frames, each judged: is this a voice, and how loud is it.

use earshot::Detector;

/// The rate at which voices are told from noise.
pub(crate) const RATE_HZ: u32 = 16_000;
/// Samples in a frame.
pub(crate) const FRAME: usize = 256;
/// How long a frame lasts.
pub(crate) const FRAME_MS: u32 = 16;
/// From this score on it is a voice. Steady noise reaches 0.6.
pub(crate) const VOICE: f32 = 0.7;
/// Frames of voice in a row that confirm speech: the least that make 200 ms.
const CONFIRMING_FRAMES: u32 = 200_u32.div_ceil(FRAME_MS);
/// Quieter than −60 dBFS is nobody, whatever it resembles.
const AUDIBLE: f64 = 1e-6;

/// Frames of silence (0.3 s) after which the detector has settled: more of it would teach it nothing,
/// and nobody has to listen.
const SETTLING_FRAMES: u32 = 20;

/// The detector takes any steady noise above −15 dBFS for a voice. Turned down to this level
/// (−30 dBFS) noise of every kind is told from voices, and quieter voices are as they were.
const LISTENING_LEVEL: f64 = 0.0316;
/// How fast the level is forgotten: by 22 dB a second, so that a tap on the microphone does not
/// deafen for the first words.
const FORGETTING: f64 = 0.96;

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
    judge: Judge,
    waiting: Vec<i16>,
}

struct Judge {
    detector: Box<Detector>,
    /// How many frames were silent of late, one after the other.
    silent: u32,
    /// The loudest frame (RMS) of late.
    level: f64,
}

impl Frames {
    pub(crate) fn new() -> Self {
        let judge = Judge { detector: Detector::default_boxed(), silent: 0, level: 0.0 };
        Self { judge, waiting: Vec::with_capacity(FRAME) }
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
            each(self.judge.judge(&self.waiting));
            self.waiting.clear();
        }
        let whole = piece.chunks_exact(FRAME);
        self.waiting.extend(whole.remainder());
        for frame in whole {
            each(self.judge.judge(frame));
        }
    }
}

impl Judge {
    fn judge(&mut self, samples: &[i16]) -> Frame {
        let power = power(samples);
        self.level = power.sqrt().max(self.level * FORGETTING);
        let silent = self.level * self.level < AUDIBLE;
        self.silent = if silent { self.silent.saturating_add(1) } else { 0 };
        if self.silent > SETTLING_FRAMES {
            return Frame { voice: 0.0, power };
        }
        let gain = (LISTENING_LEVEL / self.level.max(LISTENING_LEVEL)) as f32 / 32_768.0;
        let mut turned_down = [0.0; FRAME];
        for (to, from) in turned_down.iter_mut().zip(samples) {
            *to = f32::from(*from) * gain;
        }
        Frame { voice: self.detector.predict_f32(&turned_down), power }
    }
}

/// Mean power; full scale is 1.
fn power(samples: &[i16]) -> f64 {
    sum_of_squares(samples) as f64 / samples.len() as f64 / (32_768.0 * 32_768.0)
}

/// The squares of all samples, added up without loss.
pub(crate) fn sum_of_squares(samples: &[i16]) -> u64 {
    samples.iter().map(|sample| u64::from(sample.unsigned_abs()).pow(2)).sum()
}

/// Confirms speech: 200 ms in which every frame is a voice, and loud enough.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    frames: u32,
    power: f64,
    confirmed: bool,
}

impl Run {
    /// Takes the next frame; whether speech is confirmed by now.
    pub(crate) fn push(&mut self, frame: Frame) -> bool {
        if frame.voice >= VOICE {
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
