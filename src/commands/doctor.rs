//! `repartee doctor`: what is configured, and what works when it is tried for real.

use std::fs;
use std::io;
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;

use crate::audio::clip::Clip;
use crate::audio::format::Format;
use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::conversations::{Ask, ConversationEvent, Which};
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::owner::Owner;
use crate::domain::voice::COMMON_VOICES;
use crate::domain::word_errors::word_error_rate;
use crate::engines;
use crate::pipeline::engine::{Hint, Synthesizer, Transcriber};
use crate::pipeline::event::{Input, TurnEvent};
use crate::pipeline::say;
use crate::settings::Settings;
use crate::startup::{self, House};

/// What is spoken and must be heard again. All of it is within a small dictionary.
const SENTENCE: &str = "What are your opening hours on Saturday?";
const MEBIBYTE: u64 = 1024 * 1024;
const ROOM_NEEDED: u64 = 100 * MEBIBYTE;

/// Try everything for real: data folder, database, engines, and a whole turn
///
/// Says what is configured, what works and how to put right what doesn't. The exit code is 1
/// if anything fails.
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
    detail: String,
    took_ms: u64,
}

impl Doctor {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let mut findings = Vec::new();
        examine(&mut findings, "settings", async { Ok(configured(&settings)) }).await;
        examine(&mut findings, "data folder", async { data_folder(&settings.data_dir) }).await;
        examine(&mut findings, "database", database(&settings)).await;
        let ear = examine_engine(&mut findings, "hearing", engines::hearing(&settings));
        let mouth = examine_engine(&mut findings, "speaking", engines::speaking(&settings));
        if let (Some(ear), Some(mouth)) = (ear, mouth) {
            let spoken = spoken_and_heard(&settings, &ear, mouth);
            examine(&mut findings, "spoken and heard again", spoken).await;
            drop(ear);
            examine(&mut findings, "a whole turn", whole_turn(&settings)).await;
        }
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

async fn examine(
    findings: &mut Vec<Finding>,
    what: &'static str,
    examination: impl Future<Output = Examined>,
) {
    let spinner = terminal::waiting(what);
    let begun = Instant::now();
    let found = examination.await;
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    spinner.finish_and_clear();
    let ok = found.is_ok();
    let detail = found.unwrap_or_else(|problem| problem);
    findings.push(Finding { what, ok, detail, took_ms });
}

/// An engine that cannot even be opened is a finding; one that can is tried later.
fn examine_engine<E>(
    findings: &mut Vec<Finding>,
    what: &'static str,
    opened: Result<E, impl ToString>,
) -> Option<E> {
    match opened {
        Ok(engine) => Some(engine),
        Err(error) => {
            findings.push(Finding { what, ok: false, detail: error.to_string(), took_ms: 0 });
            None
        }
    }
}

fn configured(settings: &Settings) -> String {
    let engines = &settings.engines;
    let voices = COMMON_VOICES.join(" ");
    format!(
        "hearing {:?}, thinking {:?}, speaking {:?}; persona {}; voice {} (or {voices}); time zone {}",
        engines.hearing,
        engines.thinking,
        engines.speaking,
        settings.voice.persona.name,
        settings.voice.voice,
        settings.voice.timezone
    )
    .to_lowercase()
}

fn data_folder(folder: &Path) -> Examined {
    startup::make_private(folder).and_then(|()| write_and_remove(folder)).map_err(|error| {
        format!("{}: {error}; set DATA_DIR to a folder you may write to", folder.display())
    })?;
    let room = rustix::fs::statvfs(folder).map_err(|error| error.to_string())?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let found = format!("{}, {} MiB free", folder.display(), free / MEBIBYTE);
    if free < ROOM_NEEDED { Err(format!("{found}; make room for at least 100")) } else { Ok(found) }
}

fn write_and_remove(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!("doctor.{}", process::id()));
    fs::write(&file, "may I write here?")?;
    fs::remove_file(file)
}

async fn database(settings: &Settings) -> Examined {
    let store = startup::open_store(settings).await.map_err(|error| error.to_string())?;
    let checked = store.try_writing().await;
    store.close().await.map_err(|error| error.to_string())?;
    checked
        .map(|()| format!("{}, schema up to date, takes what is written", store.kind()))
        .map_err(|error| error.to_string())
}

/// The mouth says a sentence, the ear hears it again.
async fn spoken_and_heard(
    settings: &Settings,
    ear: &Arc<dyn Transcriber>,
    mouth: Arc<dyn Synthesizer>,
) -> Examined {
    let manner = say::Manner {
        voice: settings.voice.voice.clone(),
        language: Some(Language::english()),
        delivery: Delivery::default(),
    };
    let pieces: Vec<_> = say::say(mouth, SENTENCE, manner, Format::Mp3)
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    let sound: Vec<u8> = pieces.iter().flat_map(|piece| piece.data.iter().copied()).collect();
    let clip = Clip::new(sound).map_err(|error| error.to_string())?;
    let heard = ear.transcribe(&clip, &Hint::default()).await.map_err(|error| error.to_string())?;
    let wrong = word_error_rate(SENTENCE, &heard.text).rate() * 100.0;
    let found = format!("said `{SENTENCE}`, heard `{}` ({wrong:.0} % wrong)", heard.text);
    if wrong > 30.0 { Err(found) } else { Ok(found) }
}

/// A typed question through the very turn that `ask` takes, leaving no memory.
async fn whole_turn(settings: &Settings) -> Examined {
    let house = House::build(settings).await.map_err(|error| error.to_string())?;
    let input = Input::Text(SENTENCE.to_owned());
    let ask = Ask { memory: false, ..Ask::new(Owner::local(), Which::New, input) };
    let events: Result<Vec<_>, _> = house.conversations.hear(ask).boxed().try_collect().await;
    house.conversations.close().await;
    let finished =
        events.map_err(|error| error.to_string())?.into_iter().find_map(|event| match event {
            ConversationEvent::Turn(TurnEvent::Finished(receipt)) => Some(receipt),
            _ => None,
        });
    let receipt = finished.ok_or("the turn ended without a receipt")?;
    let first = receipt.first_sound_ms.ok_or("the answer made no sound")?;
    Ok(format!("answered in {first:.0} ms with {:.1} s of speech", receipt.audio_seconds_out))
}

fn print(findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        let mark = if finding.ok { "ok  " } else { "FAIL" };
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
