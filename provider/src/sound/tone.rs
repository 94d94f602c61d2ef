//! A tone that wanders and swells like speech does, and never repeats itself.

use std::f32::consts::TAU;

const SYLLABLES_PER_SECOND: f32 = 3.7;
const LOUDNESS: f32 = 0.3;
/// The steps of a scale that sounds well in any order.
const STEPS: [f32; 6] = [220.0, 246.9, 277.2, 329.6, 370.0, 440.0];

/// So many samples between -1 and 1.
pub(crate) fn samples(rate_hz: u32, count: usize) -> Vec<f32> {
    let mut phase = 0.0_f32;
    let mut pitch = STEPS[0];
    let mut random = 1_u32;
    let mut target = STEPS[0];
    let syllable = (rate_hz as f32 / SYLLABLES_PER_SECOND) as usize;
    (0..count)
        .map(|number| {
            if number % syllable == 0 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let drift = 1.0 + (random >> 8 & 0xff) as f32 / 8_192.0;
                target = STEPS[(random >> 16) as usize % STEPS.len()] * drift;
            }
            pitch += (target - pitch) * 0.000_8;
            phase = (phase + pitch / rate_hz as f32).fract();
            let swell = (number % syllable) as f32 / syllable as f32;
            let envelope = 0.25 + 0.75 * (swell * TAU / 2.0).sin();
            LOUDNESS * envelope * timbre(phase)
        })
        .collect()
}

fn timbre(phase: f32) -> f32 {
    let turn = phase * TAU;
    0.7 * turn.sin() + 0.2 * (2.0 * turn).sin() + 0.1 * (3.0 * turn).sin()
}
