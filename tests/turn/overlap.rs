//! Thinking and speaking overlap, and sounds leave in order.

use futures_util::StreamExt;
use repartee::audio::format::Format;
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::{Limits, Pipeline};

use crate::scripted::{
    Gate, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing, engines,
    text,
};

#[tokio::test]
async fn the_first_sentence_sounds_while_the_second_is_still_thought_of() {
    let gate = Gate::new();
    let thinking = ScriptedResponder::following(vec![
        text("Good morning."),
        Step::Wait(gate.clone()),
        text(" It is ten."),
    ]);
    let engines =
        engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new());
    let pipeline = Pipeline::new(engines, Limits::default());
    let turn = pipeline.take_turn(Input::Text("hello".into()), briefing(), Format::Pcm);
    let mut turn = std::pin::pin!(turn);

    while !matches!(turn.next().await.unwrap().unwrap(), TurnEvent::Speech(_)) {}
    gate.open();

    let rest: Vec<_> = turn.map(Result::unwrap).collect().await;
    assert!(matches!(&rest[0], TurnEvent::Reply(text) if text == " It is ten."), "{rest:?}");
    assert!(matches!(rest.last(), Some(TurnEvent::Finished(_))), "{rest:?}");
}
