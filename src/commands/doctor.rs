//! `repartee doctor`: what is configured, and what works when it is tried for real.

mod place;
mod servers;

use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use futures_util::TryStreamExt;
use serde::Serialize;

use crate::audio::clip::Clip;
use crate::audio::format::Format;
use crate::audio::pcm::Pcm;
use crate::audio::wav;
use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::voice::{COMMON_VOICES, Voice};
use crate::domain::word_errors::word_error_rate;
use crate::engines;
use crate::pipeline::engine::{EngineName, Hint, ReplyPart, Responder, Synthesizer, Transcriber};
use crate::pipeline::error::EngineError;
use crate::pipeline::event::{Input, TurnEvent};
use crate::pipeline::{Engines, say};
use crate::settings::Settings;
use crate::startup;

/// What is spoken and must be heard again. All of it is within a small dictionary.
const SENTENCE: &str = "What are your opening hours on Saturday?";

/// Try everything for real: data folder, database, engines, and a whole turn
///
/// Says what is configured, what works and how to put right what doesn't. It changes nothing: a
/// database that is not there yet or not up to date is only told of. The exit code is 1 if
/// anything fails.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// What was found about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    /// It works, and will not for ever.
    warning: bool,
    detail: String,
    took_ms: u64,
}

impl Finding {
    /// Something that works and should be known.
    fn warning(what: &'static str, detail: impl ToString) -> Self {
        Self { what, ok: true, warning: true, detail: detail.to_string(), took_ms: 0 }
    }
}

impl Doctor {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let mut findings = Vec::new();
        examine(&mut findings, "settings", async { Ok(configured(&settings)) }).await;
        findings.extend(settings.doubts.iter().map(|doubt| Finding::warning("settings", doubt)));
        let folder = async { place::data_folder(&settings.data_dir) };
        let folder = examine(&mut findings, "data folder", folder).await;
        examine(&mut findings, "database", place::database(&settings, folder)).await;
        let settings = servers::examine_models(&mut findings, &settings).await;
        servers::examine_prices(&mut findings, &settings).await;
        examine_engines(&mut findings, &settings).await;
        let well = findings.iter().all(|finding| finding.ok);
        if self.json {
            terminal::tell_json(&findings)?
        } else {
            print(&findings)?
        }
        Ok(if well { Outcome::Done } else { Outcome::Wanting })
    }
}

type Examined = Result<String, String>;
type Opened<E> = Result<Arc<E>, EngineError>;

/// Each engine alone, whatever is wrong with the others; then those that work, together.
async fn examine_engines(findings: &mut Vec<Finding>, settings: &Settings) {
    let (ear, mouth) = (engines::hearing(settings), engines::speaking(settings));
    let mind = engines::thinking(
        settings,
        ear.as_ref().map_or_else(|_| nobody(), |ear| ear.name()),
        mouth.as_ref().map_or_else(|_| nobody(), |mouth| mouth.name()),
    );
    let hears = examine(findings, "hearing", hears(&ear)).await;
    let thinks = examine(findings, "thinking", thinks(settings, &mind)).await;
    let speaks = examine(findings, "speaking", speaks(settings, &mouth)).await;
    if let (Ok(ear), Ok(mouth)) = (&ear, &mouth)
        && hears
        && speaks
    {
        let spoken = spoken_and_heard(settings, ear, mouth);
        examine(findings, "spoken and heard again", spoken).await;
    }
    if let (Ok(hearing), Ok(thinking), Ok(speaking)) = (ear, mind, mouth)
        && hears
        && thinks
        && speaks
    {
        let engines = Engines { hearing, thinking, speaking };
        examine(findings, "a whole turn", whole_turn(settings, engines)).await;
    }
}

/// Stands for an engine that could not be opened.
fn nobody() -> EngineName {
    EngineName { engine: "nobody".to_owned(), model: "none".to_owned() }
}

/// Notes what the examination found, and returns whether all was well.
async fn examine(
    findings: &mut Vec<Finding>,
    what: &'static str,
    examination: impl Future<Output = Examined>,
) -> bool {
    let spinner = terminal::waiting(what);
    let begun = Instant::now();
    let found = examination.await;
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    spinner.finish_and_clear();
    let ok = found.is_ok();
    let detail = found.unwrap_or_else(|problem| problem);
    findings.push(Finding { what, ok, warning: false, detail, took_ms });
    ok
}

fn configured(settings: &Settings) -> String {
    let voice = &settings.voice;
    format!("persona {}; voice {}; time zone {}", voice.persona.name, voice.voice, voice.timezone)
}

/// Loads all it needs by hearing a second of silence; what it makes of it does not matter.
async fn hears(ear: &Opened<dyn Transcriber>) -> Examined {
    let ear = ear.as_ref().map_err(ToString::to_string)?;
    let silence = Pcm { rate_hz: 16_000, samples: vec![0; 16_000] };
    let clip = Clip::new(wav::whole(&silence)).map_err(|error| error.to_string())?;
    ear.transcribe(&clip, &Hint::default()).await.map_err(|error| error.to_string())?;
    Ok(ear.name().to_string())
}

/// Answers the sentence as if it had been heard.
async fn thinks(settings: &Settings, mind: &Opened<dyn Responder>) -> Examined {
    let mind = mind.as_ref().map_err(ToString::to_string)?;
    let prompt = startup::briefing(settings).prompt(SENTENCE.to_owned());
    let parts: Vec<_> =
        mind.respond(prompt).try_collect().await.map_err(|error| error.to_string())?;
    if parts.iter().any(|part| matches!(part, ReplyPart::Text(_))) {
        Ok(mind.name().to_string())
    } else {
        Err(format!("{} had no answer to `{SENTENCE}`", mind.name()))
    }
}

/// Says the sentence, and names all the voices there are.
async fn speaks(settings: &Settings, mouth: &Opened<dyn Synthesizer>) -> Examined {
    let mouth = mouth.as_ref().map_err(ToString::to_string)?;
    spoken(settings, mouth).await?;
    let own = mouth.voices();
    let voices: Vec<_> = own.iter().map(Voice::name).chain(COMMON_VOICES).collect();
    Ok(format!("{}; voices: {}", mouth.name(), voices.join(" ")))
}

/// The sentence, said aloud.
async fn spoken(settings: &Settings, mouth: &Arc<dyn Synthesizer>) -> Result<Clip, String> {
    let manner = say::Manner {
        voice: settings.voice.voice.clone(),
        language: Some(Language::english()),
        delivery: Delivery::default(),
    };
    let pieces: Vec<_> = say::say(Arc::clone(mouth), SENTENCE, manner, Format::Mp3)
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    let sound: Vec<u8> = pieces.iter().flat_map(|piece| piece.data.iter().copied()).collect();
    Clip::new(sound).map_err(|error| error.to_string())
}

/// The mouth says a sentence, the ear hears it again.
async fn spoken_and_heard(
    settings: &Settings,
    ear: &Arc<dyn Transcriber>,
    mouth: &Arc<dyn Synthesizer>,
) -> Examined {
    let clip = spoken(settings, mouth).await?;
    let heard = ear.transcribe(&clip, &Hint::default()).await.map_err(|error| error.to_string())?;
    let wrong = word_error_rate(SENTENCE, &heard.text).rate() * 100.0;
    let found = format!("said `{SENTENCE}`, heard `{}` ({wrong:.0} % wrong)", heard.text);
    if wrong > 30.0 { Err(found) } else { Ok(found) }
}

/// A spoken question through the very turn that every door takes, leaving no memory.
async fn whole_turn(settings: &Settings, engines: Engines) -> Examined {
    let clip = spoken(settings, &engines.speaking).await?;
    let briefing = startup::briefing(settings);
    let pipeline = startup::pipeline(settings, engines);
    let events = pipeline.take_turn(Input::Clip(clip), briefing, Format::Mp3);
    let events: Vec<_> = events.try_collect().await.map_err(|error| error.to_string())?;
    let finished = events.into_iter().find_map(|event| match event {
        TurnEvent::Finished(receipt) => Some(receipt),
        _ => None,
    });
    let receipt = finished.ok_or("the turn ended without a receipt")?;
    let first = receipt.first_sound_ms.ok_or("the answer made no sound")?;
    Ok(format!(
        "first sound after {first:.0} ms, the last after {:.0}, {:.1} s of speech",
        receipt.total_ms, receipt.audio_seconds_out
    ))
}

fn print(findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        let mark = match finding {
            Finding { ok: false, .. } => "FAIL",
            Finding { warning: true, .. } => "warn",
            _ => "ok  ",
        };
        terminal::tell(format!("{mark} {:<24} {}", finding.what, finding.detail))?;
    }
    let failed = findings.iter().filter(|finding| !finding.ok).count();
    let verdict = match failed {
        0 => "everything works".to_owned(),
        1 => "one thing needs attention".to_owned(),
        several => format!("{several} things need attention"),
    };
    terminal::tell(verdict)
}
