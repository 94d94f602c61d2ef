//! Every way to hand in a turn, on each of its addresses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use repartee_provider::Stage;
use reqwest::RequestBuilder;
use reqwest::multipart::Form;
use serde_json::json;

use crate::door::{CLIP, Door, clip, fine, problem};
use crate::listening::{header, words};

const PATHS: [&str; 4] = ["/voice-chat", "/voice-chat/", "/api/v1/turns", "/api/v1/turns/"];

async fn heard(request: RequestBuilder) -> String {
    let answer = fine(request.send().await.unwrap()).await;
    assert_eq!(header(&answer, "content-type"), "audio/mpeg");
    let heard = words(&answer, "x-transcript");
    answer.bytes().await.unwrap();
    heard
}

#[tokio::test]
async fn a_clip_is_heard_as_a_form_or_raw_on_every_address() {
    let door = Door::open().await;
    for path in PATHS {
        let raw = |kind: &str| door.post(path).header("content-type", kind).body(CLIP);
        for request in [
            door.say(path),
            raw("audio/webm"),
            raw("audio/webm;codecs=opus"),
            raw("audio/wav"),
            raw("application/octet-stream"),
            door.post(path).body(CLIP),
        ] {
            assert_eq!(heard(request).await, "What is the capital of France?", "{path}");
        }
    }
}

#[tokio::test]
async fn typed_words_are_a_turn_however_they_are_packed() {
    let door = Door::open().await;
    let said = "Où est Paris & co?";
    for path in PATHS {
        let typed =
            |kind: &str, body: String| door.post(path).header("content-type", kind).body(body);
        for request in [
            door.type_in(path, said),
            typed("application/json", json!({ "text": said }).to_string()),
            typed("application/json; charset=utf-8", json!({ "text": said }).to_string()),
            typed(
                "application/x-www-form-urlencoded",
                "text=O%C3%B9+est+Paris+%26+co%3F".to_owned(),
            ),
            typed("text/plain; charset=utf-8", said.to_owned()),
        ] {
            assert_eq!(heard(request).await, said, "{path}");
        }
    }
    assert!(door.provider.calls(Stage::Hearing).is_empty(), "nothing was there to be heard");
}

#[tokio::test]
async fn a_clip_that_says_it_is_a_form_is_told_how_to_be_sent() {
    let door = Door::open().await;
    let long = [CLIP, &[0; 200 * 1024]].concat();
    for path in PATHS {
        for clip in [CLIP.to_vec(), long.clone()] {
            let sent = door.post(path).header("content-type", "application/x-www-form-urlencoded");
            let told = problem(sent.body(clip).send().await.unwrap(), 400, "missing_audio").await;
            let detail = told["detail"].as_str().unwrap();
            for hint in ["WebM", "-H 'Content-Type: audio/webm'", "-F audio=@clip.webm"] {
                assert!(detail.contains(hint), "{hint}: {detail}");
            }
        }
    }
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn json_is_taken_for_what_it_is_where_curl_calls_it_a_form() {
    let door = Door::open().await;
    let form = "application/x-www-form-urlencoded";
    for path in PATHS {
        let sent = |body: &'static str| door.post(path).header("content-type", form).body(body);
        assert_eq!(heard(sent(" {\"text\": \"Well?\", \"speed\": 1.5}")).await, "Well?", "{path}");
        let broken = sent("{\"text\": \"Well?\"").send().await.unwrap();
        let told = problem(broken, 400, "malformed_request").await;
        assert!(told["detail"].as_str().unwrap().contains("JSON"), "{told}");
    }
    assert_eq!(door.provider.calls(Stage::Speaking)[0].speech().unwrap().speed, Some(1.5));
}

#[tokio::test]
async fn a_clip_without_a_name_is_known_by_looking() {
    let door = Door::open().await;
    for path in PATHS {
        // As curl sends `-F 'audio=<clip.webm'`.
        let bare = reqwest::multipart::Part::bytes(CLIP);
        let sent = door.post(path).multipart(Form::new().part("audio", bare));
        assert_eq!(heard(sent).await, "What is the capital of France?", "{path}");
        let left_empty = Form::new().text("audio", "").text("text", "Well?");
        assert_eq!(heard(door.post(path).multipart(left_empty)).await, "Well?", "{path}");
    }
}

#[tokio::test]
async fn sound_in_a_text_is_told_how_to_be_sent() {
    let door = Door::open().await;
    let text = || STANDARD.encode(CLIP);
    let json = |text: String| door.post("/voice-chat").json(&json!({ "audio": text }));
    for request in [
        json(text()),
        door.post("/voice-chat").multipart(Form::new().text("audio", text())),
        door.post("/voice-chat").multipart(Form::new().text("file", text())),
    ] {
        let told = problem(request.send().await.unwrap(), 400, "missing_audio").await;
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("base64") && detail.contains("-F audio=@clip.webm"), "{detail}");
    }
    let long = json(text().repeat(8)).send().await.unwrap();
    let told = problem(long, 413, "text_too_long").await;
    assert!(told["detail"].as_str().unwrap().contains("as a file"), "{told}");
}

#[tokio::test]
async fn words_that_are_none_are_told_so() {
    let door = Door::open().await;
    let form = "application/x-www-form-urlencoded";
    for text in ["", "   ", "\n"] {
        for request in [
            door.type_in("/voice-chat", text),
            door.post("/voice-chat").json(&json!({ "text": text })),
            door.post("/voice-chat").header("content-type", form).body(format!("text={text}")),
        ] {
            let told = problem(request.send().await.unwrap(), 400, "empty_text").await;
            assert_eq!(
                (&told["error"], &told["param"]),
                (&"The text is empty".into(), &"text".into())
            );
        }
    }
    let nothing = door.post("/voice-chat").send().await.unwrap();
    problem(nothing, 400, "missing_audio").await;
}

#[tokio::test]
async fn the_fields_of_a_raw_body_are_in_the_query() {
    let door = Door::open().await;

    let path = "/voice-chat?voice=nova&language=fr&speed=1.5&format=json&include_audio=none";
    let sent = door.post(path).header("content-type", "audio/webm").body(CLIP);
    let turn: serde_json::Value = fine(sent.send().await.unwrap()).await.json().await.unwrap();

    assert_eq!(turn["voice"], "nova");
    let speech = door.provider.calls(Stage::Speaking)[0].speech().unwrap().clone();
    assert_eq!((speech.voice.as_str(), speech.speed), ("nova", Some(1.5)));
    let upload = door.provider.calls(Stage::Hearing)[0].upload().unwrap().clone();
    let told = upload.fields.iter().any(|(name, value)| name.contains("language") && value == "fr");
    assert!(told, "{:?}", upload.fields);
}

#[tokio::test]
async fn numbers_and_truths_in_json_are_fields_too() {
    let door = Door::open().await;

    let body = json!({ "text": "Hello there.", "speed": 0.5, "stream": true, "language": null });
    let answer = fine(door.post("/voice-chat").json(&body).send().await.unwrap()).await;

    assert!(answer.headers().get("x-ai-response").is_none(), "it was to be streamed");
    answer.bytes().await.unwrap();
    assert_eq!(door.provider.calls(Stage::Speaking)[0].speech().unwrap().speed, Some(0.5));
}

#[tokio::test]
async fn both_sound_and_words_are_ambiguous() {
    let door = Door::open().await;

    let form = Form::new().part("audio", clip()).text("text", "Hello.");
    let both = door.post("/voice-chat").multipart(form).send().await.unwrap();
    problem(both, 400, "ambiguous_input").await;
    let raw = door.post("/voice-chat?text=Hello").header("content-type", "audio/webm").body(CLIP);
    problem(raw.send().await.unwrap(), 400, "ambiguous_input").await;

    assert!(door.provider.calls(Stage::Hearing).is_empty());
    assert!(door.provider.calls(Stage::Thinking).is_empty());
}

#[tokio::test]
async fn a_field_that_makes_no_sense_is_named() {
    let door = Door::open().await;
    for (name, value) in [
        ("speed", "9"),
        ("speed", "0.4"),
        ("speed", "NaN"),
        ("speed", "fast"),
        ("language", "!!"),
        ("timezone", "Mars/Base"),
        ("memory", "maybe"),
        ("include_audio", "perhaps"),
        ("audio_format", "flac"),
    ] {
        let form = Form::new().part("audio", clip()).text(name, value);
        let sent = door.post("/voice-chat?format=json").multipart(form);
        let told = problem(sent.send().await.unwrap(), 400, "malformed_request").await;
        assert_eq!(told["param"], name, "{value}: {told}");
    }
    let long = Form::new().part("audio", clip()).text("instructions", "x".repeat(4097));
    let told = door.post("/voice-chat").multipart(long).send().await.unwrap();
    assert_eq!(problem(told, 413, "text_too_long").await["param"], "instructions");
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn a_voice_that_nobody_has_is_answered_with_those_there_are() {
    let door = Door::open().await;

    let form = Form::new().part("audio", clip()).text("voice", "nobody");
    let told = door.post("/voice-chat").multipart(form).send().await.unwrap();
    let told = problem(told, 400, "unknown_voice").await;

    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("nobody"), "{detail}");
    for voice in [
        "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer",
        "verse", "marin", "cedar",
    ] {
        assert!(detail.contains(voice), "{voice} is not named: {detail}");
    }
    assert_eq!(told["param"], "voice");
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn the_originals_six_voices_and_the_newer_ones_are_accepted() {
    let door = Door::open().await;
    for voice in ["alloy", "echo", "fable", "onyx", "nova", "shimmer", "marin", "cedar"] {
        let form = Form::new().text("text", "Hello.").text("voice", voice);
        let answer = door.post("/voice-chat/").multipart(form).send().await.unwrap();
        assert_eq!(header(&fine(answer).await, "x-voice"), voice);
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_malformed() {
    let door = Door::open().await;
    for (kind, body) in [
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", "--x\r\nbroken"),
        ("application/json", "[1]"),
        ("application/json", "{\"text\":[1]}"),
        ("application/json", "{"),
        ("text/plain", ""),
    ] {
        let sent = door.post("/voice-chat").header("content-type", kind).body(body);
        let code = if kind == "text/plain" { "empty_text" } else { "malformed_request" };
        problem(sent.send().await.unwrap(), 400, code).await;
    }
}

#[tokio::test]
async fn a_text_that_is_a_book_is_too_long() {
    let door = Door::open().await;

    let told = door.type_in("/voice-chat", &"word ".repeat(2000)).send().await.unwrap();

    problem(told, 413, "text_too_long").await;
    assert!(door.provider.calls(Stage::Thinking).is_empty());
}
