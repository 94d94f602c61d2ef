//! What a conversation remembers, as the thinking engine is shown it, and what it forgets.

use repartee_provider::{At, Behaviour, Fault, Kind, Outcome, Reply, Stage};
use serde_json::{Value, json};

use crate::door::{Door, fine, problem};
use crate::listening::header;
use crate::visitors::{Visitor, nobody};

/// The messages of the latest question to the thinking engine.
fn shown(door: &Door) -> Vec<(String, String)> {
    let calls = door.provider.calls(Stage::Thinking);
    let messages = &calls.last().unwrap().chat().unwrap().messages;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.iter().map(|message| (text(&message["role"]), text(&message["content"]))).collect()
}

fn said_before(door: &Door) -> Vec<String> {
    let mut shown = shown(door);
    shown.retain(|(role, _)| role == "user" || role == "assistant");
    shown.into_iter().map(|(_, text)| text).collect()
}

/// Whether the responder has the whole question: a fault that waits for it strikes from then on.
fn asked(call: &repartee_provider::Call) -> bool {
    call.stage == Stage::Thinking && call.complete.is_some()
}

#[tokio::test]
async fn a_visitors_latest_conversation_goes_on_by_itself() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;

    let first = visitor.types("My name is Clara.", &[]).await;
    let second = visitor.types("What is my name?", &[]).await;

    assert_eq!(first["conversation_id"], second["conversation_id"]);
    let answer = "The capital of France is Paris.";
    assert_eq!(said_before(&door), ["My name is Clara.", answer, "What is my name?"]);
}

#[tokio::test]
async fn new_begins_another_and_the_older_one_goes_on_by_its_id() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let first = visitor.types("My name is Clara.", &[]).await;
    let id = first["conversation_id"].as_str().unwrap();

    let other = visitor.types("Hello.", &[("conversation_id", "new")]).await;

    assert_ne!(other["conversation_id"], id);
    assert_eq!(said_before(&door), ["Hello."]);
    for field in ["conversation_id", "session_id"] {
        let back = visitor.types("Again.", &[(field, id)]).await;
        assert_eq!(back["conversation_id"], id);
        assert_eq!(said_before(&door)[0], "My name is Clara.");
    }
    for name in ["X-Conversation-Id", "X-Session-Id"] {
        let sent =
            visitor.post("/voice-chat").header(name, id).header("content-type", "text/plain");
        let answer = fine(sent.body("And again.").send().await.unwrap()).await;
        assert_eq!(header(&answer, "x-conversation-id"), id);
        answer.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_cookie_each_turn_is_new_and_whoever_holds_the_id_goes_on() {
    let door = Door::open().await;
    let anyone = nobody(&door);

    let first = anyone.types("My name is Clara.", &[]).await;
    let second = anyone.types("What is my name?", &[]).await;
    let id = first["conversation_id"].as_str().unwrap();
    let third = anyone.types("And now?", &[("conversation_id", id)]).await;

    assert_ne!(first["conversation_id"], second["conversation_id"]);
    assert_eq!(third["conversation_id"], id);
    assert_eq!(said_before(&door)[0], "My name is Clara.");
    let turns = anyone.json(&format!("/api/v1/conversations/{id}/turns")).await;
    assert_eq!(turns["data"].as_array().unwrap().len(), 2);
    assert_eq!(anyone.json("/api/v1/conversations").await["data"], json!([]));
}

#[tokio::test]
async fn an_id_that_nobody_gave_out_is_unknown() {
    let door = Door::open().await;
    for id in ["00000000-0000-4000-8000-000000000000", "my-session", "1"] {
        let sent = door.type_in(&format!("/voice-chat?conversation_id={id}"), "Hello.");
        problem(sent.send().await.unwrap(), 404, "unknown_conversation").await;
    }
    assert!(door.provider.calls(Stage::Thinking).is_empty());
}

#[tokio::test]
async fn without_memory_a_turn_reads_nothing_and_leaves_nothing() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let known = visitor.types("My name is Clara.", &[]).await;

    let secret = visitor.types("My secret is blue.", &[("memory", "off")]).await;
    assert_eq!(said_before(&door), ["My secret is blue."]);

    visitor.types("What do you know?", &[]).await;
    assert!(!said_before(&door).iter().any(|text| text.contains("secret")));
    let path = format!("/api/v1/turns/{}", secret["turn_id"].as_str().unwrap());
    problem(visitor.get(&path).send().await.unwrap(), 404, "unknown_turn").await;
    assert_eq!((&secret["conversation_id"], &secret["audio"]["url"]), (&json!(null), &json!(null)));
    let sound = visitor.get(&format!("{path}/audio")).send().await.unwrap();
    problem(sound, 404, "unknown_turn").await;
    let listed = visitor.json("/api/v1/conversations").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"][0]["conversation_id"], known["conversation_id"]);
}

#[tokio::test]
async fn without_memory_no_address_is_given_that_leads_nowhere() {
    let door = Door::open().await;
    for rendering in ["format=mp3", "stream=1", "format=events", "format=json&include_audio=url"] {
        let path = format!("/voice-chat?memory=off&{rendering}");

        let answer = fine(door.type_in(&path, "Hello.").send().await.unwrap()).await;

        assert!(answer.headers().contains_key("x-turn-id"), "it can be interrupted: {rendering}");
        for name in ["x-conversation-id", "link"] {
            assert!(!answer.headers().contains_key(name), "{name}: {rendering}");
        }
        let told = answer.bytes().await.unwrap();
        let told = String::from_utf8_lossy(&told);
        assert!(!told.contains("/api/v1/turns/"), "{rendering}");
        let ids = told.matches("\"conversation_id\":").count();
        assert_eq!(told.matches("\"conversation_id\":null").count(), ids, "{rendering}");
    }
}

#[tokio::test]
async fn instructions_steer_their_conversation_from_there_on() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let steered = |door: &Door| shown(door)[0].1.contains("Talk like a pirate.");

    let first = visitor.types("Hello.", &[("instructions", "Talk like a pirate.")]).await;
    assert!(steered(&door));
    visitor.types("And now?", &[]).await;
    assert!(steered(&door), "the next turn is steered too");
    visitor.types("Hello.", &[("conversation_id", "new")]).await;
    assert!(!steered(&door), "another conversation is not");

    let path = format!("/api/v1/conversations/{}", first["conversation_id"].as_str().unwrap());
    assert_eq!(visitor.json(&path).await["instructions"], "Talk like a pirate.");
    let id = first["conversation_id"].as_str().unwrap();
    let change = visitor.patch(&path).json(&json!({ "instructions": null }));
    fine(change.send().await.unwrap()).await;
    visitor.types("And now?", &[("conversation_id", id)]).await;
    assert!(!steered(&door), "what was taken away steers no more");
}

#[tokio::test]
async fn two_turns_of_one_conversation_never_interleave() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let id = visitor.types("Hello.", &[]).await["conversation_id"].as_str().unwrap().to_owned();
    door.provider.fault(Fault::once(Stage::Thinking, At::BeforeFirstByte, Kind::Stall));

    let path = format!("/voice-chat?format=events&conversation_id={id}");
    let first = fine(
        visitor.post(&path).header("content-type", "text/plain").body("One.").send().await.unwrap(),
    )
    .await;
    door.provider
        .wait_until(|calls| {
            calls.iter().any(|call| call.stage == Stage::Thinking && call.outcome == Outcome::Open)
        })
        .await;
    let path = format!("/voice-chat?conversation_id={id}");
    let second = visitor.post(&path).header("content-type", "text/plain").body("Two.");
    let told = problem(second.send().await.unwrap(), 409, "turn_in_flight").await;

    assert_eq!(told["retryable"], true);
    drop(first);
    let third = || visitor.post(&path).header("content-type", "text/plain").body("Three.");
    while third().send().await.unwrap().status() == 409 {}
    assert!(!said_before(&door).iter().any(|text| text == "Two."));
}

#[tokio::test]
async fn a_conversation_survives_a_restart() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    visitor.types("My name is Clara.", &[]).await;
    let cookie = visitor.cookie.clone();

    let door = door.restart().await;
    let visitor = Visitor { door: &door, cookie };
    visitor.types("What is my name?", &[]).await;

    assert_eq!(said_before(&door)[0], "My name is Clara.");
}

#[tokio::test]
async fn a_forged_cookie_is_nobodys() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    visitor.types("My name is Clara.", &[]).await;
    let forged = visitor.cookie.replace("visitor", "Visitor");
    let forged = Visitor { door: &door, cookie: format!("{forged}x") };

    forged.types("What is my name?", &[]).await;

    assert_eq!(said_before(&door), ["What is my name?"]);
}

#[tokio::test]
async fn who_leaves_stops_the_turn_at_once() {
    let door = Door::open().await;
    door.provider.fault(Fault::once(Stage::Thinking, At::BeforeFirstByte, Kind::Stall));

    let answer = door.say("/voice-chat?format=events").send().await.unwrap();
    door.provider.wait_until(|calls| calls.iter().any(asked)).await;
    drop(answer);

    let gone = |call: &repartee_provider::Call| {
        call.stage == Stage::Thinking && call.outcome == Outcome::Aborted
    };
    door.provider.wait_until(|calls| calls.iter().any(gone)).await;
    assert!(door.provider.calls(Stage::Speaking).is_empty());
}

#[tokio::test]
async fn a_turn_in_progress_can_be_read_and_ended_and_its_engines_are_let_go() {
    let door = Door::open().await;
    door.provider.fault(Fault::once(Stage::Thinking, At::BeforeFirstByte, Kind::Stall));
    let visitor = Visitor::arrive(&door).await;
    let sent = visitor.post("/voice-chat?format=events").header("content-type", "text/plain");
    let answer = fine(sent.body("Are you there?").send().await.unwrap()).await;
    let path = format!("/api/v1/turns/{}", header(&answer, "x-turn-id"));
    door.provider.wait_until(|calls| calls.iter().any(asked)).await;

    let turn = visitor.json(&path).await;
    assert_eq!(
        (&turn["status"], &turn["transcript"]),
        (&"in_progress".into(), &"Are you there?".into())
    );
    problem(nobody(&door).get(&path).send().await.unwrap(), 404, "unknown_turn").await;
    let strange = nobody(&door).post(&format!("{path}/interrupt")).send().await.unwrap();
    problem(strange, 404, "unknown_turn").await;
    let ended = fine(visitor.post(&format!("{path}/interrupt")).send().await.unwrap()).await;

    assert_eq!(ended.json::<Value>().await.unwrap()["status"], "interrupted");
    let calls = door.provider.calls(Stage::Thinking);
    let calls = match calls[0].outcome {
        Outcome::Open => {
            let gone = |calls: &[repartee_provider::Call]| {
                calls
                    .iter()
                    .any(|call| call.stage == Stage::Thinking && call.outcome == Outcome::Aborted)
            };
            door.provider.wait_until(gone).await
        }
        _ => calls,
    };
    assert!(calls.iter().any(|call| call.outcome == Outcome::Aborted));
    assert!(door.provider.calls(Stage::Speaking).is_empty());
    assert!(answer.text().await.unwrap().contains("interrupted"));
}

#[tokio::test]
async fn memory_keeps_only_what_was_played() {
    let reply = "We open at nine in the morning. We close at five in the evening. Come and see us.";
    let behaviour = Behaviour { reply: Reply::text(reply), ..Behaviour::default() };
    let door = Door::with(behaviour, &[]).await;
    let visitor = Visitor::arrive(&door).await;
    let turn = visitor.types("When are you open?", &[]).await;
    assert_eq!(turn["spoken"], reply);
    let path = format!("/api/v1/turns/{}/interrupt", turn["turn_id"].as_str().unwrap());

    let third = turn["audio"]["duration_ms"].as_u64().unwrap() * 2 / 5;
    let cut = visitor.post(&path).json(&json!({ "played_ms": third }));
    let cut: Value = fine(cut.send().await.unwrap()).await.json().await.unwrap();

    assert_eq!((&cut["status"], &cut["reply"]), (&"interrupted".into(), &reply.into()));
    visitor.types("Go on.", &[]).await;
    let remembered = &said_before(&door)[1];
    assert!(remembered.starts_with("We open at nine"), "{remembered}");
    assert!(!remembered.contains("Come and see us"), "{remembered}");
    assert_eq!(cut["spoken"], remembered.as_str());
}

#[tokio::test]
async fn an_interruption_that_makes_no_sense_is_malformed() {
    let door = Door::open().await;
    let anyone = nobody(&door);
    let turn = anyone.types("Hello.", &[]).await;
    let path = format!("/api/v1/turns/{}/interrupt", turn["turn_id"].as_str().unwrap());

    for body in ["[1]", "{"] {
        let sent = anyone.post(&path).body(body).send().await.unwrap();
        problem(sent, 400, "malformed_request").await;
    }
    for played in ["-1", "\"soon\"", "0.5", "-0.5", "1e300", "[]"] {
        let body = format!("{{\"played_ms\":{played}}}");
        let sent = anyone.post(&path).body(body).send().await.unwrap();
        let told = problem(sent, 400, "malformed_request").await;
        assert_eq!(told["param"], "played_ms", "{told}");
        assert!(told["detail"].as_str().unwrap().contains("whole number"), "{told}");
    }
    for played in ["28000", "28000.0", "2.8e4", "null"] {
        let body = format!("{{\"played_ms\":{played}}}");
        fine(anyone.post(&path).body(body).send().await.unwrap()).await;
    }
    let unknown = "/api/v1/turns/00000000-0000-7000-8000-000000000000/interrupt";
    problem(anyone.post(unknown).send().await.unwrap(), 404, "unknown_turn").await;
}
