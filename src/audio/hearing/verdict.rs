//! A report in plain words: how good the sound is, and what would make it better.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::audio::hearing::{Report, SHORTEST_SECONDS};

/// How well a clip can be understood, as far as its sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// There is no speech in it.
    Unusable,
    /// Much will be misheard.
    Poor,
    /// Something may be misheard.
    Usable,
    /// Nothing is in the way.
    Good,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unusable => "unusable",
            Self::Poor => "poor",
            Self::Usable => "usable",
            Self::Good => "good",
        })
    }
}

/// From which value on something is poor, and from which it is no longer good.
struct Bounds {
    poor: f32,
    usable: f32,
}

const LOUDNESS_DBFS: Bounds = Bounds { poor: -50.0, usable: -38.0 };
const SNR_DB: Bounds = Bounds { poor: 6.0, usable: 15.0 };
const CLIPPED: Bounds = Bounds { poor: 0.02, usable: 0.001 };

/// Less than this is no sound.
const SILENT_DBFS: f32 = -60.0;

/// Something that is in the way, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warning {
    /// Its name for programs.
    pub code: &'static str,
    /// What it is.
    pub message: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// What was measured.
    pub measured: f64,
    /// What it should have been.
    pub threshold: f64,
}

impl Warning {
    const fn new(code: &'static str, message: &'static str, fix: &'static str) -> Self {
        Self { code, message, fix, measured: 0.0, threshold: 0.0 }
    }

    fn at(&self, measured: f64, threshold: f64) -> Self {
        Self { measured, threshold, ..self.clone() }
    }
}

const TOO_SHORT: Warning =
    Warning::new("too_short", "The clip is too short", "hold on a little longer");
const SILENT: Warning = Warning::new(
    "silent",
    "It is silent",
    "check that the right microphone is chosen and not muted",
);
const NO_VOICE: Warning =
    Warning::new("no_voice", "There is sound, but nobody is speaking in it", "speak up");
const QUIET: Warning =
    Warning::new("quiet", "It is very quiet", "move closer to the microphone or turn it up");
const CLIPPING: Warning =
    Warning::new("clipping", "It is clipping", "move away from the microphone or turn it down");
const NOISY: Warning = Warning::new(
    "noisy",
    "The room is noisy",
    "find a quieter place or move closer to the microphone",
);

impl Bounds {
    fn judge(&self, value: f32) -> Verdict {
        let worse = |bound: f32| match self.poor < self.usable {
            true => value < bound,
            false => value > bound,
        };
        match value {
            _ if worse(self.poor) => Verdict::Poor,
            _ if worse(self.usable) => Verdict::Usable,
            _ => Verdict::Good,
        }
    }
}

impl Report {
    /// How well the clip can be understood: its worst side decides.
    pub fn verdict(&self) -> Verdict {
        if self.speech_seconds == 0.0 || self.duration_seconds < SHORTEST_SECONDS {
            return Verdict::Unusable;
        }
        self.loudness().min(self.noise()).min(CLIPPED.judge(self.clipped))
    }

    /// What is in the way and what to do about it. Empty if nothing is.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.duration_seconds < SHORTEST_SECONDS {
            warnings.push(TOO_SHORT.at(self.duration_seconds, SHORTEST_SECONDS));
        } else if self.speech_seconds == 0.0 && self.loudness_dbfs < SILENT_DBFS {
            warnings.push(SILENT.at(self.loudness_dbfs.into(), SILENT_DBFS.into()));
        } else if self.speech_seconds == 0.0 {
            warnings.push(NO_VOICE.at(0.0, 0.2));
        }
        if self.speech_seconds > 0.0 && self.loudness() < Verdict::Good {
            let threshold = LOUDNESS_DBFS.usable.into();
            warnings.push(QUIET.at(self.level_dbfs().into(), threshold));
        }
        if CLIPPED.judge(self.clipped) < Verdict::Good {
            warnings.push(CLIPPING.at(self.clipped.into(), CLIPPED.usable.into()));
        }
        if self.noise() < Verdict::Good {
            let ratio = self.snr_db.unwrap_or_default().into();
            warnings.push(NOISY.at(ratio, SNR_DB.usable.into()));
        }
        warnings
    }

    /// The same, a sentence each.
    pub fn advice(&self) -> Vec<String> {
        let sentence = |warning: Warning| format!("{}: {}.", warning.message, warning.fix);
        self.warnings().into_iter().map(sentence).collect()
    }

    fn level_dbfs(&self) -> f32 {
        self.speech_dbfs.unwrap_or(self.loudness_dbfs)
    }

    fn loudness(&self) -> Verdict {
        LOUDNESS_DBFS.judge(self.level_dbfs())
    }

    fn noise(&self) -> Verdict {
        self.snr_db.map_or(Verdict::Good, |ratio| SNR_DB.judge(ratio))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean() -> Report {
        Report {
            duration_seconds: 3.0,
            speech_seconds: 2.0,
            loudness_dbfs: -24.0,
            peak_dbfs: -6.0,
            snr_db: Some(40.0),
            speech_dbfs: Some(-22.0),
            ..Report::default()
        }
    }

    #[test]
    fn clean_speech_is_good_and_needs_no_advice() {
        assert_eq!(clean().verdict(), Verdict::Good);
        assert!(clean().advice().is_empty());
    }

    #[test]
    fn the_worst_side_decides() {
        let quiet = Report { speech_dbfs: Some(-45.0), ..clean() };
        let noisy = Report { snr_db: Some(3.0), ..quiet.clone() };

        assert_eq!(quiet.verdict(), Verdict::Usable);
        assert_eq!(noisy.verdict(), Verdict::Poor);
        assert_eq!(noisy.advice().len(), 2);
    }

    #[test]
    fn clipping_is_told() {
        let report = Report { clipped: 0.03, ..clean() };

        assert_eq!(report.verdict(), Verdict::Poor);
        assert!(report.advice()[0].contains("clipping"));
    }

    #[test]
    fn without_speech_it_is_unusable() {
        let silent = Report { duration_seconds: 3.0, loudness_dbfs: -90.0, ..Report::default() };
        let music = Report { loudness_dbfs: -20.0, ..silent.clone() };
        let short = Report { duration_seconds: 0.1, ..silent.clone() };

        assert_eq!(silent.verdict(), Verdict::Unusable);
        assert!(silent.advice()[0].contains("muted"));
        assert!(music.advice()[0].contains("nobody"));
        assert!(short.advice()[0].contains("too short"));
    }
}
