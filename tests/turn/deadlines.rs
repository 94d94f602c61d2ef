//! Every stage has its deadline, and so has the whole turn.
//!
//! The engine in question never goes on and all other limits are far away, so that only one
//! outcome is possible, however slow the machine.

use std::time::Duration;

use futures_util::StreamExt;
use repartee::audio::format::Format;
use repartee::pipeline::budget::Tab;
use repartee::pipeline::engine::Hint;
use repartee::pipeline::error::{Stage, TurnError};
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::{Engines, Limits, Pipeline};
use tokio::time::timeout;

use crate::hearing::spoken;
use crate::scripted::{
    Gate, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing, engines,
    sound, text,
};
use crate::stage::{begin, finish, until_sound};

const SHORT: Duration = Duration::from_millis(5);
const FAR: Duration = Duration::from_secs(3_600);

fn far() -> Limits {
    Limits {
        turn: FAR,
        hearing: FAR,
        thinking_first: FAR,
        thinking_gap: FAR,
        speaking_first: FAR,
        speaking_gap: FAR,
        ..Limits::default()
    }
}

fn thinking(steps: Vec<Step<repartee::pipeline::engine::ReplyPart>>) -> Engines {
    let thinking = ScriptedResponder::following(steps);
    engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new())
}

fn speaking(steps: Vec<Step<repartee::audio::format::Sound>>) -> Engines {
    let speaking = ScriptedSynthesizer::new().with(0, steps);
    let thinking = ScriptedResponder::replying(["It is one."]);
    engines(ScriptedTranscriber::hearing("hello"), thinking, speaking)
}

fn late(stage: Stage) -> Option<TurnError> {
    Some(TurnError::Timeout { stage, after: SHORT })
}

#[tokio::test]
async fn an_ear_that_never_answers_is_given_up() {
    let hearing = ScriptedTranscriber::following(vec![Step::Hang]);
    let engines = engines(hearing, ScriptedResponder::replying([]), ScriptedSynthesizer::new());
    // The gate has to be through in the same limit, so this one is longer.
    let limit = Duration::from_millis(500);
    let pipeline = Pipeline::new(engines, Limits { hearing: limit, ..far() });

    let turn = pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Pcm);
    let outcome = finish(Box::pin(turn)).await;

    let expected = TurnError::Timeout { stage: Stage::Hearing, after: limit };
    assert_eq!(outcome.error, Some(expected));
}

#[tokio::test]
async fn hearing_alone_is_given_up_as_a_turn_is() {
    let hearing = ScriptedTranscriber::following(vec![Step::Hang]);
    let engines = engines(hearing, ScriptedResponder::replying([]), ScriptedSynthesizer::new());
    let limit = Duration::from_millis(500);
    let pipeline = Pipeline::new(engines, Limits { turn: limit, ..far() });
    let (clip, hint, tab) = (spoken(), Hint::default(), Tab::unlimited());

    let expected = TurnError::Timeout { stage: Stage::Hearing, after: limit };
    assert_eq!(pipeline.hear(&clip, &hint, &tab).await, Err(expected.clone()));
    let examined = pipeline.examine(&clip, &hint, &tab, true).await;
    assert_eq!(examined.err(), Some(expected));
}

#[tokio::test]
async fn a_mind_that_never_begins_is_given_up() {
    let limits = Limits { thinking_first: SHORT, ..far() };
    let outcome = finish(begin(thinking(vec![Step::Hang]), limits)).await;
    assert_eq!(outcome.error, late(Stage::Thinking));
}

#[tokio::test]
async fn a_mind_that_stops_in_the_middle_is_given_up() {
    let limits = Limits { thinking_gap: SHORT, ..far() };
    let outcome = finish(begin(thinking(vec![text("It is one. It"), Step::Hang]), limits)).await;
    assert_eq!(outcome.error, late(Stage::Thinking));
    assert_eq!(outcome.said(), ["It is one."]);
}

#[tokio::test]
async fn a_voice_that_never_begins_is_given_up() {
    let limits = Limits { speaking_first: SHORT, ..far() };
    let outcome = finish(begin(speaking(vec![Step::Hang]), limits)).await;
    assert_eq!(outcome.error, late(Stage::Speaking));
}

#[tokio::test]
async fn a_voice_that_stops_in_the_middle_is_given_up() {
    let limits = Limits { speaking_gap: SHORT, ..far() };
    let steps = vec![Step::Give(sound(1, 160)), Step::Hang];
    let outcome = finish(begin(speaking(steps), limits)).await;
    assert_eq!(outcome.error, late(Stage::Speaking));
    assert_eq!(outcome.said(), ["It is one."]);
}

#[tokio::test]
async fn a_voice_that_is_late_ahead_does_not_cut_off_what_comes_before() {
    let gate = Gate::new();
    let slow = vec![Step::Give(sound(0, 160)), Step::Wait(gate.clone()), Step::Give(sound(0, 160))];
    let speaking = ScriptedSynthesizer::new().with(0, slow).with(1, vec![Step::Hang]);
    let thinking = ScriptedResponder::replying(["It is one. It is two."]);
    let engines = engines(ScriptedTranscriber::hearing("hello"), thinking, speaking);
    let mut turn = begin(engines, Limits { speaking_first: SHORT, ..far() });
    until_sound(&mut turn).await;
    assert!(matches!(turn.next().await, Some(Ok(TurnEvent::Replied))));

    // The second sentence is late by now, but the first is still being said.
    assert!(timeout(SHORT * 10, turn.next()).await.is_err());
    gate.open();
    let outcome = finish(turn).await;

    assert_eq!(outcome.said(), ["It is one."]);
    assert_eq!(outcome.error, late(Stage::Speaking));
}

#[tokio::test]
async fn a_voice_that_was_not_asked_for_more_is_not_late() {
    let (gate, gap) = (Gate::new(), Duration::from_secs(1));
    let steps = vec![Step::Give(sound(1, 160)), Step::Yield, Step::Give(sound(1, 160))];
    let speaking = ScriptedSynthesizer::new()
        .with(0, vec![Step::Wait(gate.clone()), Step::Give(sound(0, 160))])
        .with(1, steps);
    let thinking = ScriptedResponder::replying(["It is one. It is two."]);
    let engines = engines(ScriptedTranscriber::hearing("hello"), thinking, speaking);
    let mut turn = begin(engines, Limits { speaking_gap: gap, waiting_bytes: 1, ..far() });
    while !matches!(turn.next().await, Some(Ok(TurnEvent::Replied))) {}

    // The second sentence waits with as much as may wait, for longer than the limit.
    assert!(timeout(gap + SHORT, turn.next()).await.is_err());
    gate.open();
    let outcome = finish(turn).await;

    assert_eq!(outcome.error, None);
    assert_eq!(outcome.said(), ["It is one.", "It is two.", "It is two."]);
}

#[tokio::test]
async fn the_whole_turn_has_a_deadline_that_names_the_stage_it_was_in() {
    let limits = || Limits { turn: SHORT, ..far() };
    let outcome = finish(begin(thinking(vec![Step::Hang]), limits())).await;
    assert_eq!(outcome.error, late(Stage::Thinking));
    let outcome = finish(begin(speaking(vec![Step::Hang]), limits())).await;
    assert_eq!(outcome.error, late(Stage::Speaking));
}

#[tokio::test]
async fn a_mind_that_never_ends_is_cut_off_by_its_length() {
    let chatter = vec![text("And so on it goes. "); 2_000];
    let limits = Limits { reply_bytes: 1_000, ..far() };

    let outcome = finish(begin(thinking(chatter), limits)).await;

    assert!(outcome.reply().len() <= 1_000);
    assert_eq!(outcome.receipt().warnings, ["cut_off"]);
    assert!(outcome.said().iter().all(|line| *line == "And so on it goes."));
}

#[tokio::test]
async fn a_reply_that_is_only_a_little_too_long_is_cut_off_too() {
    let limits = Limits { reply_bytes: 20, ..far() };

    let outcome = finish(begin(thinking(vec![text("It is one. It is twelve.")]), limits)).await;

    assert_eq!(outcome.reply(), "It is one. It is twe");
    assert_eq!(outcome.said(), ["It is one."]);
    assert_eq!(outcome.receipt().warnings, ["cut_off"]);
}
