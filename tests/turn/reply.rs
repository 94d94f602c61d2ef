//! What becomes of replies that are not simply a few good sentences.

use repartee::domain::delivery::Delivery;
use repartee::domain::language::Language;
use repartee::pipeline::engine::ReplyPart;
use repartee::pipeline::event::TurnEvent;
use repartee::pipeline::{Engines, Limits, Pipeline};

use crate::scripted::{
    Journal, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing, engines,
    replying, text,
};
use crate::stage::{finish, take};

fn following(steps: Vec<Step<ReplyPart>>) -> (Engines, Journal) {
    let speaking = ScriptedSynthesizer::new();
    let journal = speaking.journal.clone();
    let thinking = ScriptedResponder::following(steps);
    (engines(ScriptedTranscriber::hearing("hello"), thinking, speaking), journal)
}

#[tokio::test]
async fn a_reply_that_is_cut_off_ends_at_its_last_whole_sentence() {
    let cut_off = Step::Give(ReplyPart::CutOff);
    let (engines, _) = following(vec![text("It is one. It is two. And now it"), cut_off]);

    let outcome = take(engines).await;

    assert_eq!(outcome.said(), ["It is one.", "It is two."]);
    assert_eq!(outcome.receipt().warnings, ["cut_off"]);
}

#[tokio::test]
async fn half_a_sentence_is_said_if_there_is_no_whole_one() {
    let (engines, _) = following(vec![text("And now it"), Step::Give(ReplyPart::CutOff)]);

    let outcome = take(engines).await;

    assert_eq!(outcome.said(), ["And now it"]);
    assert_eq!(outcome.receipt().warnings, ["cut_off"]);
}

#[tokio::test]
async fn a_reply_without_a_speakable_word_is_apologized_for() {
    for reply in ["", "🙂", "---\n", "..."] {
        let outcome = take(replying([reply])).await;

        assert_eq!(outcome.said(), ["That answer has nothing that I can say aloud."]);
        assert_eq!(outcome.receipt().warnings, ["nothing_speakable"]);
        assert_eq!(outcome.reply(), reply);
        assert_eq!(outcome.sounds()[0].span, reply.len()..reply.len());
    }
}

#[tokio::test]
async fn the_apology_is_in_the_language_of_the_speaker() {
    let hindi: Language = "hi-IN".parse().unwrap();
    let pipeline = Pipeline::new(replying(["🙂"]), Limits::default());
    let briefing = repartee::pipeline::event::Briefing { language: Some(hindi), ..briefing() };
    let input = repartee::pipeline::event::Input::Text("नमस्ते".into());

    let turn = pipeline.take_turn(input, briefing, repartee::audio::format::Format::Pcm);

    assert!(finish(Box::pin(turn)).await.said()[0].ends_with('।'));
}

#[tokio::test]
async fn a_new_delivery_holds_for_the_sentences_after_it() {
    let slower = Delivery { speed: 0.7, gain_db: 0.0 };
    let change = Step::Give(ReplyPart::Delivery(slower));
    let (engines, journal) = following(vec![text("It is one."), change, text(" It is two.")]);

    let outcome = take(engines).await;

    let speeds: Vec<_> = journal.lines().iter().map(|line| line.delivery.speed).collect();
    assert_eq!(speeds, [1.0, 0.7]);
    let told = outcome
        .events
        .iter()
        .any(|event| matches!(event, TurnEvent::Delivery(delivery) if *delivery == slower));
    assert!(told);
}

#[tokio::test]
async fn a_delivery_is_held_to_what_one_can_follow() {
    let absurd = Delivery { speed: 90.0, gain_db: 90.0 };
    let change = Step::Give(ReplyPart::Delivery(absurd));
    let (engines, journal) = following(vec![change, text("It is one.")]);

    take(engines).await.receipt();

    assert_eq!(journal.lines()[0].delivery, Delivery { speed: 2.0, gain_db: 12.0 });
}

#[tokio::test]
async fn what_is_said_is_free_of_markup_and_what_is_shown_is_not() {
    let outcome =
        take(replying(["# Hours\n", "- **Monday**: 9–17\n", "See https://example.com."])).await;

    assert_eq!(outcome.said(), ["Hours", "Monday: 9 to 17", "See example dot com."]);
    assert!(outcome.reply().contains("**Monday**"));
}
