//! `repartee hear`: is anyone speaking in a clip, how loud and how clean.

use clap::Args;

use crate::audio::clip::Clip;
use crate::audio::hearing::{self, Report};
use crate::commands::failure::Failure;
use crate::commands::{Outcome, clips, terminal};
use crate::settings::Settings;

/// Tell whether anyone is speaking in a clip, how loud and how clean
///
/// Understands no word and needs no engine. Silence is an answer, not an error.
#[derive(Debug, Args)]
pub struct Hear {
    /// The clip: WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC; `-` reads standard input
    clip: String,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
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
            terminal::tell_json(&report)?;
        } else {
            print(&clip, &report)?;
        }
        Ok(Outcome::Done)
    }
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
