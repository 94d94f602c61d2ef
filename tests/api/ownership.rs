//! One's own conversations: listed, named, taken along, deleted, and nobody else's business.

use repartee_provider::Stage;
use reqwest::Response;
use serde_json::{Value, json};

use crate::door::{Door, fine, problem};
use crate::listening::{header, seconds};
use crate::visitors::{Visitor, nobody};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Waits until the recording, which is kept behind the answer, is there.
async fn recording(visitor: &Visitor<'_>, path: &str, range: Option<&str>) -> Response {
    loop {
        let asked = visitor.get(path);
        let asked = range.iter().fold(asked, |asked, range| asked.header("range", *range));
        let answer = asked.send().await.unwrap();
        if answer.status() != 404 {
            return answer;
        }
    }
}

#[tokio::test]
async fn somebody_elses_conversation_is_not_there() {
    let door = Door::open().await;
    let (owner, stranger) = (Visitor::arrive(&door).await, Visitor::arrive(&door).await);
    let turn = owner.types("My name is Clara.", &[]).await;
    let conversation = format!("/api/v1/conversations/{}", text(&turn["conversation_id"]));
    let path = format!("/api/v1/turns/{}", text(&turn["turn_id"]));

    for other in [stranger, nobody(&door)] {
        let told = async |request: reqwest::RequestBuilder, code: &str| {
            problem(request.send().await.unwrap(), 404, code).await;
        };
        for part in ["", "/turns", "/export", "/export?format=md"] {
            told(other.get(&format!("{conversation}{part}")), "unknown_conversation").await;
        }
        told(other.delete(&conversation), "unknown_conversation").await;
        let rename = other.patch(&conversation).json(&json!({ "title": "Mine" }));
        told(rename, "unknown_conversation").await;
        told(other.get(&path), "unknown_turn").await;
        told(other.get(&format!("{path}/audio")), "unknown_turn").await;
        told(other.post(&format!("{path}/interrupt")), "unknown_turn").await;
        let id = text(&turn["conversation_id"]);
        let go_on = other.post(&format!("/voice-chat?conversation_id={id}"));
        told(go_on.header("content-type", "text/plain").body("Hi."), "unknown_conversation").await;
        assert_eq!(other.json("/api/v1/conversations").await["data"], json!([]));
    }
    assert_eq!(door.provider.calls(Stage::Thinking).len(), 1);
    assert_eq!(owner.json(&path).await["transcript"], "My name is Clara.");
}

#[tokio::test]
async fn the_list_is_newest_first_in_pages_and_can_be_searched() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let mut ids = Vec::new();
    for words in
        ["Tell me of ships.", "Tell me of Größe.", "Tell me of shoes.", "And of 100% wool."]
    {
        let turn = visitor.types(words, &[("conversation_id", "new")]).await;
        ids.insert(0, text(&turn["conversation_id"]).to_owned());
    }

    let mut listed = Vec::new();
    let mut path = "/api/v1/conversations?limit=3".to_owned();
    loop {
        let page = visitor.json(&path).await;
        let data = page["data"].as_array().unwrap();
        assert!((1..=3).contains(&data.len()), "{page}");
        listed.extend(data.iter().map(|one| text(&one["conversation_id"]).to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/conversations?limit=3&cursor={cursor}");
    }
    assert_eq!(listed, ids);
    for (query, found) in
        [("ships", Some(3)), ("100%25", Some(0)), ("nobody", None), ("%25", Some(0))]
    {
        let page = visitor.json(&format!("/api/v1/conversations?q={query}")).await;
        let data = page["data"].as_array().unwrap();
        let expected: Vec<_> = found.iter().map(|place: &usize| ids[*place].as_str()).collect();
        let got: Vec<_> = data.iter().map(|one| text(&one["conversation_id"])).collect();
        assert_eq!(got, expected, "{query}");
    }
    for (wrong, param) in [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor")] {
        let told = visitor.get(&format!("/api/v1/conversations?{wrong}")).send().await.unwrap();
        assert_eq!(problem(told, 400, "malformed_request").await["param"], param);
    }
}

#[tokio::test]
async fn a_conversation_can_be_named_and_taken_along() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let turn = visitor.types("Is it 5 o'clock?", &[]).await;
    visitor.types("And now?", &[]).await;
    let path = format!("/api/v1/conversations/{}", text(&turn["conversation_id"]));

    let renamed = visitor.patch(&path).json(&json!({ "title": "Clocks" }));
    let renamed: Value = fine(renamed.send().await.unwrap()).await.json().await.unwrap();
    assert_eq!(renamed["title"], "Clocks");
    let long = visitor.patch(&path).json(&json!({ "title": "x".repeat(201) }));
    let told = problem(long.send().await.unwrap(), 400, "malformed_request").await;
    assert_eq!(told["param"], "title");

    let taken = fine(visitor.get(&format!("{path}/export")).send().await.unwrap()).await;
    assert!(header(&taken, "content-disposition").contains("attachment"));
    assert!(header(&taken, "content-disposition").ends_with("''Clocks.json"));
    let taken: Value = taken.json().await.unwrap();
    assert_eq!(taken["conversation"]["title"], "Clocks");
    let said: Vec<_> =
        taken["turns"].as_array().unwrap().iter().map(|turn| text(&turn["transcript"])).collect();
    assert_eq!(said, ["Is it 5 o'clock?", "And now?"]);
    let titled = visitor.patch(&path).json(&json!({ "title": "Clocks <b>" }));
    fine(titled.send().await.unwrap()).await;
    let taken = fine(visitor.get(&format!("{path}/export?format=md")).send().await.unwrap()).await;
    assert!(header(&taken, "content-type").starts_with("text/markdown"));
    let taken = taken.text().await.unwrap();
    // What was said is no markup.
    assert!(taken.starts_with("# Clocks \\<b\\>\n"), "{taken}");
    assert!(taken.contains("Is it 5 o'clock?") && taken.contains("Paris"), "{taken}");
    assert!(taken.contains("**Robin**"), "{taken}");
    let odd = visitor.get(&format!("{path}/export?format=pdf")).send().await.unwrap();
    assert_eq!(problem(odd, 400, "malformed_request").await["param"], "format");
}

#[tokio::test]
async fn turns_come_in_pages_newest_first() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let mut id = String::new();
    for words in ["One.", "Two.", "Three."] {
        id = text(&visitor.types(words, &[]).await["conversation_id"]).to_owned();
    }

    let path = format!("/api/v1/conversations/{id}/turns?limit=2");
    let first = visitor.json(&path).await;
    let rest = visitor.json(&format!("{path}&cursor={}", text(&first["next_cursor"]))).await;

    let said = |page: &Value| {
        let turns = page["data"].as_array().unwrap().iter();
        turns.map(|turn| text(&turn["transcript"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (said(&first), said(&rest)),
        (vec!["Three.".to_owned(), "Two.".to_owned()], vec!["One.".to_owned()])
    );
    assert!(rest["next_cursor"].is_null());
}

#[tokio::test]
async fn a_recording_is_heard_again_whole_or_in_parts_even_after_a_restart() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let sent = visitor.post("/voice-chat").header("content-type", "text/plain").body("Hello.");
    let answer = fine(sent.send().await.unwrap()).await;
    let path = format!("/api/v1/turns/{}/audio", header(&answer, "x-turn-id"));
    let sound = answer.bytes().await.unwrap();

    let whole = recording(&visitor, &path, None).await;
    assert_eq!(whole.status(), 200);
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    assert_eq!(header(&whole, "content-type"), "audio/mpeg");
    assert_eq!(whole.bytes().await.unwrap(), sound);
    let cookie = visitor.cookie.clone();
    let door = door.restart().await;
    let visitor = Visitor { door: &door, cookie };
    let total = sound.len();
    let last = format!("bytes {}-{}/{total}", total - 10, total - 1);
    for (range, told, part) in [
        ("bytes=0-99", format!("bytes 0-99/{total}"), &sound[..100]),
        ("bytes=100-", format!("bytes 100-{}/{total}", total - 1), &sound[100..]),
        ("bytes=-10", last, &sound[total - 10..]),
    ] {
        let answer = recording(&visitor, &path, Some(range)).await;
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(header(&answer, "content-range"), told);
        assert_eq!(answer.bytes().await.unwrap(), part, "{range}");
    }
    for range in ["bytes=0-1,4-5", "bytes=5-2", "lines=1-2"] {
        let answer = recording(&visitor, &path, Some(range)).await;
        assert_eq!(answer.status(), 200, "{range}");
        assert_eq!(answer.bytes().await.unwrap(), sound, "{range}");
    }
    let beyond = recording(&visitor, &path, Some("bytes=9999999-")).await;
    assert_eq!(header(&beyond, "content-range"), format!("bytes */{total}"));
    problem(beyond, 416, "range_not_satisfiable").await;
}

#[tokio::test]
async fn a_recording_knows_its_length_in_every_format() {
    let door = Door::open().await;
    let visitor = nobody(&door);
    for format in ["mp3", "wav", "ogg", "pcm"] {
        let path = format!("/voice-chat?format=json&include_audio=url&audio_format={format}");
        let turn: Value =
            fine(door.type_in(&path, "Hello.").send().await.unwrap()).await.json().await.unwrap();

        let sound = recording(&visitor, text(&turn["audio"]["url"]), None).await;
        assert_eq!(header(&sound, "content-type"), text(&turn["audio"]["mime"]));
        let told = turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
        let heard = seconds(&sound.bytes().await.unwrap());
        assert!((heard - told).abs() < 0.15, "{format}: {heard} s are told as {told}");
    }
}

#[tokio::test]
async fn deleting_leaves_nothing() {
    let door = Door::open().await;
    let visitor = Visitor::arrive(&door).await;
    let turn = visitor.types("My name is Clara.", &[]).await;
    let sound = format!("/api/v1/turns/{}/audio", text(&turn["turn_id"]));
    assert_eq!(recording(&visitor, &sound, None).await.status(), 200);
    let spoken = door.provider.calls(Stage::Speaking).len();
    let path = format!("/api/v1/conversations/{}", text(&turn["conversation_id"]));

    let deleted = fine(visitor.delete(&path).send().await.unwrap()).await;
    assert_eq!(deleted.status(), 204);

    for gone in [path.clone(), format!("{path}/turns"), format!("{path}/export")] {
        problem(visitor.get(&gone).send().await.unwrap(), 404, "unknown_conversation").await;
    }
    problem(visitor.delete(&path).send().await.unwrap(), 404, "unknown_conversation").await;
    problem(visitor.get(&sound).send().await.unwrap(), 404, "unknown_turn").await;
    assert_eq!(visitor.json("/api/v1/conversations").await["data"], json!([]));
    assert_eq!(files_below(&door.program.path("data/recordings")), 0);
    for file in ["data/repartee.db", "data/repartee.db-wal"] {
        let rows = std::fs::read(door.program.path(file)).unwrap_or_default();
        assert!(!rows.windows(5).any(|part| part == b"Clara"), "the words are still in {file}");
    }
    visitor.types("Hello again.", &[]).await;
    assert_eq!(door.provider.calls(Stage::Speaking).len(), spoken + 1, "it was said from a cache");
}

/// How many files there are in a folder and in those within.
pub fn files_below(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn what_is_kept_for_repeats_alone_can_be_had_by_them_alone() {
    let door = Door::with(Default::default(), &[("KEEP_RECORDINGS", "none")]).await;
    let ask = |path: &str| door.type_in(path, "Hello.").header("idempotency-key", "a1");
    let path = "/voice-chat?format=json";

    let turn: Value = fine(ask(path).send().await.unwrap()).await.json().await.unwrap();
    assert!(turn["audio"]["url"].is_null(), "{turn}");
    let again: Value = loop {
        let again = fine(ask(path).send().await.unwrap()).await;
        let again: Value = again.json().await.unwrap();
        if again["audio"]["base64"].is_string() {
            break again;
        }
    };
    assert_eq!(again, turn);

    let path = format!("/api/v1/turns/{}", text(&turn["turn_id"]));
    assert!(door.json(&path).await["audio"]["url"].is_null());
    let sound = door.get(&format!("{path}/audio")).send().await.unwrap();
    problem(sound, 404, "no_recording").await;
}

#[tokio::test]
async fn nothing_is_recorded_when_nothing_is_to_be_kept() {
    let door = Door::with(Default::default(), &[("KEEP_RECORDINGS", "none")]).await;
    let visitor = Visitor::arrive(&door).await;

    let turn = visitor.types("Hello.", &[("include_audio", "url")]).await;

    assert!(turn["audio"]["url"].is_null(), "{turn}");
    let path = format!("/api/v1/turns/{}/audio", text(&turn["turn_id"]));
    problem(visitor.get(&path).send().await.unwrap(), 404, "no_recording").await;
    assert!(
        visitor.json(&format!("/api/v1/turns/{}", text(&turn["turn_id"]))).await["audio"]["url"]
            .is_null()
    );
}
