//! Money is put aside before a turn costs anything, and what was spoken once is not paid again.

use futures_util::StreamExt;
use repartee::audio::format::Format;
use repartee::domain::delivery::Delivery;
use repartee::domain::money::{Price, Usd};
use repartee::domain::voice::Voice;
use repartee::pipeline::budget::{Budget, Payer, Tab};
use repartee::pipeline::engine::{ReplyPart, Transcript, Usage};
use repartee::pipeline::error::{EngineError, TurnError};
use repartee::pipeline::event::{Briefing, Input, Speech, TurnEvent};
use repartee::pipeline::say::Manner;
use repartee::pipeline::{Engines, Limits, Pipeline};

use crate::hearing::{silent, spoken};
use crate::scripted::{
    Entry, Journal, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing,
    engines, text,
};
use crate::stage::{Outcome, finish};

const PER_MINUTE: Price = Price::PerMinute(Usd(6_000));
const PER_TOKEN: Price = Price::PerMillionTokens { input: Usd(100_000), output: Usd(500_000) };
const PER_CHARACTER: Price = Price::PerMillionCharacters(Usd(15_000_000));

/// Engines that all ask for money, and what the ear and the mouth were asked.
fn dear(transcript: Step<Transcript>, reply: &[&str]) -> (Engines, Journal, Journal) {
    let mut ear = ScriptedTranscriber::following(vec![transcript]);
    let usage = Usage { input_tokens: 100, output_tokens: 10 };
    let mut steps: Vec<_> = reply.iter().map(|delta| text(delta)).collect();
    steps.push(Step::Give(ReplyPart::Usage(usage)));
    let mut mind = ScriptedResponder::following(steps);
    let mut mouth = ScriptedSynthesizer::new();
    (ear.price, mind.price, mouth.price) = (PER_MINUTE, PER_TOKEN, PER_CHARACTER);
    let journals = (ear.journal.clone(), mouth.journal.clone());
    (engines(ear, mind, mouth), journals.0, journals.1)
}

fn hello() -> Step<Transcript> {
    Step::Give(Transcript { text: "hello".to_owned(), audio_seconds: 1.5, ..Transcript::default() })
}

fn tab(budget: &Budget) -> Tab {
    budget.tab(Payer { name: "visitor".to_owned(), limit: None })
}

async fn take(pipeline: &Pipeline, input: Input, tab: Tab) -> Outcome {
    let briefing = Briefing { tab, ..briefing() };
    finish(Box::pin(pipeline.take_turn(input, briefing, Format::Pcm))).await
}

#[tokio::test]
async fn what_a_turn_cost_is_on_its_tab_and_in_the_days_budget() {
    let (engines, ..) = dear(hello(), &["It is one. ", "It is two."]);
    let budget = Budget::new(Some(Usd(1_000_000)));
    let tab = tab(&budget);

    let outcome = take(&Pipeline::new(engines, Limits::default()), clip(), tab.clone()).await;

    // 1.5 s heard; 100 tokens read and 10 written; twice 10 characters said.
    assert_eq!(outcome.receipt().cost, Some(Usd(150 + 15 + 300)));
    assert_eq!(tab.charged(), Usd(465));
    assert_eq!(budget.spent(), Usd(465));
}

#[tokio::test]
async fn hearing_may_be_paid_by_tokens() {
    let usage = Some(Usage { input_tokens: 1_400, output_tokens: 100 });
    let transcript = Transcript { text: "hello".to_owned(), usage, ..Transcript::default() };
    let mut ear = ScriptedTranscriber::following(vec![Step::Give(transcript)]);
    ear.price = PER_TOKEN;
    let engines = engines(ear, ScriptedResponder::replying(["Yes."]), ScriptedSynthesizer::new());
    let budget = Budget::new(Some(Usd(1_000_000)));

    let outcome = take(&Pipeline::new(engines, Limits::default()), clip(), tab(&budget)).await;

    assert_eq!(outcome.receipt().cost, Some(Usd(140 + 50)));
    assert_eq!(budget.spent(), Usd(190));
}

#[tokio::test]
async fn what_an_engine_says_that_it_cost_is_believed_before_its_price() {
    let mut mind = ScriptedResponder::following(vec![
        text("Yes."),
        Step::Give(ReplyPart::Usage(Usage { input_tokens: 100, output_tokens: 10 })),
        Step::Give(ReplyPart::Cost(Usd(70))),
    ]);
    mind.price = PER_TOKEN;
    let engines = engines(ScriptedTranscriber::following(vec![]), mind, ScriptedSynthesizer::new());
    let budget = Budget::new(Some(Usd(1_000_000)));
    let tab = tab(&budget);
    let pipeline = Pipeline::new(engines, Limits::default());

    let outcome = take(&pipeline, Input::Text("Hello?".to_owned()), tab.clone()).await;

    assert_eq!(outcome.receipt().cost, Some(Usd(70)));
    assert_eq!(tab.charged(), Usd(70));
}

fn clip() -> Input {
    Input::Clip(spoken())
}

#[tokio::test]
async fn a_turn_that_cannot_be_paid_to_its_end_pays_for_nothing() {
    let (engines, ear, _) = dear(hello(), &["It is one."]);
    let budget = Budget::new(Some(Usd(1_000)));
    let pipeline = Pipeline::new(engines, Limits::default());

    let outcome = take(&pipeline, clip(), tab(&budget)).await;

    assert!(matches!(outcome.error, Some(TurnError::Budget(_))), "{:?}", outcome.error);
    assert_eq!((ear.entries(), budget.spent()), (vec![], Usd(0)));
    let typed = take(&pipeline, Input::Text("hello".to_owned()), tab(&budget)).await;
    assert!(matches!(typed.error, Some(TurnError::Budget(_))), "{:?}", typed.error);
}

#[tokio::test]
async fn silence_puts_nothing_aside() {
    let (engines, ..) = dear(hello(), &["It is one."]);
    let budget = Budget::new(Some(Usd(1)));

    let pipeline = Pipeline::new(engines, Limits::default());
    let outcome = take(&pipeline, Input::Clip(silent()), tab(&budget)).await;

    assert!(matches!(outcome.error, Some(TurnError::NoSpeech(_))), "{:?}", outcome.error);
}

#[tokio::test]
async fn a_failed_call_counts_as_what_it_was_thought_to_cost() {
    let (engines, ..) = dear(Step::Fail(EngineError::Timeout), &[]);
    let budget = Budget::new(Some(Usd(1_000_000)));

    take(&Pipeline::new(engines, Limits::default()), clip(), tab(&budget)).await;

    // Two seconds of it, and rounded up.
    assert!((200..=201).contains(&budget.spent().0), "{:?}", budget.spent());
}

/// Every error after which nobody asks for money.
fn free_errors() -> Vec<EngineError> {
    let retry_after = std::time::Duration::from_secs(1);
    vec![
        EngineError::Loading,
        EngineError::Busy,
        EngineError::Unavailable("nobody answers".to_owned()),
        EngineError::Refused("it is too long".to_owned()),
        EngineError::Quota,
        EngineError::Limited { retry_after },
        EngineError::Down { retry_after },
        EngineError::Gone("tts-1".to_owned()),
    ]
}

#[tokio::test]
async fn an_outage_costs_nothing() {
    for error in free_errors() {
        let budget = Budget::new(Some(Usd(1_000_000)));
        let (engines, ..) = dear(Step::Fail(error.clone()), &[]);
        take(&Pipeline::new(engines, Limits::default()), clip(), tab(&budget)).await;
        assert_eq!(budget.spent(), Usd(0), "hearing: {error}");

        let mind = priced(ScriptedResponder::following(vec![Step::Fail(error.clone())]));
        let pipeline = Pipeline::new(over(mind, ScriptedSynthesizer::new()), Limits::default());
        take(&pipeline, Input::Text("hello".to_owned()), tab(&budget)).await;
        let prompt = briefing().prompt("hello".to_owned());
        let alone: Vec<_> = pipeline.reply(prompt, tab(&budget)).collect().await;
        assert!(alone.iter().any(Result::is_err));
        assert_eq!(budget.spent(), Usd(0), "thinking: {error}");

        let mute = (0..8).fold(ScriptedSynthesizer::new(), |mouth, line| {
            mouth.with(line, vec![Step::Yield, Step::Fail(error.clone())])
        });
        let mut mouth = mute;
        mouth.price = PER_CHARACTER;
        let pipeline =
            Pipeline::new(over(ScriptedResponder::replying([]), mouth), Limits::default());
        let said: Vec<_> = say(&pipeline, &sentences(8), tab(&budget)).await;
        assert!(said.iter().any(Result::is_err));
        assert_eq!(budget.spent(), Usd(0), "speaking: {error}");
    }
}

#[tokio::test]
async fn what_broke_off_in_the_middle_counts() {
    let budget = Budget::new(Some(Usd(1_000_000)));
    let usage = Usage { input_tokens: 100, output_tokens: 10 };
    let lost = EngineError::Unavailable("the server failed".to_owned());
    let steps = vec![Step::Give(ReplyPart::Usage(usage)), Step::Fail(lost.clone())];
    let mind = priced(ScriptedResponder::following(steps));
    let pipeline = Pipeline::new(over(mind, ScriptedSynthesizer::new()), Limits::default());
    take(&pipeline, Input::Text("hello".to_owned()), tab(&budget)).await;
    let thought = budget.spent();
    assert!(thought > Usd(0));

    let steps = vec![Step::Give(crate::scripted::sound(1, 160)), Step::Fail(lost)];
    let mut mouth = ScriptedSynthesizer::new().with(0, steps);
    mouth.price = PER_CHARACTER;
    let pipeline = Pipeline::new(over(ScriptedResponder::replying([]), mouth), Limits::default());
    say(&pipeline, "It is one.", tab(&budget)).await;
    assert_eq!(budget.spent() - thought, Usd(150));
}

#[tokio::test]
async fn a_text_that_cannot_be_paid_to_its_end_is_not_begun() {
    let mut mouth = ScriptedSynthesizer::new();
    mouth.price = PER_CHARACTER;
    let journal = mouth.journal.clone();
    let pipeline = Pipeline::new(over(ScriptedResponder::replying([]), mouth), Limits::default());
    let (one, eight) = (Usd(165), sentences(8));
    let budget = Budget::new(Some(Usd(one.0 * 3 / 2)));

    let refused = say(&pipeline, &eight, tab(&budget)).await;

    assert!(matches!(refused[..], [Err(TurnError::Budget(_))]), "{refused:?}");
    assert_eq!((journal.entries(), budget.spent()), (vec![], Usd(0)));
    // What was spoken before needs no money.
    let rich = Budget::new(None);
    say(&pipeline, &eight, tab(&rich)).await;
    let again = say(&pipeline, &eight, tab(&budget)).await;
    assert!(again.iter().all(Result::is_ok), "{again:?}");
}

/// So many sentences of eleven letters.
fn sentences(count: usize) -> String {
    (0..count).map(|number| format!("It is n{number:03}. ")).collect()
}

async fn say(pipeline: &Pipeline, text: &str, tab: Tab) -> Vec<Result<Speech, TurnError>> {
    let delivery = Delivery::default();
    let manner = Manner { voice: Voice::default(), language: None, delivery };
    pipeline.say(text, manner, Format::Pcm, tab).collect().await
}

fn priced(mut mind: ScriptedResponder) -> ScriptedResponder {
    mind.price = PER_TOKEN;
    mind
}

fn over(mind: ScriptedResponder, mouth: ScriptedSynthesizer) -> Engines {
    engines(ScriptedTranscriber::hearing("hello"), mind, mouth)
}

#[tokio::test]
async fn a_turn_given_up_pays_for_what_it_began_and_gives_the_rest_back() {
    let (engines, ..) = dear(hello(), &["It is one. ", "It is two."]);
    let budget = Budget::new(Some(Usd(30_000)));
    let pipeline = Pipeline::new(engines, Limits::default());
    let given = Briefing { tab: tab(&budget), ..briefing() };

    let mut turn: crate::stage::Turn = Box::pin(pipeline.take_turn(clip(), given, Format::Pcm));
    crate::stage::until_sound(&mut turn).await;
    drop(turn);

    let spent = budget.spent();
    assert!(spent > Usd(150) && spent < Usd(2_000), "{spent:?}");
    tab(&budget).reserve(Usd(30_000) - spent).unwrap();
}

#[tokio::test]
async fn a_sentence_that_was_spoken_before_costs_nothing() {
    let (engines, _, mouth) = dear(hello(), &["It is one. ", "It is two."]);
    let pipeline = Pipeline::new(engines, Limits::default());

    let first = take(&pipeline, clip(), Tab::unlimited()).await;
    let second = take(&pipeline, clip(), Tab::unlimited()).await;

    let asked = mouth.entries().iter().filter(|entry| matches!(entry, Entry::Asked(_))).count();
    assert_eq!(asked, 2);
    assert_eq!(second.receipt().cost, Some(Usd(165)));
    assert_eq!(sound(&first), sound(&second));
    pipeline.phrases().clear();
    let third = take(&pipeline, clip(), Tab::unlimited()).await;
    assert_eq!(third.receipt().cost, first.receipt().cost);
}

#[tokio::test]
async fn nobody_learns_from_the_bill_what_others_had_said_to_them() {
    let (engines, ..) = dear(hello(), &["It is one."]);
    let pipeline = Pipeline::new(engines, Limits::default());
    let budget = Budget::new(None);
    let other = budget.tab(Payer { name: "other".to_owned(), limit: None });

    let first = take(&pipeline, clip(), tab(&budget)).await.receipt().cost;
    let others = take(&pipeline, clip(), other).await.receipt().cost;
    let again = take(&pipeline, clip(), tab(&budget)).await.receipt().cost;

    assert_eq!((first, again), (others, Some(Usd(165))));
    assert!(first > again);
}

#[tokio::test]
async fn a_sentence_that_broke_off_is_not_kept() {
    let mut mouth = ScriptedSynthesizer::new().with(
        0,
        vec![Step::Give(crate::scripted::sound(1, 160)), Step::Fail(EngineError::Timeout)],
    );
    mouth.price = PER_CHARACTER;
    let journal = mouth.journal.clone();
    let mind = ScriptedResponder::replying(["It is one."]);
    let pipeline = Pipeline::new(
        engines(ScriptedTranscriber::hearing("hello"), mind, mouth),
        Limits::default(),
    );

    take(&pipeline, clip(), Tab::unlimited()).await;
    let second = take(&pipeline, clip(), Tab::unlimited()).await;

    assert_eq!(second.error, None);
    assert_eq!(journal.lines().len(), 2);
}

fn sound(outcome: &Outcome) -> Vec<u8> {
    outcome.sounds().iter().flat_map(|speech| speech.data.to_vec()).collect()
}

#[tokio::test]
async fn each_sentence_says_when_all_of_it_was_handed_on() {
    let (engines, ..) = dear(hello(), &["It is one. ", "It is two."]);

    let outcome = take(&Pipeline::new(engines, Limits::default()), clip(), Tab::unlimited()).await;

    let said = outcome.events.iter().filter_map(|event| match event {
        TurnEvent::Said(said) => Some((said.sentence, said.end_ms, said.span.end)),
        _ => None,
    });
    assert_eq!(said.collect::<Vec<_>>(), [(0, 10, 10), (1, 20, 21)]);
}
