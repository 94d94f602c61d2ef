//! Leaving stops everything, and an error ends a turn at once, naming its stage.

use futures_util::{FutureExt, StreamExt};
use repartee::audio::format::{Format, Sound};
use repartee::pipeline::error::{EngineError, Stage, TurnError};
use repartee::pipeline::event::Input;
use repartee::pipeline::{Limits, Pipeline};

use crate::hearing::spoken;
use crate::scripted::{
    Entry, Gate, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing,
    engines, sound, text,
};
use crate::stage::{begin, finish, take};

fn failed(stage: Stage) -> Option<TurnError> {
    Some(TurnError::Engine { stage, source: EngineError::Quota })
}

#[tokio::test]
async fn leaving_gives_up_the_reply_and_every_sentence_in_work() {
    let gate = Gate::new();
    let thinking = ScriptedResponder::following(vec![
        text("It is one. It is two. It is three. "),
        Step::Wait(gate.clone()),
    ]);
    let (thoughts, hangs) = (thinking.journal.clone(), vec![Step::Hang]);
    let speaking = (0..3)
        .fold(ScriptedSynthesizer::new(), |speaking, line| speaking.with(line, hangs.clone()));
    let lines = speaking.journal.clone();
    let mut turn = begin(
        engines(ScriptedTranscriber::hearing("hello"), thinking, speaking),
        Limits::default(),
    );
    while turn.next().now_or_never().is_some() {}
    assert_eq!(lines.lines().len(), 3);

    drop(turn);

    assert!(thoughts.holds(&Entry::ReplyDropped));
    for line in ["It is one.", "It is two.", "It is three."] {
        assert!(lines.holds(&Entry::LineDropped(line.into())), "{:?}", lines.entries());
    }
}

#[tokio::test]
async fn leaving_gives_up_the_hearing_and_nothing_later_begins() {
    let hearing = ScriptedTranscriber::following(vec![Step::Hang]);
    let ear = hearing.journal.clone();
    let thinking = ScriptedResponder::replying(["Yes."]);
    let mind = thinking.journal.clone();
    let pipeline =
        Pipeline::new(engines(hearing, thinking, ScriptedSynthesizer::new()), Limits::default());
    let mut turn = Box::pin(pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Pcm));
    while ear.entries().is_empty() {
        assert!(turn.next().now_or_never().is_none());
        tokio::task::yield_now().await;
    }

    drop(turn);

    assert!(ear.holds(&Entry::HearingDropped));
    assert!(mind.entries().is_empty());
}

#[tokio::test]
async fn a_turn_that_nobody_polls_asks_no_one() {
    let thinking = ScriptedResponder::replying(["Yes."]);
    let mind = thinking.journal.clone();
    let engines =
        engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new());

    drop(begin(engines, Limits::default()));

    assert!(mind.entries().is_empty());
}

#[tokio::test]
async fn a_failing_ear_ends_the_turn() {
    let hearing = ScriptedTranscriber::following(vec![Step::Fail(EngineError::Quota)]);
    let thinking = ScriptedResponder::replying(["Yes."]);
    let mind = thinking.journal.clone();
    let pipeline =
        Pipeline::new(engines(hearing, thinking, ScriptedSynthesizer::new()), Limits::default());

    let turn = pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Pcm);
    let outcome = finish(Box::pin(turn)).await;

    assert_eq!(outcome.error, failed(Stage::Hearing));
    assert!(outcome.events.is_empty());
    assert!(mind.entries().is_empty());
}

#[tokio::test]
async fn a_reply_that_breaks_off_ends_the_turn_at_once() {
    let thinking = ScriptedResponder::following(vec![
        text("It is one. It is"),
        Step::Fail(EngineError::Quota),
    ]);
    let speaking = ScriptedSynthesizer::new().with(0, vec![Step::Hang]);
    let lines = speaking.journal.clone();

    let outcome = take(engines(ScriptedTranscriber::hearing("hello"), thinking, speaking)).await;

    assert_eq!(outcome.error, failed(Stage::Thinking));
    assert_eq!(outcome.reply(), "It is one. It is");
    assert!(lines.holds(&Entry::LineDropped("It is one.".into())));
}

#[tokio::test]
async fn a_voice_that_breaks_off_ends_the_turn_after_what_was_sent() {
    let speaking = ScriptedSynthesizer::new()
        .with(1, vec![Step::Yield, Step::Yield, Step::Fail(EngineError::Quota)]);
    let thinking = ScriptedResponder::replying(["It is one. It is two."]);

    let outcome = take(engines(ScriptedTranscriber::hearing("hello"), thinking, speaking)).await;

    assert_eq!(outcome.error, failed(Stage::Speaking));
    assert_eq!(outcome.said(), ["It is one."]);
}

#[tokio::test]
async fn a_voice_that_fails_ahead_does_not_cut_off_what_comes_before() {
    let whole = vec![
        Step::Give(sound(0, 160)),
        Step::Yield,
        Step::Yield,
        Step::Give(sound(0, 160)),
        Step::Yield,
    ];
    let speaking = ScriptedSynthesizer::new()
        .with(0, whole)
        .with(1, vec![Step::Give(sound(1, 160)), Step::Fail(EngineError::Quota)]);
    let lines = speaking.journal.clone();
    let thinking = ScriptedResponder::replying(["It is one. It is two. It is three. And four."]);
    let engines = engines(ScriptedTranscriber::hearing("hello"), thinking, speaking);

    let outcome = finish(begin(engines, Limits { ahead: 2, ..Limits::default() })).await;

    assert_eq!(outcome.error, failed(Stage::Speaking));
    assert_eq!(outcome.said(), ["It is one.", "It is one.", "It is two."]);
    assert!(!lines.holds(&Entry::Asked("And four.".into())), "nobody would have heard it");
}

#[tokio::test]
async fn a_sentence_without_any_sound_is_an_error_and_no_silence() {
    for steps in [Vec::new(), vec![Step::Give(sound(0, 0)); 3]] {
        let speaking = ScriptedSynthesizer::new().with(0, steps);
        let thinking = ScriptedResponder::replying(["It is one."]);

        let outcome =
            take(engines(ScriptedTranscriber::hearing("hello"), thinking, speaking)).await;

        let error = outcome.error.unwrap();
        assert_eq!((error.stage(), error.code()), (Some(Stage::Speaking), "engine_refused"));
    }
}

#[tokio::test]
async fn damaged_sound_is_an_error_and_no_silence() {
    let broken = Sound::Mp3(bytes::Bytes::from_static(b"<html>no sound</html>"));
    let speaking = ScriptedSynthesizer::new().with(0, vec![Step::Give(broken)]);
    let thinking = ScriptedResponder::replying(["It is one."]);

    let outcome = take(engines(ScriptedTranscriber::hearing("hello"), thinking, speaking)).await;

    assert_eq!(outcome.error.unwrap().stage(), Some(Stage::Speaking));
}
