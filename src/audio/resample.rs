//! Sound at another sample rate, with nothing added before, after or between.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

use crate::audio::pcm::Pcm;

/// Frames in a block on its shorter side: 30 ms at 16 kHz, sharp enough for speech up to 7.5 kHz.
const BLOCK_FRAMES: usize = 512;
const FULL_SCALE: f32 = 32_768.0;

/// Takes samples at one rate and gives them at another, piece by piece.
///
/// What comes out is aligned with what went in: the filter's delay is dropped at the beginning and
/// made up for by [`Resampler::finish`].
pub struct Resampler {
    from_hz: u32,
    to_hz: u32,
    /// None when nothing is to be done.
    filter: Option<Fft<f32>>,
    waiting: Vec<f32>,
    delay_left: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// From a rate to a rate. A rate of 0 is taken as 1.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        let (from_hz, to_hz) = (from_hz.max(1), to_hz.max(1));
        let filter = if from_hz == to_hz { None } else { filter(from_hz, to_hz) };
        let delay_left = filter.as_ref().map_or(0, |filter| filter.output_delay());
        Self { from_hz, to_hz, filter, waiting: Vec::new(), delay_left, taken: 0, given: 0 }
    }

    /// The rate it takes.
    pub fn from_hz(&self) -> u32 {
        self.from_hz
    }

    /// More samples in; those that are ready come out.
    pub fn push(&mut self, samples: &[i16]) -> Vec<i16> {
        if self.filter.is_none() {
            return samples.to_vec();
        }
        self.taken += samples.len() as u64;
        self.waiting.extend(samples.iter().map(|sample| f32::from(*sample) / FULL_SCALE));
        self.process()
    }

    /// What is still on its way. Afterwards the resampler is as new.
    pub fn finish(&mut self) -> Vec<i16> {
        let ratio = f64::from(self.to_hz) / f64::from(self.from_hz);
        let expected = (self.taken as f64 * ratio).round() as u64;
        let missing = usize::try_from(expected.saturating_sub(self.given)).unwrap_or(usize::MAX);
        let mut rest = Vec::new();
        while rest.len() < missing {
            let Some(block) = self.filter.as_ref().map(|filter| filter.input_frames_next()) else {
                break;
            };
            self.waiting.resize(self.waiting.len().next_multiple_of(block).max(block), 0.0);
            rest.extend(self.process());
        }
        rest.truncate(missing);
        *self = Self::new(self.from_hz, self.to_hz);
        rest
    }

    /// Runs every whole block that is waiting through the filter.
    fn process(&mut self) -> Vec<i16> {
        let Some(filter) = self.filter.as_mut() else { return Vec::new() };
        let (block, width) = (filter.input_frames_next(), filter.output_frames_next());
        let blocks = self.waiting.len() / block;
        let mut filtered = vec![0.0; blocks * width];
        for (input, output) in self.waiting.chunks(block).zip(filtered.chunks_mut(width)) {
            run(filter, input, output);
        }
        self.waiting.drain(..blocks * block);
        let dropped = self.delay_left.min(filtered.len());
        self.delay_left -= dropped;
        let ready: Vec<i16> = filtered[dropped..].iter().map(|sample| quantized(*sample)).collect();
        self.given += ready.len() as u64;
        ready
    }
}

/// The whole of a sound at another rate.
pub fn whole(sound: &Pcm, to_hz: u32) -> Pcm {
    let mut resampler = Resampler::new(sound.rate_hz, to_hz);
    let mut samples = resampler.push(&sound.samples);
    samples.extend(resampler.finish());
    Pcm { rate_hz: to_hz, samples }
}

fn filter(from_hz: u32, to_hz: u32) -> Option<Fft<f32>> {
    let (from, to) = (from_hz as usize, to_hz as usize);
    let block = (BLOCK_FRAMES * from).div_ceil(from.min(to));
    Fft::new_custom(from, to, block, 1, 1, WindowFunction::BlackmanHarris2, FixedSync::Both).ok()
}

/// The buffers are of exactly the sizes that the filter asks for, so that it has nothing to refuse.
fn run(filter: &mut Fft<f32>, input: &[f32], output: &mut [f32]) {
    let (block, width) = (input.len(), output.len());
    let input = InterleavedSlice::new(input, 1, block);
    let output = InterleavedSlice::new_mut(output, 1, width);
    if let (Ok(input), Ok(mut output)) = (input, output) {
        let refused = filter.process_into_buffer(&input, &mut output, None).is_err();
        debug_assert!(!refused, "the filter refused a block of its own size");
    }
}

fn quantized(sample: f32) -> i16 {
    // `as` saturates, which is what a sample over full scale should do.
    (sample * FULL_SCALE).round() as i16
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn tone(hz: f64, rate_hz: u32, count: usize) -> Pcm {
        let step = TAU * hz / f64::from(rate_hz);
        let samples = (0..count).map(|index| ((index as f64 * step).sin() * 12_000.0) as i16);
        Pcm { rate_hz, samples: samples.collect() }
    }

    #[test]
    fn an_equal_rate_passes_through() {
        let sound = tone(440.0, 16_000, 1_001);

        assert_eq!(whole(&sound, 16_000), sound);
    }

    #[test]
    fn length_and_alignment_are_kept_at_every_rate() {
        for (from_hz, to_hz) in
            [(48_000, 16_000), (44_100, 16_000), (8_000, 16_000), (16_000, 24_000), (22_050, 8_000)]
        {
            let sound = tone(440.0, from_hz, from_hz as usize * 7 / 10);

            let other = whole(&sound, to_hz);

            assert_eq!(other.samples.len(), to_hz as usize * 7 / 10, "{from_hz} to {to_hz}");
            let wanted = tone(440.0, to_hz, other.samples.len());
            let middle = 2_000..other.samples.len() - 2_000;
            for index in middle {
                let gap = i32::from(other.samples[index]) - i32::from(wanted.samples[index]);
                assert!(gap.abs() < 60, "{from_hz} to {to_hz}: off by {gap} at {index}");
            }
        }
    }

    #[test]
    fn the_size_of_the_pieces_changes_nothing() {
        let sound = tone(700.0, 44_100, 30_011);
        let wanted = whole(&sound, 16_000).samples;

        for size in [1, 77, 1_323, 9_999] {
            let mut resampler = Resampler::new(44_100, 16_000);
            let mut samples = Vec::new();
            for piece in sound.samples.chunks(size) {
                samples.extend(resampler.push(piece));
            }
            samples.extend(resampler.finish());
            assert_eq!(samples, wanted, "pieces of {size}");
        }
    }

    #[test]
    fn a_few_samples_are_not_lost() {
        assert_eq!(whole(&tone(440.0, 48_000, 30), 16_000).samples.len(), 10);
        assert!(whole(&Pcm { rate_hz: 48_000, samples: Vec::new() }, 16_000).samples.is_empty());
    }

    #[test]
    fn sound_above_the_new_limit_is_not_folded_down() {
        let other = whole(&tone(11_000.0, 48_000, 24_000), 16_000);

        let middle = &other.samples[1_000..7_000];
        let loudest = middle.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!(loudest < 30, "an 11 kHz tone came through at {loudest}");
    }
}
