//! A server that is down for all: it is left alone, and its failures are not multiplied.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use repartee_provider::{Provider, Stage};

use super::*;

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
