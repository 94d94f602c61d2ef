//! `repartee hear`: is anyone speaking in a clip, how loud and how clean.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::audio::clip::Clip;
use crate::audio::decode::Limits;
use crate::audio::error::AudioError;
use crate::audio::hearing::{self, Presence, Report, Verdict};
use crate::commands::failure::Failure;
use crate::commands::{Outcome, clips, terminal};
use crate::settings::Settings;

/// Tell whether anyone is speaking in a clip, how loud and how clean
///
/// Understands no word and needs no engine. Silence is an answer, not an error, unless --fail-on
/// says so.
#[derive(Debug, Args)]
pub struct Hear {
    /// The clip: WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC; `-` reads standard input
    clip: String,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// End with exit code 1 if the clip is no better than this
    #[arg(long, value_name = "VERDICT")]
    fail_on: Option<FailOn>,
}

/// What is too bad to pass.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    /// Much will be misheard, or worse
    Poor,
    /// There is no speech in it, or it is too short to hold a word
    Unusable,
    /// There is no speech in it
    Silence,
}

impl FailOn {
    fn is_met_by(self, report: &Report) -> bool {
        match self {
            Self::Poor => report.verdict() <= Verdict::Poor,
            Self::Unusable => report.verdict() <= Verdict::Unusable,
            Self::Silence => report.speech_seconds == 0.0,
        }
    }
}

impl Hear {
    pub fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let limits = settings.limits.decode();
        let clip = clips::read(&self.clip, limits.max_bytes)?;
        let spinner = terminal::waiting("listening");
        let report = hearing::report(&clip, limits)
            .map_err(|error| Failure::from(error).about(&self.clip))?;
        spinner.finish_and_clear();
        if self.json {
            let told = told(&clip, &report, limits);
            terminal::tell_json(&told.map_err(|error| Failure::from(error).about(&self.clip))?)?;
        } else {
            print(&clip, &report)?;
        }
        let failed = self.fail_on.is_some_and(|worst| worst.is_met_by(&report));
        Ok(if failed { Outcome::Wanting } else { Outcome::Done })
    }
}

/// The report, with what `POST /test-transcript` makes of it, by the same names.
fn told(clip: &Clip, report: &Report, limits: Limits) -> Result<Value, AudioError> {
    let refused = match hearing::listen(clip, limits)? {
        Presence::Speech(_) => None,
        Presence::Silence(_) => Some("no_speech"),
        Presence::TooShort(_) => Some("audio_too_short"),
    };
    let mut told = json!(report);
    told["verdict"] = json!(report.verdict());
    told["would_voice_chat"] = json!({ "accepted": refused.is_none(), "code": refused });
    told["warnings"] = json!(report.warnings());
    told["advice"] = json!(report.advice());
    Ok(told)
}

fn print(clip: &Clip, report: &Report) -> Result<(), Failure> {
    let snr = report.snr_db.map_or("unknown".to_owned(), |snr| format!("{snr:.0} dB"));
    terminal::tell(format!("verdict   {}", report.verdict()))?;
    terminal::tell(format!("clip      {}, {} bytes", clip.container().name(), clip.bytes().len()))?;
    terminal::tell(format!(
        "speech    {:.1} of {:.1} s",
        report.speech_seconds, report.duration_seconds
    ))?;
    terminal::tell(format!(
        "loudness  {:.0} dBFS (peak {:.0}); speech is usually at -30 to -15",
        report.loudness_dbfs, report.peak_dbfs
    ))?;
    terminal::tell(format!("clipped   {:.1} %", report.clipped * 100.0))?;
    terminal::tell(format!("noise     speech stands {snr} above it"))?;
    for advice in report.advice() {
        terminal::tell(format!("advice    {advice}"))?;
    }
    Ok(())
}
