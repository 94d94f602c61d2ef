//! `repartee transcribe`: the hearing alone; with expected words, a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, clips, junit, terminal};
use crate::domain::word_errors::{WordErrors, word_error_rate};
use crate::engines;
use crate::pipeline::engine::{Hint, Transcriber, Transcript};
use crate::pipeline::error::Stage;
use crate::pipeline::hear;
use crate::settings::Settings;
use crate::startup;

/// Write down what is said in clips
///
/// With --expect-dir it becomes a test: for `greeting.webm` the expected words are read from
/// `greeting.txt` in that folder, and the exit code is 1 if more words are wrong than --max-wer
/// allows over all clips, or if a clip could not be heard. Where the file is empty, nothing may be
/// heard: a clip of silence or noise fails if any word is.
#[derive(Debug, Args)]
pub struct Transcribe {
    /// The clips: WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC; `-` reads one from standard input
    #[arg(required = true, value_name = "CLIP")]
    clips: Vec<String>,
    /// A folder with the expected words, one .txt a clip
    #[arg(long, value_name = "DIR")]
    expect_dir: Option<PathBuf>,
    /// The share of wrong words allowed, from 0 to 1: 0.12 is twelve in a hundred
    #[arg(long, value_name = "RATE", requires = "expect_dir", value_parser = share)]
    max_wer: Option<f64>,
    /// Write a JUnit report, for continuous integration: a case for each clip, and one for the
    /// rate of all of them, which is what decides
    #[arg(long, value_name = "FILE", requires = "expect_dir")]
    junit: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// What came of one clip.
#[derive(Debug, Serialize)]
pub(super) struct Heard {
    pub clip: String,
    #[serde(flatten)]
    pub transcript: Option<Transcript>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_errors: Option<WordErrors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_error_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    #[serde(skip)]
    pub took: Duration,
}

/// All clips together, as `--json` prints them.
#[derive(Debug, Serialize)]
struct Results {
    clips: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word_error_rate: Option<f64>,
}

impl Transcribe {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let settings = startup::settle(&settings, &[Stage::Hearing]).await?;
        let ear = engines::hearing(&settings)?;
        let bar = match self.clips.len() {
            1 => terminal::waiting("hearing"),
            clips => terminal::counting("hearing", clips),
        };
        let expectations: Result<Vec<_>, _> =
            self.clips.iter().map(|name| self.expectation(name)).collect();
        let mut results = Vec::new();
        let mut failures = Vec::new();
        for (name, mut heard) in self.clips.iter().zip(expectations?) {
            let begun = Instant::now();
            match hear(name, &settings, &ear).await {
                Ok(transcript) => heard.take(transcript),
                // As it was meant to be.
                Err(failure) if failure.code() == "no_speech" && heard.is_to_be_silent() => {
                    heard.take(Transcript::default());
                }
                Err(failure) => {
                    heard.error = Some(failure.to_string());
                    heard.code = Some(failure.code());
                    failures.push(failure);
                }
            }
            heard.took = begun.elapsed();
            results.push(heard);
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.report(&results)?;
        self.judge(&results, failures)
    }

    fn expectation(&self, name: &str) -> Result<Heard, Failure> {
        let expected = self.expect_dir.as_deref().map(|folder| expected_words(folder, name));
        Ok(Heard {
            clip: name.to_owned(),
            transcript: None,
            expected: expected.transpose()?,
            word_errors: None,
            word_error_rate: None,
            error: None,
            code: None,
            took: Duration::ZERO,
        })
    }

    fn report(&self, results: &[Heard]) -> Result<(), Failure> {
        let rate = rate_of_all(results);
        if let Some(file) = &self.junit {
            junit::write(file, results, (rate, self.max_wer))?;
        }
        if self.json {
            let clips: Result<Vec<_>, _> = results.iter().map(Heard::told).collect();
            let clips = clips.map_err(|error| Failure::broken(&error))?;
            return terminal::tell_json(&Results { clips, word_error_rate: rate });
        }
        for heard in results {
            self.print(heard)?;
        }
        match rate {
            Some(rate) => terminal::tell(format!("word error rate {:.1} %", rate * 100.0)),
            None => Ok(()),
        }
    }

    fn print(&self, heard: &Heard) -> Result<(), Failure> {
        let Some(transcript) = &heard.transcript else { return Ok(()) };
        let several = self.clips.len() > 1;
        let name = if several { format!("{}: ", heard.clip) } else { String::new() };
        let wrong = heard.word_errors.as_ref().filter(|errors| errors.rate() > 0.0);
        let rate = wrong
            .map_or(String::new(), |errors| format!("  [{:.0} % wrong]", errors.rate() * 100.0));
        terminal::tell(format!("{name}{}{rate}", transcript.text))
    }

    /// One clip's failure is the command's own; among several, each is told beside the rest.
    fn judge(&self, results: &[Heard], mut failures: Vec<Failure>) -> Result<Outcome, Failure> {
        failures.sort_by_key(Failure::fault);
        let Some(last) = failures.pop() else {
            let allowed = self.max_wer.unwrap_or(f64::INFINITY);
            let within = rate_of_all(results).is_none_or(|rate| rate <= allowed);
            let within = within && !results.iter().any(Heard::is_made_up);
            return Ok(if within { Outcome::Done } else { Outcome::Wanting });
        };
        failures.iter().for_each(terminal::complain);
        if self.expect_dir.is_some() {
            terminal::complain(&last);
            return Ok(Outcome::Wanting);
        }
        Err(last)
    }
}

impl Heard {
    /// Whether nothing may be heard in it.
    fn is_to_be_silent(&self) -> bool {
        self.expected.as_deref() == Some("")
    }

    /// Whether something was heard where nothing may be.
    pub(super) fn is_made_up(&self) -> bool {
        self.is_to_be_silent() && self.word_errors.is_some_and(|errors| errors.errors() > 0)
    }

    /// As `--json` tells it: a word's text also by the name that it has over HTTP.
    fn told(&self) -> serde_json::Result<Value> {
        let mut told = serde_json::to_value(self)?;
        for word in told["words"].as_array_mut().into_iter().flatten() {
            word["word"] = word["text"].clone();
        }
        Ok(told)
    }

    fn take(&mut self, transcript: Transcript) {
        let expected = self.expected.as_deref();
        self.word_errors = expected.map(|expected| word_error_rate(expected, &transcript.text));
        self.word_error_rate = self.word_errors.map(WordErrors::rate);
        self.transcript = Some(transcript);
    }
}

async fn hear(
    name: &str,
    settings: &Settings,
    ear: &Arc<dyn Transcriber>,
) -> Result<Transcript, Failure> {
    let limits = settings.limits.decode();
    let clip = clips::read(name, limits.max_bytes)?;
    let hint = Hint {
        language: settings.voice.language.clone(),
        keywords: settings.voice.persona.keywords(),
    };
    let heard = hear::hear(ear.as_ref(), &clip, &hint, limits).await;
    heard.map_err(|error| Failure::from(error).about(name))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be from 0 to 1; 0.12 is twelve in a hundred".to_owned())
}

/// `greeting.webm` is expected to say what `greeting.txt` holds; nothing, if that is empty.
fn expected_words(folder: &Path, clip: &str) -> Result<String, Failure> {
    let stem = Path::new(clip).file_stem().unwrap_or_default().to_string_lossy();
    let file = folder.join(format!("{stem}.txt"));
    let words = fs::read_to_string(&file);
    let words = words.map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    Ok(words.trim().to_owned())
}

/// Wrong words over expected words, all clips together; a clip that could not be heard counts
/// as wholly wrong.
fn rate_of_all(results: &[Heard]) -> Option<f64> {
    let errors = results.iter().filter_map(|heard| {
        let expected = heard.expected.as_deref()?;
        Some(heard.word_errors.unwrap_or_else(|| word_error_rate(expected, "")))
    });
    let all: WordErrors = errors.sum();
    (all.words > 0).then(|| all.rate())
}
