//! Whole turns over a server.

use repartee::domain::money::{Price, Usd};
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::receipt::Receipt;
use repartee::pipeline::{Engines, Pipeline};
use repartee::startup;
use repartee_provider::Provider;

use super::*;

/// Takes a turn, and gives its receipt.
pub async fn turn(settings: &Settings, engines: Engines, input: Input) -> Receipt {
    let briefing = startup::briefing(settings);
    let pipeline: Pipeline = startup::pipeline(settings, engines);
    let events = pipeline.take_turn(input, briefing, Format::Mp3);
    let events: Vec<_> = events.try_collect().await.unwrap();
    match events.into_iter().next_back() {
        Some(TurnEvent::Finished(receipt)) => *receipt,
        other => panic!("the turn ended with {other:?}"),
    }
}

#[tokio::test]
async fn a_turn_at_openai_knows_what_it_cost() {
    let provider = Provider::start().await.unwrap();
    let settings = at_openai(&provider, &[]);
    let engines = engines::open(&settings).unwrap();
    assert_eq!(engines.hearing.price(), Price::PerMinute(Usd(4_500)));

    let receipt = turn(&settings, engines, Input::Clip(clip())).await;

    let names = [receipt.hearing, receipt.thinking, receipt.speaking];
    let names = names.map(|stage| stage.unwrap().engine.to_string());
    assert_eq!(names, ["openai/gpt-transcribe", "openai/gpt-6-luna", "openai/gpt-4o-mini-tts"]);
    assert!(receipt.cost > Some(Usd(0)), "{:?}", receipt.cost);
    assert!(receipt.warnings.is_empty());
}

#[tokio::test]
async fn elsewhere_the_cost_is_unknown() {
    let provider = Provider::start().await.unwrap();
    let settings = settings(&provider, &[]);

    let receipt = turn(&settings, engines::open(&settings).unwrap(), Input::Clip(clip())).await;

    assert_eq!(receipt.cost, None);
}

#[tokio::test]
async fn a_clip_whose_length_nobody_tells_is_measured_here() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.usage = false;
    provider.set(behaviour);
    let settings = settings(&provider, &[]);
    assert_eq!(hear(&*ear(&settings)).await.unwrap().audio_seconds, 0.0);

    let receipt = turn(&settings, engines::open(&settings).unwrap(), Input::Clip(clip())).await;

    let bytes = clip().bytes().len();
    let about = bytes as f64 / 32_000.0;
    assert!((receipt.audio_seconds_in - about).abs() < 0.1, "{}", receipt.audio_seconds_in);
}
