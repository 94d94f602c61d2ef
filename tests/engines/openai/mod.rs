//! Engines behind OpenAI's API, against a server that plays it.

mod cutting;
#[cfg(feature = "embedded")]
mod falling;
mod learning;
mod leaving;
mod meanings;
mod models;
mod outage;
mod requests;
mod retrying;
mod turns;

use std::sync::Arc;

use chrono_tz::Tz;
use futures_util::TryStreamExt;
use repartee::audio::clip::Clip;
use repartee::audio::format::{Format, Sound};
use repartee::domain::delivery::Delivery;
use repartee::domain::voice::Voice;
use repartee::engines;
use repartee::pipeline::engine::{
    EngineName, Hint, Line, Prompt, ReplyPart, Responder, Synthesizer, Transcriber, Transcript,
};
use repartee::pipeline::error::EngineError;
use repartee::pipeline::utterance::Utterance;
use repartee::settings::Settings;
use repartee_provider::{Call, Fault, Kind, Provider, Stage};

/// The settings of a house whose engines are all at this provider.
pub fn settings(provider: &Provider, more: &[(&str, &str)]) -> Settings {
    let base_url = provider.base_url();
    let lookup = |name: &str| {
        let own = more.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        own.or_else(|| match name {
            "OPENAI_API_KEY" => Some("sk-test".to_owned()),
            "OPENAI_BASE_URL" => Some(base_url.clone()),
            "HEARING_MODEL" => Some("gpt-transcribe".to_owned()),
            "THINKING_MODEL" => Some("gpt-6-luna".to_owned()),
            "SPEAKING_MODEL" => Some("gpt-4o-mini-tts".to_owned()),
            _ => None,
        })
    };
    Settings::read(&lookup).unwrap()
}

/// The same, as if the provider were OpenAI itself.
pub fn at_openai(provider: &Provider, more: &[(&str, &str)]) -> Settings {
    let mut settings = settings(provider, more);
    let engines = &mut settings.engines;
    for stage in [&mut engines.hearing, &mut engines.thinking, &mut engines.speaking] {
        stage.endpoint.is_openai = true;
    }
    settings
}

pub fn ear(settings: &Settings) -> Arc<dyn Transcriber> {
    engines::hearing(settings).unwrap()
}

pub fn mind(settings: &Settings) -> Arc<dyn Responder> {
    let nobody = || EngineName { engine: "nobody".into(), model: "none".into() };
    engines::thinking(settings, nobody(), nobody()).unwrap()
}

pub fn mouth(settings: &Settings) -> Arc<dyn Synthesizer> {
    engines::speaking(settings).unwrap()
}

/// A clip in which somebody speaks.
pub fn clip() -> Clip {
    Clip::new(std::fs::read("tests/fixtures/sound/speech.wav").unwrap()).unwrap()
}

pub fn prompt(said: &str) -> Prompt {
    Prompt {
        instructions: "You are Robin.".into(),
        summary: None,
        history: Vec::new(),
        said: said.into(),
        loudness_dbfs: None,
        language: None,
        timezone: Tz::UTC,
        delivery: Delivery::default(),
        max_tokens: 150,
        temperature: 0.7,
        remembered: false,
    }
}

pub fn line(text: &str) -> Line {
    Line {
        text: text.into(),
        voice: Voice("coral".into()),
        language: None,
        delivery: Delivery::default(),
        utterance: Utterance::default(),
    }
}

pub async fn hear(ear: &dyn Transcriber) -> Result<Transcript, EngineError> {
    ear.transcribe(&clip(), &Hint::default()).await
}

pub async fn think(mind: &dyn Responder) -> Result<Vec<ReplyPart>, EngineError> {
    mind.respond(prompt("What is the capital of France?")).try_collect().await
}

pub async fn speak(mouth: &dyn Synthesizer, wanted: Format) -> Result<Vec<Sound>, EngineError> {
    mouth.speak(line("Paris is the capital of France."), wanted).try_collect().await
}

/// The text of an answer.
pub fn text(parts: &[ReplyPart]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        ReplyPart::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Asks for one thing in that stage; what comes of it.
pub async fn ask(settings: &Settings, stage: Stage) -> Result<(), EngineError> {
    match stage {
        Stage::Hearing => hear(&*ear(settings)).await.map(drop),
        Stage::Thinking => think(&*mind(settings)).await.map(drop),
        _ => speak(&*mouth(settings), Format::Mp3).await.map(drop),
    }
}

/// The three stages of a turn.
pub const STAGES: [Stage; 3] = [Stage::Hearing, Stage::Thinking, Stage::Speaking];

/// An answer with this status, these headers and this body.
pub fn status(code: u16, headers: &[(&str, &str)], body: &str) -> Kind {
    let headers = headers.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    Kind::Status { code, headers, body: body.into() }
}

/// The one call that there was in that stage.
#[track_caller]
pub fn only_call(provider: &Provider, stage: Stage) -> Call {
    let mut calls = provider.calls(stage);
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

/// Before the first byte, for ever.
pub fn always(stage: Stage, kind: Kind) -> Fault {
    Fault::always(stage, repartee_provider::At::BeforeFirstByte, kind)
}

/// Before the first byte, once.
pub fn once(stage: Stage, kind: Kind) -> Fault {
    Fault::once(stage, repartee_provider::At::BeforeFirstByte, kind)
}
