//! The document tells of everything there is, and nothing else.

use std::collections::BTreeSet;

use repartee::routes;
use repartee::routes::problem::KINDS;
use repartee_provider::{Behaviour, Reply};
use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::document::Document;
use crate::door::{Door, clip, fine};

#[tokio::test]
async fn every_route_is_in_the_document_and_the_other_way_round() {
    let document = Document::of(&Door::open().await).await;

    let routes = routes::addresses();
    let routes: BTreeSet<_> = routes.map(|(how, path)| (how.to_owned(), path)).collect();

    assert_eq!(document.calls(), routes);
}

#[tokio::test]
async fn it_names_this_version_and_every_code() {
    let document = Document::of(&Door::open().await).await;

    assert_eq!(document.0["info"]["version"], env!("CARGO_PKG_VERSION"));
    let codes = document.0["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    let codes: BTreeSet<_> = codes.iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(codes, KINDS.iter().map(|kind| kind.code).collect());
}

#[tokio::test]
async fn who_knows_it_already_is_not_sent_it_again() {
    let door = Door::open().await;
    let first = fine(door.get("/openapi.json").send().await.unwrap()).await;
    let tag = first.headers()["etag"].clone();

    let again = door.get("/openapi.json/").header("If-None-Match", &tag).send().await.unwrap();
    let other = door.get("/openapi.json").header("If-None-Match", "\"old\"").send().await.unwrap();

    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["etag"], tag);
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn its_examples_are_what_it_says() {
    let document = Document::of(&Door::open().await).await;

    let mut count = 0;
    check_examples(&document, &document.0, &mut count);

    assert!(count > 20, "only {count} examples were found");
}

fn check_examples(document: &Document, value: &Value, count: &mut usize) {
    let examples = value["examples"].as_array().into_iter().flatten();
    for example in examples {
        document.hold(value, example, "an example of a schema");
        *count += 1;
    }
    if let Some(example) = value.get("example").filter(|_| value["schema"].is_object()) {
        document.hold(&value["schema"], example, "an example of a body");
        *count += 1;
    }
    let members = value.as_object().into_iter().flat_map(|object| object.values());
    for inner in members.chain(value.as_array().into_iter().flatten()) {
        if inner.is_object() || inner.is_array() {
            check_examples(document, inner, count);
        }
    }
}

#[tokio::test]
async fn what_is_read_is_as_it_says() {
    let door = Door::open().await;
    let document = Document::of(&door).await;
    let (turn, conversation) = door.turn_to_read().await;

    for (method, path) in routes::addresses().filter(|(method, _)| *method == "GET") {
        let id = if path.contains("/turns/") { &turn } else { &conversation };
        let url = path.replace("{id}", id).replace("{slug}", "no-speech");
        let url = url.replace("{file}", "js/repartee.js");
        let call = format!("{method} {path}");
        let found = document.check(&call, door.get(&url).send().await.unwrap()).await;
        assert_ne!(found["status"], 404, "{call}");
        let lost = url.replace(id.as_str(), "00000000-0000-0000-0000-000000000000");
        document.check(&call, door.get(&lost).send().await.unwrap()).await;
    }
    let health = door.json("/health").await;
    document.holds("Health", &health);
    document.holds("Capabilities", &door.json("/api/v1/capabilities").await);
    document.holds("Limits", &door.json("/api/v1/capabilities").await["limits"]);
    let conversation = format!("/api/v1/conversations/{conversation}");
    document.holds("Conversation", &door.json(&conversation).await);
}

#[tokio::test]
async fn a_turn_is_as_it_says_in_every_rendering() {
    let door = Door::open().await;
    let document = Document::of(&door).await;

    for query in ["", "?stream=1", "?format=wav", "?format=ogg", "?format=pcm", "?format=events"] {
        let answer = fine(door.say(&format!("/voice-chat{query}")).send().await.unwrap()).await;
        document.check("POST /voice-chat", answer).await;
    }
    for include in ["base64", "url", "none"] {
        let path = format!("/voice-chat?format=json&include_audio={include}");
        let answer = fine(door.say(&path).send().await.unwrap()).await;
        document.holds("Turn", &document.check("POST /voice-chat", answer).await);
    }
}

#[tokio::test]
async fn events_are_as_it_says() {
    let behaviour = Behaviour { reply: Reply::text("One. Two."), ..Behaviour::default() };
    let door = Door::with(behaviour, &[]).await;
    let document = Document::of(&door).await;
    let answer = fine(door.say("/voice-chat?format=events").send().await.unwrap()).await;
    let text = answer.text().await.unwrap();

    let mut names = BTreeSet::new();
    for event in text.split_terminator("\n\n").filter(|event| !event.starts_with(':')) {
        let (name, data) = event.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap();
        let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        document.holds(document.event(name), &data);
        names.insert(name.to_owned());
    }
    let all = ["started", "heard", "reply", "speech", "finished"];
    assert_eq!(names, all.map(str::to_owned).into());
}

#[tokio::test]
async fn problems_are_as_it_says() {
    let door = Door::open().await;
    let document = Document::of(&door).await;
    let form = |name: &'static str, text: &str| Form::new().text(name, text.to_owned());
    let both = form("text", "Hello.").part("audio", clip());
    let silence = repartee::audio::wav::whole(&repartee::audio::pcm::Pcm {
        samples: vec![0; 32_000],
        rate_hz: 16_000,
    });
    let post = |path: &str| door.post(path);
    let refused = [
        ("missing_audio", post("/voice-chat")),
        ("ambiguous_input", post("/voice-chat").multipart(both)),
        ("malformed_request", post("/voice-chat?speed=9").multipart(form("text", "Hello."))),
        ("unknown_voice", post("/voice-chat?voice=nobody").multipart(form("text", "Hello."))),
        ("not_acceptable", post("/voice-chat?format=flac").multipart(form("text", "Hello."))),
        ("unknown_conversation", post("/voice-chat?conversation_id=none").body("x")),
        ("unsupported_audio", post("/voice-chat").body("no sound at all")),
        ("text_too_long", post("/voice-chat").multipart(form("text", &"a".repeat(10_000)))),
        ("no_speech", post("/voice-chat").body(silence)),
    ];
    for (code, request) in refused {
        let told = document.check("POST /voice-chat", request.send().await.unwrap()).await;
        if code != "unknown_conversation" {
            assert_eq!(told["code"], code, "{told}");
        }
        document.holds("Problem", &told);
    }
}

#[tokio::test]
async fn the_hearing_and_openais_shapes_are_as_it_says() {
    let door = Door::open().await;
    let document = Document::of(&door).await;

    let heard = door.say("/test-transcript?expected=One&include=audio").send().await.unwrap();
    document.holds("Examination", &document.check("POST /test-transcript", heard).await);
    for format in ["json", "text", "verbose_json", "srt", "vtt"] {
        let form = Form::new().part("file", clip()).text("response_format", format);
        let words = door.post("/v1/audio/transcriptions").multipart(form).send().await.unwrap();
        document.check("POST /v1/audio/transcriptions", fine(words).await).await;
    }
    for body in [
        r#"{"input":"Hello."}"#,
        r#"{"input":"Hello.","stream_format":"sse"}"#,
        r#"{"input":""}"#,
        r#"{"input":"Hello.","voice":"nobody"}"#,
    ] {
        let sound = door.post("/v1/audio/speech").body(body).send().await.unwrap();
        document.check("POST /v1/audio/speech", sound).await;
    }
    let model = door.get("/v1/models/gpt-6-luna").send().await.unwrap();
    document.holds("Model", &document.check("GET /v1/models/{id}", model).await);
    let nobody = door.get("/v1/models/nobody").send().await.unwrap();
    document.check("GET /v1/models/{id}", nobody).await;
    for stream in ["false", "true"] {
        let body =
            format!(r#"{{"stream":{stream},"messages":[{{"role":"user","content":"Hello."}}]}}"#);
        let words = door.post("/v1/chat/completions").body(body).send().await.unwrap();
        document.check("POST /v1/chat/completions", fine(words).await).await;
    }
}
