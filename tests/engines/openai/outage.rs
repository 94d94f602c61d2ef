//! A server that is down for all: it is left alone, and its failures are not multiplied.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use repartee_provider::{Provider, Stage};

use super::*;

/// Says three sentences of one answer at the same time; how many of them were said.
async fn say_three(mouth: &dyn Synthesizer) -> usize {
    let whole = Utterance::default();
    let lines = ["The first.", "The second.", "The third."]
        .map(|text| Line { utterance: whole.clone(), ..line(text) });
    let said = lines.map(|line| mouth.speak(line, Format::Mp3).try_collect::<Vec<_>>());
    join_all(said).await.iter().filter(|said| said.is_ok()).count()
}

/// Asks until the server is left alone; for how long.
async fn until_it_rests(ear: &dyn Transcriber) -> Duration {
    for _ in 0..20 {
        if let Some(wait) = hear(ear).await.unwrap_err().retry_after() {
            return wait;
        }
    }
    panic!("a server that is down is asked for ever");
}

#[tokio::test]
async fn a_total_outage_is_not_made_worse() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Thinking, Kind::server_error(503)));
    let mind = mind(&settings(&provider, &[]));

    let mut failed = 0;
    for _ in 0..10 {
        let turns = (0..100).map(|_| think(&*mind));
        failed += join_all(turns).await.into_iter().filter(Result::is_err).count();
    }

    assert_eq!(failed, 1_000);
    let calls = provider.calls(Stage::Thinking).len();
    assert!(calls <= 1_200, "{calls} calls for 1000 turns");
}

#[tokio::test]
async fn a_server_that_failed_in_a_row_is_left_alone_for_a_while() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Hearing, Kind::server_error(500)));
    let ear = ear(&settings(&provider, &[]));

    let mut errors = Vec::new();
    for _ in 0..1_000 {
        errors.push(hear(&*ear).await.unwrap_err());
    }

    assert_eq!(provider.calls(Stage::Hearing).len(), 5);
    let resting = errors.iter().filter_map(EngineError::retry_after);
    let resting: Vec<_> = resting.collect();
    assert!(resting.len() >= 998 && resting.iter().all(|wait| *wait <= Duration::from_secs(5)));
}

#[tokio::test]
async fn one_answer_that_fails_does_not_count_against_others() {
    for kind in [Kind::server_error(500), Kind::Reset, status(429, &[], "{}")] {
        let provider = Provider::start().await.unwrap();
        provider.fault(always(Stage::Speaking, kind.clone()));
        let mouth = mouth(&settings(&provider, &[]));

        assert_eq!(say_three(&*mouth).await, 0);

        let calls = provider.calls(Stage::Speaking).len();
        assert!((3..=5).contains(&calls), "{kind:?}: {calls} calls for one answer");
        provider.clear_faults();
        assert_eq!(say_three(&*mouth).await, 3, "{kind:?}");
    }
}

#[tokio::test]
async fn a_server_in_doubt_is_asked_one_sentence_at_a_time() {
    let provider = Provider::start().await.unwrap();
    provider.fault(once(Stage::Speaking, status(400, &[], "{}")));
    let mouth = mouth(&settings(&provider, &[]));
    speak(&*mouth, Format::Mp3).await.unwrap_err();
    provider.fault(always(Stage::Speaking, Kind::server_error(500)));
    provider.reset_journal();

    assert_eq!(say_three(&*mouth).await, 0);

    assert_eq!(provider.calls(Stage::Speaking).len(), 3);
}

#[tokio::test]
async fn an_answer_of_many_sentences_finds_out_that_the_server_is_back() {
    let provider = Provider::start().await.unwrap();
    let limited = status(429, &[("retry-after-ms", "50")], "{}");
    provider.fault(always(Stage::Speaking, limited));
    let mouth = mouth(&settings(&provider, &[]));
    for _ in 0..5 {
        say_three(&*mouth).await;
    }
    let resting = speak(&*mouth, Format::Mp3).await.unwrap_err();
    assert!(matches!(resting, EngineError::Limited { .. }), "{resting}");
    provider.clear_faults();

    // It says itself when to come back.
    tokio::time::sleep(resting.retry_after().unwrap()).await;

    assert_eq!(say_three(&*mouth).await, 3);
}

#[tokio::test]
async fn each_stage_has_a_breaker_of_its_own() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Hearing, Kind::server_error(500)));
    let settings = settings(&provider, &[]);
    let ear = ear(&settings);
    until_it_rests(&*ear).await;

    ask(&settings, Stage::Thinking).await.unwrap();
    ask(&settings, Stage::Speaking).await.unwrap();
}

#[tokio::test]
async fn what_is_refused_does_not_count_as_down() {
    let provider = Provider::start().await.unwrap();
    let ear = ear(&settings(&provider, &[]));
    for code in [400, 401, 404, 413, 422, 400, 401, 404] {
        provider.fault(once(Stage::Hearing, status(code, &[], "{}")));
        hear(&*ear).await.unwrap_err();
    }

    hear(&*ear).await.unwrap();
}

#[tokio::test]
async fn when_it_is_back_it_is_asked_again() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Hearing, Kind::server_error(500)));
    let ear = ear(&settings(&provider, &[]));
    let begun = Instant::now();
    let wait = until_it_rests(&*ear).await;
    provider.clear_faults();
    provider.reset_journal();

    // It says itself when to come back.
    tokio::time::sleep(wait).await;

    hear(&*ear).await.unwrap();
    hear(&*ear).await.unwrap();
    assert_eq!(provider.calls(Stage::Hearing).len(), 2);
    assert!(begun.elapsed() >= Duration::from_secs(4));
}
