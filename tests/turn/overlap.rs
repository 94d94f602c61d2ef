//! Thinking and speaking overlap, sounds leave in order, and not too much is in work.

use futures_util::{FutureExt, StreamExt};
use repartee::pipeline::Limits;
use repartee::pipeline::event::TurnEvent;

use crate::scripted::{
    Entry, Gate, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, engines,
    replying, sound, text,
};
use crate::stage::{begin, finish, take, until_sound};

#[tokio::test]
async fn the_first_sentence_sounds_while_the_second_is_still_thought_of() {
    let gate = Gate::new();
    let thinking = ScriptedResponder::following(vec![
        text("Good morning. "),
        Step::Wait(gate.clone()),
        text("It is ten."),
    ]);
    let engines =
        engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new());
    let mut turn = begin(engines, Limits::default());

    assert_eq!(until_sound(&mut turn).await.text, "Good morning.");
    gate.open();

    let rest = finish(turn).await;
    assert_eq!(rest.reply(), "It is ten.");
    assert_eq!(rest.said(), ["It is ten."]);
    rest.receipt();
}

#[tokio::test]
async fn words_are_passed_on_before_their_sentence_is_complete() {
    let gate = Gate::new();
    let thinking = ScriptedResponder::following(vec![text("Good"), Step::Wait(gate)]);
    let engines =
        engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new());
    let mut turn = begin(engines, Limits::default());

    let heard = turn.next().await.unwrap().unwrap();
    assert!(matches!(heard, TurnEvent::Heard(transcript) if transcript.text == "hello"));
    let words = turn.next().await.unwrap().unwrap();
    assert!(matches!(words, TurnEvent::Reply(delta) if delta == "Good"));
    assert!(turn.next().now_or_never().is_none());
}

#[tokio::test]
async fn sounds_leave_in_order_even_if_the_second_is_ready_first() {
    let gate = Gate::new();
    let speaking = ScriptedSynthesizer::new()
        .with(0, vec![Step::Wait(gate.clone()), Step::Give(sound(7, 160))]);
    let journal = speaking.journal.clone();
    let thinking = ScriptedResponder::replying(["It is one. ", "It is two. ", "It is three."]);
    let mut turn = begin(
        engines(ScriptedTranscriber::hearing("hello"), thinking, speaking),
        Limits::default(),
    );

    while turn.next().now_or_never().is_some() {}
    assert!(journal.holds(&Entry::Spoken("It is two.".into())), "{:?}", journal.entries());
    gate.open();

    let rest = finish(turn).await;
    assert_eq!(rest.said(), ["It is one.", "It is two.", "It is three."]);
    let starts: Vec<_> = rest.sounds().iter().map(|speech| speech.start_ms).collect();
    assert_eq!(starts, [0, 10, 20]);
    assert_eq!(rest.sounds()[0].data[..2], [7, 0]);
}

#[tokio::test]
async fn no_more_sentences_are_in_work_than_allowed() {
    let gates: Vec<Gate> = (0..6).map(|_| Gate::new()).collect();
    let scripts = gates.iter().enumerate();
    let speaking = scripts.fold(ScriptedSynthesizer::new(), |speaking, (line, gate)| {
        speaking.with(line, vec![Step::Wait(gate.clone()), Step::Give(sound(line, 160))])
    });
    let journal = speaking.journal.clone();
    let numbers = ["one", "two", "three", "four", "five", "six"];
    let sentences = numbers.map(|number| format!("It is {number}. "));
    let reply = ScriptedResponder::replying(sentences.iter().map(String::as_str));
    let limits = Limits { ahead: 1, ..Limits::default() };
    let mut turn = begin(engines(ScriptedTranscriber::hearing("hello"), reply, speaking), limits);

    for (said, gate) in gates.iter().enumerate() {
        while turn.next().now_or_never().is_some() {}
        assert_eq!(journal.lines().len(), (said + 2).min(6));
        gate.open();
    }

    assert_eq!(finish(turn).await.error, None);
    assert_eq!(journal.most_at_once(), 2);
}

#[tokio::test]
async fn sound_that_waits_for_its_turn_is_bounded() {
    let gate = Gate::new();
    let pieces = vec![Step::Give(sound(1, 16_000)); 100];
    let speaking = ScriptedSynthesizer::new()
        .with(0, vec![Step::Wait(gate.clone()), Step::Give(sound(0, 160))])
        .with(1, pieces);
    let journal = speaking.journal.clone();
    let reply = ScriptedResponder::replying(["It is one. ", "It is two."]);
    let mut turn =
        begin(engines(ScriptedTranscriber::hearing("hello"), reply, speaking), Limits::default());

    while turn.next().now_or_never().is_some() {}
    assert!(!journal.holds(&Entry::Spoken("It is two.".into())));
    gate.open();

    let rest = finish(turn).await;
    assert_eq!(rest.sounds().len(), 101);
    assert!((rest.receipt().audio_seconds_out - 100.01).abs() < 1e-6);
}

#[tokio::test]
async fn a_slow_listener_holds_the_synthesizer_back() {
    let pieces = vec![Step::Give(sound(1, 16_000)); 100];
    let speaking = ScriptedSynthesizer::new().with(0, pieces);
    let journal = speaking.journal.clone();
    let reply = ScriptedResponder::replying(["It is one."]);
    let mut turn =
        begin(engines(ScriptedTranscriber::hearing("hello"), reply, speaking), Limits::default());

    until_sound(&mut turn).await;
    assert!(!journal.holds(&Entry::Spoken("It is one.".into())));
    assert_eq!(finish(turn).await.sounds().len(), 99);
}

#[tokio::test]
async fn each_sound_says_where_its_sentence_stands() {
    let outcome = take(replying(["Good **morn", "ing**. It", " is ten."])).await;

    let reply = outcome.reply();
    let stands: Vec<_> = outcome.sounds().iter().map(|sound| &reply[sound.span.clone()]).collect();
    assert_eq!(stands, ["Good **morning**.", " It is ten."]);
    assert_eq!(outcome.said(), ["Good morning.", "It is ten."]);
    let numbers: Vec<_> = outcome.sounds().iter().map(|sound| sound.sentence).collect();
    assert_eq!(numbers, [0, 1]);
}
