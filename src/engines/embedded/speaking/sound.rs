//! flite's sound made fit to be heard: little silence first, enough after, as loud as asked.

/// Quieter than this is silence: −50 dBFS.
const AUDIBLE: u16 = 100;
/// Silence left before the first sound.
const LEAD_MS: usize = 30;
/// Silence after the last: with the next line's lead it makes the pause between sentences.
const TAIL_MS: usize = 250;
/// The loudest that amplified speech gets; what would be louder is turned down around its peak.
const CEILING: f32 = 0.95;
/// How fast it is turned up again after a peak.
const RELEASE_SECONDS: f32 = 0.06;

/// Takes the sound of one line chunk by chunk.
pub(super) struct Shaping {
    /// By how much each sample is multiplied.
    factor: f32,
    rate_hz: usize,
    /// Silence so far that may be the lead.
    before: Option<Vec<i16>>,
    /// Silent samples at the end so far.
    after: usize,
    /// How loud the latest peaks were, fading.
    envelope: f32,
}

impl Shaping {
    pub(super) fn new(rate_hz: u32, gain_db: f32) -> Self {
        let rate_hz = usize::try_from(rate_hz).unwrap_or(16_000);
        let factor = 10.0_f32.powf(gain_db / 20.0);
        Self { factor, rate_hz, before: Some(Vec::new()), after: 0, envelope: 0.0 }
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

    fn amplify(&mut self, samples: &mut [i16]) {
        if self.factor == 1.0 {
            return;
        }
        let fading = (-1.0 / (RELEASE_SECONDS * self.rate_hz as f32)).exp();
        for sample in samples {
            let wanted = f32::from(*sample) / 32_768.0 * self.factor;
            self.envelope = wanted.abs().max(self.envelope * fading);
            let limited = wanted * (CEILING / self.envelope.max(CEILING));
            *sample = (limited * 32_768.0).round() as i16;
        }
    }
}

fn is_audible(sample: &i16) -> bool {
    sample.unsigned_abs() > AUDIBLE
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
    fn what_would_be_too_loud_is_turned_down_and_keeps_its_shape() {
        let wave: Vec<i16> =
            (0..1_600).map(|at| ((at as f32 * 0.1).sin() * 20_000.0) as i16).collect();
        let heard = shaped(12.0, &[&wave]);
        let settled = &heard[400..1_500];

        assert!(settled.iter().all(|sample| sample.unsigned_abs() <= 31_130));
        let at_the_top = settled.iter().filter(|sample| sample.unsigned_abs() > 30_800).count();
        assert!(at_the_top < settled.len() / 5, "{at_the_top}");
    }

    #[test]
    fn no_gain_changes_no_sample() {
        assert_eq!(shaped(0.0, &[&[i16::MIN, i16::MAX, 777]])[..3], [i16::MIN, i16::MAX, 777]);
    }
}
