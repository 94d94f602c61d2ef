//! What goes wrong after a part of an answer was sent.

use std::time::{Duration, Instant};

use repartee_provider::{At, Behaviour, Fault, Kind, Outcome, Provider, Stage};

use crate::asking::{STAGES, ask, request, think, with};
use crate::raw::{Client, End, Response};

async fn faulty(stage: Stage, bytes: usize, kind: Kind) -> (Provider, Response) {
    let provider = with(Behaviour { tagged: false, ..Behaviour::default() }).await;
    provider.fault(Fault::once(stage, At::AfterBytes(bytes), kind));
    let answer = ask(&provider, &request(stage)).await;
    (provider, answer)
}

#[tokio::test]
async fn connections_break_at_exactly_that_byte() {
    for stage in STAGES {
        for bytes in [0, 1, 13] {
            for (kind, end) in [(Kind::Reset, End::Reset), (Kind::Close, End::Closed)] {
                let (provider, answer) = faulty(stage, bytes, kind).await;
                assert_eq!((answer.status, answer.end, answer.body.len()), (200, end, bytes));
                assert_eq!(provider.journal()[0].outcome, Outcome::Faulted);
            }
        }
    }
}

#[tokio::test]
async fn a_stream_is_cut_anywhere() {
    for bytes in [200, 333, 700, 1_111] {
        let (_, answer) = faulty(Stage::Thinking, bytes, Kind::Close).await;
        assert_eq!((answer.end, answer.body.len()), (End::Closed, bytes));
    }
    let (_, answer) = faulty(Stage::Thinking, usize::MAX, Kind::Close).await;
    assert_eq!(answer.end, End::Closed);
    assert_eq!(answer.events().last().unwrap(), "[DONE]");
}

#[tokio::test]
async fn a_stream_is_cut_between_two_tokens_that_have_their_times() {
    let per_token = Duration::from_millis(5);
    let provider = with(Behaviour { per_token, ..Behaviour::default() }).await;
    let whole = ask(&provider, &think()).await;
    for bytes in [whole.body.len() / 2, whole.body.len() - 20] {
        provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(bytes), Kind::Reset));
        let answer = ask(&provider, &think()).await;
        assert_eq!((answer.end, answer.body.len()), (End::Reset, bytes));
    }
}

#[tokio::test]
async fn a_call_may_stall_in_the_middle() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        provider.fault(Fault::always(stage, At::AfterBytes(10), Kind::Stall));
        let mut client = Client::of(&provider).await;
        client.send(&request(stage)).await;
        let answer = client.response(10).await;
        assert_eq!((answer.end, answer.body.len()), (End::Open, 10));
        assert_eq!(provider.journal()[0].outcome, Outcome::Open);
        drop(client);
        provider.wait_until(|calls| calls[0].outcome == Outcome::Aborted).await;
    }
}

#[tokio::test]
async fn the_rest_of_an_answer_may_drip() {
    let provider = Provider::start().await.unwrap();
    let whole = ask(&provider, &request(Stage::Hearing)).await;
    let (gap, dripping) = (Duration::from_millis(3), 10);
    let at = At::AfterBytes(whole.body.len() - dripping);
    provider.fault(Fault::once(Stage::Hearing, at, Kind::Drip(gap)));
    let start = Instant::now();
    let answer = ask(&provider, &request(Stage::Hearing)).await;
    assert_eq!((answer.end, answer.body), (End::Whole, whole.body));
    assert!(start.elapsed() >= gap * 9);
}

#[tokio::test]
async fn an_answer_may_end_properly_but_early() {
    for stage in STAGES {
        for kind in [Kind::Truncated, Kind::Empty] {
            let (provider, answer) = faulty(stage, 25, kind).await;
            assert_eq!((answer.end, answer.body.len()), (End::Whole, 25));
            assert_eq!(provider.journal()[0].outcome, Outcome::Faulted);
        }
    }
}

#[tokio::test]
async fn an_error_is_an_event_of_its_own() {
    for kind in [Kind::JsonError, Kind::server_error(500)] {
        let (_, answer) = faulty(Stage::Thinking, 300, kind).await;
        assert_eq!((answer.status, answer.end), (200, End::Whole));
        let events = answer.events();
        assert!(events.len() >= 2);
        for (number, event) in events.iter().enumerate() {
            let event: serde_json::Value = serde_json::from_str(event).unwrap();
            assert_eq!(event["error"].is_object(), number + 1 == events.len());
        }
    }
    let (_, answer) = faulty(Stage::Thinking, 300, Kind::BadJson).await;
    assert_eq!(answer.events().last().unwrap(), "{\"text\": oops");
}

#[tokio::test]
async fn an_error_follows_the_bytes_of_other_answers() {
    for stage in [Stage::Hearing, Stage::Speaking] {
        let (_, answer) = faulty(stage, 9, Kind::JsonError).await;
        assert_eq!(answer.end, End::Whole);
        assert!(answer.body[9..].starts_with(b"{\"error\""));
    }
}

#[tokio::test]
async fn faults_happen_in_turn_and_as_often_as_they_should() {
    let provider = Provider::start().await.unwrap();
    let fault = |kind| Fault { times: Some(2), ..early(kind) };
    provider.fault(fault(Kind::server_error(500)));
    provider.fault(early(Kind::server_error(503)));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(ask(&provider, &think()).await.status);
    }
    assert_eq!(statuses, [500, 500, 503, 503]);
    assert_eq!(ask(&provider, &request(Stage::Speaking)).await.status, 200);
    provider.clear_faults();
    assert_eq!(ask(&provider, &think()).await.status, 200);
}

fn early(kind: Kind) -> Fault {
    Fault::always(Stage::Thinking, At::BeforeFirstByte, kind)
}
