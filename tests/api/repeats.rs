//! Requests that may be repeated: the same key and the same request are one paid turn.

use repartee_provider::{At, Fault, Kind, Outcome, Stage};
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::door::{Door, clip, fine, problem};
use crate::listening::{events, header};
use crate::visitors::Visitor;

const KEY: &str = "9b1d-retry";

fn keyed(door: &Door, path: &str) -> RequestBuilder {
    door.say(path).header("idempotency-key", KEY)
}

/// Sends it again until its sound, which is kept behind the answer, is there.
async fn again(ask: impl Fn() -> RequestBuilder) -> Response {
    loop {
        let answer = fine(ask().send().await.unwrap()).await;
        assert_eq!(header(&answer, "idempotent-replayed"), "true");
        if !header(&answer, "content-type").starts_with("application/json") {
            return answer;
        }
    }
}

fn paid(door: &Door) -> usize {
    let calls = door.provider.journal();
    calls.iter().filter(|call| call.stage != Stage::Models).count()
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_and_paid_for_once() {
    let door = Door::open().await;
    let first = fine(keyed(&door, "/voice-chat").send().await.unwrap()).await;
    assert!(first.headers().get("idempotent-replayed").is_none());
    let before: Vec<_> = [
        "x-turn-id",
        "x-conversation-id",
        "x-transcript",
        "x-ai-response",
        "x-voice",
        "content-type",
        "content-disposition",
    ]
    .iter()
    .map(|name| (*name, header(&first, name)))
    .collect();
    let sound = first.bytes().await.unwrap();
    let cost = paid(&door);

    // Each form has another boundary.
    let second = again(|| keyed(&door, "/voice-chat")).await;

    for (name, value) in before {
        assert_eq!(header(&second, name), value);
    }
    assert_eq!(second.bytes().await.unwrap(), sound);
    assert_eq!(paid(&door), cost);
}

#[tokio::test]
async fn every_rendering_is_given_again() {
    let door = Door::open().await;
    for (place, path) in [
        "/voice-chat?stream=1",
        "/voice-chat?format=wav",
        "/voice-chat?format=ogg",
        "/voice-chat?format=pcm",
    ]
    .into_iter()
    .enumerate()
    {
        let ask = || door.say(path).header("idempotency-key", format!("key {place}"));
        let first = fine(ask().send().await.unwrap()).await;
        let kind = header(&first, "content-type");
        let sound = first.bytes().await.unwrap();

        let second = again(ask).await;

        assert_eq!(header(&second, "content-type"), kind, "{path}");
        let repeated = second.bytes().await.unwrap();
        // The length in a WAV's head was not known the first time.
        let head = if path.contains("wav") { 44 } else { 0 };
        assert_eq!(repeated[head..], sound[head..], "{path}");
    }
}

#[tokio::test]
async fn json_and_events_are_given_again() {
    let door = Door::open().await;
    let path = "/voice-chat?format=json";
    let first: Value = fine(keyed(&door, path).send().await.unwrap()).await.json().await.unwrap();
    let second: Value = loop {
        let answer = fine(keyed(&door, path).send().await.unwrap()).await;
        assert_eq!(header(&answer, "idempotent-replayed"), "true");
        let turn: Value = answer.json().await.unwrap();
        if turn["audio"]["base64"].is_string() {
            break turn;
        }
    };
    assert_eq!(first, second);

    let ask = || door.say("/voice-chat?format=events").header("idempotency-key", "other");
    let first = events(&fine(ask().send().await.unwrap()).await.text().await.unwrap());
    let second = events(&again(ask).await.text().await.unwrap());
    assert_eq!(first[0].data["turn_id"], second[0].data["turn_id"]);
    assert_eq!(first.last().unwrap().data["reply"], second.last().unwrap().data["reply"]);
    assert_eq!(second.last().unwrap().name, "finished");
}

#[tokio::test]
async fn a_key_stands_for_one_request_only() {
    let door = Door::open().await;
    fine(keyed(&door, "/voice-chat").send().await.unwrap()).await.bytes().await.unwrap();
    let cost = paid(&door);

    let form = Form::new().part("audio", clip()).text("voice", "nova");
    let other = door.post("/voice-chat").header("idempotency-key", KEY).multipart(form);
    problem(other.send().await.unwrap(), 422, "idempotency_mismatch").await;
    let rendering = keyed(&door, "/voice-chat?format=wav").send().await.unwrap();
    problem(rendering, 422, "idempotency_mismatch").await;

    assert_eq!(paid(&door), cost);
}

#[tokio::test]
async fn a_request_in_flight_is_not_answered_twice() {
    let door = Door::open().await;
    door.provider.fault(Fault::once(Stage::Hearing, At::BeforeFirstByte, Kind::Stall));
    let first = tokio::spawn(keyed(&door, "/voice-chat").send());
    let stalled =
        |call: &repartee_provider::Call| call.stage == Stage::Hearing && call.complete.is_some();
    door.provider.wait_until(|calls| calls.iter().any(stalled)).await;

    let told = keyed(&door, "/voice-chat").send().await.unwrap();
    problem(told, 409, "turn_in_flight").await;

    // Whoever goes away gives the key back.
    first.abort();
    let gone = |call: &repartee_provider::Call| call.outcome == Outcome::Aborted;
    door.provider.wait_until(|calls| calls.iter().any(gone)).await;
    loop {
        let answer = keyed(&door, "/voice-chat").send().await.unwrap();
        if answer.status() != 409 {
            assert!(fine(answer).await.headers().get("idempotent-replayed").is_none());
            break;
        }
    }
}

#[tokio::test]
async fn a_key_whose_turn_failed_is_free_again() {
    let door = Door::open().await;
    door.provider.fault(Fault::once(
        Stage::Thinking,
        At::BeforeFirstByte,
        Kind::insufficient_quota(),
    ));
    problem(keyed(&door, "/voice-chat").send().await.unwrap(), 503, "engine_quota").await;

    let answer = fine(keyed(&door, "/voice-chat").send().await.unwrap()).await;

    assert!(answer.headers().get("idempotent-replayed").is_none());
    assert_eq!(header(&answer, "x-ai-response"), "The capital of France is Paris.");
}

#[tokio::test]
async fn an_answer_is_given_again_after_a_restart() {
    let door = Door::open().await;
    let first = fine(keyed(&door, "/voice-chat").send().await.unwrap()).await;
    let id = header(&first, "x-turn-id");
    let sound = first.bytes().await.unwrap();
    again(|| keyed(&door, "/voice-chat")).await.bytes().await.unwrap();
    let cost = paid(&door);

    let door = door.restart().await;
    let second = again(|| keyed(&door, "/voice-chat")).await;

    assert_eq!(header(&second, "x-turn-id"), id);
    assert_eq!(second.bytes().await.unwrap(), sound);
    assert_eq!(paid(&door), cost);
}

#[tokio::test]
async fn an_answer_whose_sound_is_gone_is_said_again() {
    let door = Door::open().await;
    let first = fine(keyed(&door, "/voice-chat").send().await.unwrap()).await;
    let (id, mime) = (header(&first, "x-turn-id"), header(&first, "content-type"));
    first.bytes().await.unwrap();
    again(|| keyed(&door, "/voice-chat")).await.bytes().await.unwrap();
    std::fs::remove_dir_all(door.program.path("data/recordings")).unwrap();
    // Nothing is left of it in memory either.
    let door = door.restart().await;
    let asked = |stage| door.provider.calls(stage).len();
    let (thought, said) = (asked(Stage::Thinking), asked(Stage::Speaking));

    let answer = fine(keyed(&door, "/voice-chat").send().await.unwrap()).await;

    assert_eq!(header(&answer, "idempotent-replayed"), "true");
    assert_eq!((header(&answer, "x-turn-id"), header(&answer, "content-type")), (id, mime));
    assert!(!answer.bytes().await.unwrap().is_empty());
    assert_eq!((asked(Stage::Thinking), asked(Stage::Speaking)), (thought, said + 1));
}

#[tokio::test]
async fn where_no_sound_alone_is_asked_for_an_answer_whose_sound_is_gone_is_its_turn() {
    let door = Door::open().await;
    let path = "/voice-chat?format=events";
    let first = fine(keyed(&door, path).send().await.unwrap()).await;
    let id = events(&first.text().await.unwrap())[0].data["turn_id"].clone();
    again(|| keyed(&door, path)).await.bytes().await.unwrap();
    std::fs::remove_dir_all(door.program.path("data/recordings")).unwrap();

    let answer = fine(keyed(&door, path).send().await.unwrap()).await;

    assert_eq!(header(&answer, "idempotent-replayed"), "true");
    let turn: Value = answer.json().await.unwrap();
    assert_eq!(turn["turn_id"], id);
    assert!(turn["audio"]["url"].is_null() && turn["audio"]["base64"].is_null(), "{turn}");
}

#[tokio::test]
async fn keys_belong_to_their_owners() {
    let door = Door::open().await;
    let (one, other) = (Visitor::arrive(&door).await, Visitor::arrive(&door).await);
    let ask = async |visitor: &Visitor<'_>| {
        let sent = visitor.post("/voice-chat").header("idempotency-key", KEY);
        let sent = sent.header("content-type", "text/plain").body("Hello.");
        let answer = fine(sent.send().await.unwrap()).await;
        let id = header(&answer, "x-turn-id");
        answer.bytes().await.unwrap();
        id
    };

    assert_ne!(ask(&one).await, ask(&other).await);
}

#[tokio::test]
async fn a_key_that_is_none_is_malformed() {
    let door = Door::open().await;
    for key in ["", &"x".repeat(256)] {
        let told = door.say("/voice-chat").header("idempotency-key", key).send().await.unwrap();
        let told = problem(told, 400, "malformed_request").await;
        assert_eq!(told["param"], "Idempotency-Key");
    }
}
