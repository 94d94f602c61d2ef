//! API keys: owners with rights and limits of their own.

use repartee_provider::Behaviour;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::door::{Door, fine, problem};
use crate::listening::header;

fn issue(door: &Door, arguments: &[&str]) -> String {
    let shown = door.program.succeed(&[&["key", "add"][..], arguments].concat());
    shown.trim().to_owned()
}

fn with(request: RequestBuilder, key: &str) -> RequestBuilder {
    request.header("authorization", format!("Bearer {key}"))
}

/// Asks until the server has noticed that the keys are others: it looks every second.
async fn until(ask: impl Fn() -> RequestBuilder, status: u16) -> Response {
    loop {
        let answer = ask().send().await.unwrap();
        if answer.status() == status {
            return answer;
        }
    }
}

#[tokio::test]
async fn while_there_is_no_key_any_will_do_and_is_the_local_user() {
    let door = Door::open().await;

    let turn = with(door.type_in("/voice-chat?format=json", "Hello."), "sk-anything");
    let turn: Value = fine(turn.send().await.unwrap()).await.json().await.unwrap();

    let listed = with(door.get("/api/v1/conversations"), "sk-other");
    let listed: Value = fine(listed.send().await.unwrap()).await.json().await.unwrap();
    assert_eq!(listed["data"][0]["conversation_id"], turn["conversation_id"]);
    assert_eq!(door.json("/api/v1/conversations").await["data"], serde_json::json!([]));
}

#[tokio::test]
async fn once_there_is_a_key_an_unknown_one_opens_nothing() {
    let door = Door::open().await;
    let key = issue(&door, &["kitchen"]);

    let told = until(|| with(door.get("/v1/models"), "sk-anything"), 401).await;
    assert!(header(&told, "www-authenticate").starts_with("Bearer"));
    let told = with(door.say("/voice-chat"), "sk-anything").send().await.unwrap();
    problem(told, 401, "unauthenticated").await;
    fine(with(door.say("/voice-chat"), &key).send().await.unwrap()).await;
    fine(door.say("/voice-chat").send().await.unwrap()).await;
}

#[tokio::test]
async fn a_key_owns_its_conversations() {
    let door = Door::open().await;
    let (one, other) = (issue(&door, &["one"]), issue(&door, &["other"]));
    let ask = || with(door.type_in("/voice-chat?format=json", "Hello."), &one);
    let turn: Value = until(ask, 200).await.json().await.unwrap();

    let path = format!("/api/v1/turns/{}", turn["turn_id"].as_str().unwrap());
    until(|| with(door.get("/v1/models"), "sk-anything"), 401).await;
    fine(with(door.get(&path), &one).send().await.unwrap()).await;
    let stranger = with(door.get(&path), &other).send().await.unwrap();
    problem(stranger, 404, "unknown_turn").await;
    problem(door.get(&path).send().await.unwrap(), 404, "unknown_turn").await;
}

#[tokio::test]
async fn a_key_may_do_what_it_was_issued_for() {
    let door = Door::open().await;
    let (talk, read) = (
        issue(&door, &["talker", "--scope", "talk"]),
        issue(&door, &["reader", "--scope", "read"]),
    );
    until(|| with(door.get("/v1/models"), "sk-anything"), 401).await;

    let turn = fine(with(door.say("/voice-chat"), &talk).send().await.unwrap()).await;
    let conversation = format!("/api/v1/conversations/{}", header(&turn, "x-conversation-id"));
    turn.bytes().await.unwrap();
    let told = with(door.get("/api/v1/conversations"), &talk).send().await.unwrap();
    problem(told, 403, "forbidden").await;
    fine(with(door.get("/api/v1/conversations"), &read).send().await.unwrap()).await;
    for path in ["/voice-chat", "/test-transcript"] {
        problem(with(door.say(path), &read).send().await.unwrap(), 403, "forbidden").await;
    }
    let told = with(door.post("/v1/chat/completions"), &read).body("{}").send().await.unwrap();
    assert_eq!(told.status(), 403);

    let renamed = || door.client.patch(door.url(&conversation)).body("{\"title\":\"Ours\"}");
    let deleted = || door.client.delete(door.url(&conversation));
    for change in [renamed(), deleted()] {
        problem(with(change, &read).send().await.unwrap(), 403, "forbidden").await;
    }
    for change in [renamed(), deleted()] {
        fine(with(change, &talk).send().await.unwrap()).await;
    }
}

#[tokio::test]
async fn who_may_only_talk_reads_nothing_by_changing_it() {
    let door = Door::open().await;
    let talk = issue(&door, &["talker", "--scope", "talk"]);
    until(|| with(door.get("/v1/models"), "sk-anything"), 401).await;
    let said = with(door.type_in("/voice-chat", "My name is Clara."), &talk).send().await.unwrap();
    let (turn, conversation) = (header(&said, "x-turn-id"), header(&said, "x-conversation-id"));
    said.bytes().await.unwrap();
    let conversation = door.url(&format!("/api/v1/conversations/{conversation}"));
    let json = async |request: RequestBuilder| -> Value {
        fine(with(request, &talk).send().await.unwrap()).await.json().await.unwrap()
    };

    let ended = json(door.post(&format!("/api/v1/turns/{turn}/interrupt"))).await;
    assert_eq!(ended["turn_id"], turn);
    assert!(!ended.to_string().contains("Clara") && ended["reply"].is_null(), "{ended}");
    let named = json(door.client.patch(&conversation).body("{\"title\":\"Ours\"}")).await;
    assert_eq!(named["title"], "Ours");
    let steered = door.client.patch(&conversation).body("{\"instructions\":\"Be brief.\"}");
    let steered = json(steered).await;
    assert_eq!((&steered["title"], &steered["instructions"]), (&Value::Null, &"Be brief.".into()));
}

#[tokio::test]
async fn a_key_that_was_taken_back_opens_nothing() {
    let door = Door::open().await;
    let (key, _other) = (issue(&door, &["kitchen"]), issue(&door, &["hall"]));
    until(|| with(door.get("/v1/models"), "sk-anything"), 401).await;
    fine(with(door.get("/v1/models"), &key).send().await.unwrap()).await;

    door.program.succeed(&["key", "remove", "kitchen"]);

    until(|| with(door.get("/v1/models"), &key), 401).await;
    let listed = door.program.succeed_json(&["key", "list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(&key));
}

#[tokio::test]
async fn a_browser_logs_in_with_a_key_and_is_out_when_it_is_taken_back() {
    let door = Door::open().await;
    let key = issue(&door, &["kitchen"]);
    let log_in = || {
        let sent = door.post("/login").header("content-type", "application/x-www-form-urlencoded");
        sent.body(format!("token={key}"))
    };
    let cookie = header(&until(log_in, 303).await, "set-cookie");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    fine(door.say("/voice-chat").header("cookie", &cookie).send().await.unwrap()).await;

    door.program.succeed(&["key", "remove", "kitchen"]);

    until(|| door.get("/api/v1/conversations").header("cookie", &cookie), 401).await;
}

#[tokio::test]
async fn where_keys_are_asked_for_nobody_talks_without_one() {
    let door = Door::with(Behaviour::default(), &[("ACCESS", "keys")]).await;

    let told = door.say("/voice-chat").send().await.unwrap();
    problem(told, 401, "unauthenticated").await;
    let told = with(door.say("/voice-chat"), "sk-anything").send().await.unwrap();
    problem(told, 401, "unauthenticated").await;

    let token = door.program.read("data/admin.token");
    fine(with(door.say("/voice-chat"), token.trim()).send().await.unwrap()).await;
}
