//! What goes wrong before anything was sent.

use std::time::Duration;

use repartee_provider::{At, Fault, Kind, Outcome, Provider, Stage};

use crate::asking::{STAGES, ask, request};
use crate::raw::{Client, End, Response};

async fn faulty(stage: Stage, kind: Kind) -> (Provider, Response) {
    let provider = Provider::start().await.unwrap();
    provider.fault(Fault::once(stage, At::BeforeFirstByte, kind));
    let answer = ask(&provider, &request(stage)).await;
    (provider, answer)
}

#[tokio::test]
async fn requests_are_refused_in_the_words_of_the_real_one() {
    let refusals = [
        (Kind::rate_limited("7"), 429, "rate_limit_exceeded"),
        (Kind::insufficient_quota(), 429, "insufficient_quota"),
        (Kind::model_gone(), 404, "model_not_found"),
    ];
    for stage in [Stage::Hearing, Stage::Thinking, Stage::Speaking, Stage::Models] {
        for (kind, status, code) in refusals.clone() {
            let (provider, answer) = faulty(stage, kind).await;
            assert_eq!((answer.status, answer.end), (status, End::Whole));
            assert_eq!(answer.json()["error"]["code"], code);
            assert_eq!(provider.journal()[0].outcome, Outcome::Faulted);
        }
        let (_, answer) = faulty(stage, Kind::server_error(503)).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.json()["error"]["type"], "server_error");
    }
}

#[tokio::test]
async fn refusals_may_say_where_and_when_to_try_again() {
    let (_, limited) = faulty(Stage::Thinking, Kind::rate_limited("7")).await;
    assert_eq!(limited.header("retry-after"), Some("7"));
    let (_, elsewhere) = faulty(Stage::Speaking, Kind::redirect("http://127.0.0.1:1/")).await;
    assert_eq!(elsewhere.status, 307);
    assert_eq!(elsewhere.header("location"), Some("http://127.0.0.1:1/"));
}

#[tokio::test]
async fn connections_break_without_an_answer() {
    for stage in STAGES {
        for (kind, end) in [(Kind::Reset, End::Reset), (Kind::Close, End::Closed)] {
            let (provider, answer) = faulty(stage, kind).await;
            assert_eq!((answer.status, answer.end), (0, end));
            assert_eq!(provider.journal()[0].outcome, Outcome::Faulted);
            assert_eq!(ask(&provider, &request(stage)).await.end, End::Whole);
        }
    }
}

#[tokio::test]
async fn a_stalled_call_is_open_until_its_client_leaves() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        provider.fault(Fault::once(stage, At::BeforeFirstByte, Kind::Stall));
        let mut client = Client::of(&provider).await;
        client.send(&request(stage)).await;
        let calls = provider.wait_until(|calls| calls.iter().any(|it| it.complete.is_some())).await;
        assert_eq!((calls[0].outcome, calls[0].first_byte), (Outcome::Open, None));
        drop(client);
        provider.wait_until(|calls| calls[0].outcome == Outcome::Aborted).await;
    }
}

#[tokio::test]
async fn an_answer_may_drip() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        let whole = ask(&provider, &request(stage)).await;
        provider.fault(Fault::once(stage, At::BeforeFirstByte, Kind::Drip(Duration::ZERO)));
        let answer = ask(&provider, &request(stage)).await;
        assert_eq!((answer.status, answer.end), (200, End::Whole));
        assert_eq!(answer.body.len(), whole.body.len());
        assert_eq!(provider.journal()[1].outcome, Outcome::Faulted);
    }
}

#[tokio::test]
async fn json_may_be_none() {
    for stage in [Stage::Hearing, Stage::Models, Stage::Speaking] {
        let (_, answer) = faulty(stage, Kind::BadJson).await;
        assert_eq!((answer.status, answer.end), (200, End::Whole));
        assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    }
    let (_, answer) = faulty(Stage::Thinking, Kind::BadJson).await;
    assert_eq!(answer.events().len(), 1);
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
}

#[tokio::test]
async fn half_an_answer_may_end_properly() {
    let (_, heard) = faulty(Stage::Hearing, Kind::Truncated).await;
    assert_eq!(heard.end, End::Whole);
    assert!(serde_json::from_slice::<serde_json::Value>(&heard.body).is_err());
    let (_, thought) = faulty(Stage::Thinking, Kind::Truncated).await;
    assert_eq!(thought.end, End::Whole);
    assert!(thought.events().len() > 1 && !thought.text().contains("[DONE]"));
    let (provider, spoken) = faulty(Stage::Speaking, Kind::Truncated).await;
    assert_eq!(spoken.end, End::Whole);
    let whole = ask(&provider, &request(Stage::Speaking)).await;
    let missing = whole.body.len() - spoken.body.len();
    assert_eq!(missing % 192, 96);
    assert!(missing > 20 * 192);
}

#[tokio::test]
async fn an_answer_may_be_empty_or_an_error() {
    for stage in STAGES {
        let (provider, empty) = faulty(stage, Kind::Empty).await;
        assert_eq!((empty.status, empty.end, empty.body.len()), (200, End::Whole, 0));
        assert_eq!(provider.journal()[0].outcome, Outcome::Faulted);
        let (_, error) = faulty(stage, Kind::JsonError).await;
        assert_eq!(error.status, 200);
        assert_eq!(error.json()["error"]["type"], "server_error");
    }
}
