//! The journal.

use std::time::Duration;

use repartee_provider::{Behaviour, Outcome, Provider, Stage};
use serde_json::json;

use crate::asking::{LINE, STAGES, ask, chat, get, post_json, request, speak, think, with};
use crate::raw::{Client, End};

const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn calls_are_noted_in_order_with_their_times() {
    let provider = Provider::start().await.unwrap();
    let stages = [Stage::Models, Stage::Hearing, Stage::Thinking, Stage::Speaking];
    for stage in stages {
        ask(&provider, &request(stage)).await;
    }
    let calls = provider.wait_until(|calls| calls.iter().all(|call| call.ended.is_some())).await;
    assert_eq!(calls.iter().map(|call| call.stage).collect::<Vec<_>>(), stages);
    for call in calls {
        assert_eq!(call.outcome, Outcome::Done);
        assert!(call.complete.unwrap() >= call.arrived);
        assert!(call.first_byte.unwrap() >= call.complete.unwrap());
        assert!(call.ended.unwrap() >= call.first_byte.unwrap());
    }
}

#[tokio::test]
async fn what_was_asked_is_noted() {
    let provider = Provider::start().await.unwrap();
    let more = json!({
        "max_completion_tokens": 150, "temperature": 0.5, "reasoning_effort": "low", "seed": 7,
    });
    ask(&provider, &post_json("/v1/chat/completions", &chat(&more))).await;
    ask(&provider, &speak()).await;
    let calls = provider.journal();
    let asked = calls[0].chat().unwrap();
    assert_eq!(asked.messages[0]["content"], "Hello there");
    assert_eq!(asked.max_completion_tokens, Some(150));
    assert_eq!(asked.temperature, Some(0.5));
    assert_eq!(asked.reasoning_effort.as_deref(), Some("low"));
    assert_eq!(asked.raw["seed"], 7);
    let line = calls[1].speech().unwrap();
    assert_eq!((line.input.as_str(), line.voice.as_str()), (LINE, "nova"));
    assert_eq!((line.format.as_str(), line.speed), ("mp3", None));
    assert_eq!(calls[1].content_type.as_deref(), Some("application/json"));
}

#[tokio::test]
async fn connections_are_kept_and_told_apart() {
    let provider = Provider::start().await.unwrap();
    let mut client = Client::of(&provider).await;
    for stage in STAGES {
        assert_eq!(client.ask(&request(stage)).await.end, End::Whole);
    }
    ask(&provider, &get("/v1/models")).await;
    let connections: Vec<u64> = provider.journal().iter().map(|call| call.connection).collect();
    assert_eq!(connections, [1, 1, 1, 2]);
}

#[tokio::test]
async fn clients_that_leave_before_the_first_byte_are_noticed() {
    let slow =
        Behaviour { hearing: LONG, first_token: LONG, first_sound: LONG, ..Behaviour::default() };
    for stage in STAGES {
        let provider = with(slow.clone()).await;
        let mut client = Client::of(&provider).await;
        client.send(&request(stage)).await;
        provider.wait_until(|calls| calls.iter().any(|call| call.complete.is_some())).await;
        drop(client);
        let calls = provider.wait_until(|calls| calls[0].outcome != Outcome::Open).await;
        assert_eq!((calls[0].outcome, calls[0].first_byte), (Outcome::Aborted, None));
        assert!(calls[0].ended.is_some());
    }
}

#[tokio::test]
async fn clients_that_leave_in_the_middle_are_noticed() {
    let slow = Behaviour { per_token: LONG, per_character: LONG, ..Behaviour::default() };
    for stage in [Stage::Thinking, Stage::Speaking] {
        let provider = with(slow.clone()).await;
        let mut client = Client::of(&provider).await;
        client.send(&request(stage)).await;
        assert_eq!(client.response(100).await.end, End::Open);
        drop(client);
        let calls = provider.wait_until(|calls| calls[0].outcome != Outcome::Open).await;
        assert_eq!(calls[0].outcome, Outcome::Aborted);
        assert!(calls[0].first_byte.is_some());
    }
}

#[tokio::test]
async fn clients_that_leave_while_they_send_are_noticed() {
    let provider = Provider::start().await.unwrap();
    let mut client = Client::of(&provider).await;
    let whole = request(Stage::Hearing);
    client.send(&whole[..whole.len() / 2]).await;
    provider.wait_until(|calls| !calls.is_empty()).await;
    drop(client);
    let calls = provider.wait_until(|calls| calls[0].outcome == Outcome::Aborted).await;
    assert_eq!(calls[0].complete, None);
}

#[tokio::test]
async fn the_journal_is_bounded_and_can_be_cleared_or_closed() {
    let provider = with(Behaviour { journal_limit: 2, ..Behaviour::default() }).await;
    for _ in 0..5 {
        ask(&provider, &think()).await;
    }
    assert_eq!(provider.journal().len(), 2);
    provider.reset_journal();
    assert!(provider.journal().is_empty());
    ask(&provider, &speak()).await;
    assert_eq!(provider.journal()[0].outcome, Outcome::Done);
    provider.set(Behaviour { journal: false, ..provider.behaviour() });
    ask(&provider, &speak()).await;
    assert_eq!(provider.journal().len(), 1);
}
