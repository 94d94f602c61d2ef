//! flite's sound made fit to be heard: little silence first, enough after, as loud as asked.

/// Quieter than this is silence: −50 dBFS.
const AUDIBLE: u16 = 100;
/// Silence left before the first sound.
const LEAD_MS: usize = 30;
/// Silence after the last: with the next line's lead it makes the pause between sentences.
const TAIL_MS: usize = 250;
/// Up to here, louder is simply louder; above, it bends towards full scale.
const KNEE: f32 = 0.8;

/// Takes the sound of one line chunk by chunk.
pub(super) struct Shaping {
    /// By how much each sample is multiplied.
    factor: f32,
    rate_hz: usize,
    /// Silence so far that may be the lead.
    before: Option<Vec<i16>>,
    /// Silent samples at the end so far.
    after: usize,
}

impl Shaping {
    pub(super) fn new(rate_hz: u32, gain_db: f32) -> Self {
        let rate_hz = usize::try_from(rate_hz).unwrap_or(16_000);
        Self { factor: 10.0_f32.powf(gain_db / 20.0), rate_hz, before: Some(Vec::new()), after: 0 }
    }

    /// What is to be heard of the next chunk. Empty while nothing has sounded yet.
    pub(super) fn push(&mut self, chunk: &[i16]) -> Vec<i16> {
        let mut heard = match self.before.take() {
            Some(mut silence) => {
                silence.extend(chunk);
                let Some(first) = silence.iter().position(is_audible) else {
                    self.before = Some(silence);
                    return Vec::new();
                };
                silence.split_off(first.saturating_sub(self.samples(LEAD_MS)))
            }
            None => chunk.to_vec(),
        };
        match heard.iter().rposition(is_audible) {
            Some(last) => self.after = heard.len() - 1 - last,
            None => self.after += heard.len(),
        }
        self.amplify(&mut heard);
        heard
    }

    /// The silence that is missing at the end. Nothing if nothing sounded.
    pub(super) fn finish(&self) -> Vec<i16> {
        let wanted = if self.before.is_some() { 0 } else { self.samples(TAIL_MS) };
        vec![0; wanted.saturating_sub(self.after)]
    }

    fn samples(&self, milliseconds: usize) -> usize {
        self.rate_hz * milliseconds / 1_000
    }

    fn amplify(&self, samples: &mut [i16]) {
        if self.factor == 1.0 {
            return;
        }
        for sample in samples {
            let wanted = f32::from(*sample) / 32_768.0 * self.factor;
            *sample = (limited(wanted) * 32_767.0).round() as i16;
        }
    }
}

fn is_audible(sample: &i16) -> bool {
    sample.unsigned_abs() > AUDIBLE
}

/// Bends what would be beyond full scale, so that loud speech does not crackle.
fn limited(wanted: f32) -> f32 {
    let excess = wanted.abs() - KNEE;
    if excess <= 0.0 {
        return wanted;
    }
    let room = 1.0 - KNEE;
    (KNEE + room * (excess / room).tanh()).copysign(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(gain_db: f32, chunks: &[&[i16]]) -> Vec<i16> {
        let mut shaping = Shaping::new(16_000, gain_db);
        let mut heard: Vec<i16> = chunks.iter().flat_map(|chunk| shaping.push(chunk)).collect();
        heard.extend(shaping.finish());
        heard
    }

    #[test]
    fn thirty_milliseconds_of_silence_are_left_before_the_first_sound() {
        let heard = shaped(0.0, &[&[0; 3_000], &[3; 1_000], &[900; 100]]);

        assert_eq!(heard.iter().position(is_audible), Some(480));
    }

    #[test]
    fn a_line_ends_in_a_quarter_of_a_second_of_silence() {
        let short = shaped(0.0, &[&[900; 100], &[0; 200], &[1; 100]]);
        let long = shaped(0.0, &[&[900; 100], &[0; 6_000]]);

        assert_eq!(short.len(), 100 + 4_000);
        assert_eq!(long.len(), 100 + 6_000);
    }

    #[test]
    fn nothing_but_silence_is_nothing() {
        assert!(shaped(0.0, &[&[0; 5_000]]).is_empty());
    }

    #[test]
    fn twice_as_loud_is_twice_as_loud() {
        let heard = shaped(6.02, &[&[1_000; 10]]);

        assert!((1_995..=2_005).contains(&heard[0]), "{}", heard[0]);
    }

    #[test]
    fn loud_speech_is_bent_and_never_wraps_around() {
        let ramp: Vec<i16> = (0..=32_767).step_by(7).collect();
        let heard = shaped(12.0, &[&ramp]);

        assert!(heard[..ramp.len() - 200].is_sorted());
        assert!(heard.iter().all(|sample| *sample >= 0));
    }

    #[test]
    fn no_gain_changes_no_sample() {
        assert_eq!(shaped(0.0, &[&[i16::MIN, i16::MAX, 777]])[..3], [i16::MIN, i16::MAX, 777]);
    }
}
