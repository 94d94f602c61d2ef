//! What a turn took, and what it cost.

use repartee::audio::format::Format;
use repartee::domain::money::{Price, Usd};
use repartee::pipeline::engine::{ReplyPart, Usage};
use repartee::pipeline::event::Input;
use repartee::pipeline::receipt::Receipt;
use repartee::pipeline::{Limits, Pipeline};

use crate::hearing::spoken;
use crate::scripted::{
    ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing, engines, text,
};
use crate::stage::finish;

const TOKENS: Price = Price::PerMillionTokens { input: Usd(150_000), output: Usd(600_000) };

/// A spoken turn with engines that ask these prices.
async fn priced(hearing: Price, thinking: Price, speaking: Price) -> Receipt {
    let mut ear = ScriptedTranscriber::hearing("hello");
    let usage = Usage { input_tokens: 1_000, output_tokens: 20 };
    let mut mind = ScriptedResponder::following(vec![
        text("It is **one**. It is two."),
        Step::Give(ReplyPart::Usage(usage)),
    ]);
    let mut mouth = ScriptedSynthesizer::new();
    (ear.price, mind.price, mouth.price) = (hearing, thinking, speaking);
    let pipeline = Pipeline::new(engines(ear, mind, mouth), Limits::default());
    let turn = pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Pcm);
    finish(Box::pin(turn)).await.receipt().clone()
}

#[tokio::test]
async fn a_receipt_counts_what_was_heard_thought_and_said() {
    let receipt = priced(Price::Free, Price::Free, Price::Free).await;

    assert_eq!(receipt.audio_seconds_in, 1.5);
    assert_eq!(receipt.audio_seconds_out, 0.02);
    assert_eq!(receipt.characters, "It is one.It is two.".len() as u64);
    assert_eq!(receipt.usage, Some(Usage { input_tokens: 1_000, output_tokens: 20 }));
    assert_eq!(receipt.cost, Some(Usd(0)));
    assert!(receipt.warnings.is_empty());
}

#[tokio::test]
async fn the_stages_follow_each_other_in_time() {
    let receipt = priced(Price::Free, Price::Free, Price::Free).await;

    let hearing = receipt.hearing.unwrap();
    let thinking = receipt.thinking.unwrap();
    let speaking = receipt.speaking.unwrap();
    assert_eq!(
        [&hearing, &thinking, &speaking].map(|stage| stage.engine.to_string()),
        ["ear/scripted", "mind/scripted", "mouth/scripted"]
    );
    let first_sound_ms = receipt.first_sound_ms.unwrap();
    let times = [
        hearing.start_ms,
        hearing.first_ms,
        thinking.start_ms,
        thinking.first_ms,
        speaking.start_ms,
        first_sound_ms,
        speaking.last_ms,
        receipt.total_ms,
    ];
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn every_kind_of_price_is_charged() {
    let minute = Price::PerMinute(Usd(6_000));
    let characters = Price::PerMillionCharacters(Usd(15_000_000));

    let receipt = priced(minute, TOKENS, characters).await;

    // 1.5 s at 0.6 cents a minute, 1000 and 20 tokens, 20 characters, in millionths of a dollar.
    assert_eq!(receipt.cost, Some(Usd(150 + 150 + 12 + 300)));
}

#[tokio::test]
async fn work_that_has_a_price_never_looks_free() {
    let receipt = priced(Price::Free, Price::Free, Price::PerMinute(Usd(1))).await;
    assert_eq!(receipt.cost, Some(Usd(1)));
}

#[tokio::test]
async fn an_unknown_price_makes_the_whole_cost_unknown() {
    let unknown = Price::Unknown;
    assert_eq!(priced(unknown, Price::Free, Price::Free).await.cost, None);
    assert_eq!(priced(Price::Free, unknown, Price::Free).await.cost, None);
    assert_eq!(priced(Price::Free, Price::Free, unknown).await.cost, None);
    // Nobody counts the tokens of what was heard.
    assert_eq!(priced(TOKENS, Price::Free, Price::Free).await.cost, None);
}

#[tokio::test]
async fn typed_words_are_not_paid_as_heard() {
    let mut ear = ScriptedTranscriber::hearing("hello");
    ear.price = Price::Unknown;
    let mind = ScriptedResponder::replying(["It is one."]);
    let pipeline = Pipeline::new(engines(ear, mind, ScriptedSynthesizer::new()), Limits::default());

    let turn = pipeline.take_turn(Input::Text("hello".into()), briefing(), Format::Pcm);
    let outcome = finish(Box::pin(turn)).await;

    assert_eq!(outcome.receipt().hearing, None);
    assert_eq!(outcome.receipt().cost, Some(Usd(0)));
}
