//! Transcriptions.

use std::time::{Duration, Instant};

use repartee_provider::{Behaviour, Provider, Stage};
use serde_json::json;

use crate::asking::{ask, clip, hear, post, speak_text, with};

#[tokio::test]
async fn a_clip_is_heard_as_it_was_set() {
    let language = Some("en".to_owned());
    let transcript = "This is number {n}.".to_owned();
    let provider = with(Behaviour { transcript, language, ..Behaviour::default() }).await;
    let answer = ask(&provider, &hear()).await;
    let usage = json!({"type": "duration", "seconds": 2});
    let expected = json!({"text": "This is number 1.", "language": "en", "usage": usage});
    assert_eq!(answer.json(), expected);
    provider.set(Behaviour { language: None, usage: false, ..provider.behaviour() });
    assert_eq!(ask(&provider, &hear()).await.json(), json!({"text": "This is number 2."}));
}

#[tokio::test]
async fn everything_in_the_form_is_noted() {
    let provider = Provider::start().await.unwrap();
    let fields = [
        ("model", "gpt-transcribe"),
        ("prompt", "names"),
        ("keywords[]", "Ada"),
        ("keywords[]", "Zoë"),
        ("language", "en"),
    ];
    ask(&provider, &clip("a.webm", b"abc", &fields)).await;
    let calls = provider.calls(Stage::Hearing);
    let upload = calls[0].upload().unwrap();
    assert_eq!(upload.model, "gpt-transcribe");
    assert_eq!(upload.filename.as_deref(), Some("a.webm"));
    assert_eq!(upload.file_type.as_deref(), Some("audio/webm"));
    assert_eq!(upload.file_bytes, 3);
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(upload.file_sha256, sha256);
    assert_eq!(upload.field("prompt"), Some("names"));
    assert_eq!(upload.all("keywords[]").collect::<Vec<_>>(), ["Ada", "Zoë"]);
    assert_eq!(calls[0].organization.as_deref(), Some("house"));
}

#[tokio::test]
async fn forms_that_make_no_sense_are_refused() {
    let provider = Provider::start().await.unwrap();
    let model = [("model", "gpt-transcribe")];
    let no_file =
        "--edge\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\na\r\n--edge--\r\n";
    let no_file =
        post("/v1/audio/transcriptions", "multipart/form-data; boundary=edge", no_file.as_bytes());
    let refused = [
        (no_file, json!("file")),
        (clip("clip", b"abc", &model), json!("file")),
        (clip("clip.exe", b"abc", &model), json!("file")),
        (clip("clip.webm", b"", &model), json!("file")),
        (clip("clip.webm", b"abc", &[]), json!("model")),
        (post("/v1/audio/transcriptions", "text/plain", b"abc"), json!(null)),
    ];
    for (request, param) in refused {
        let answer = ask(&provider, &request).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"]["param"], param);
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    }
}

#[tokio::test]
async fn a_transcript_comes_in_other_forms_too() {
    let provider = Provider::start().await.unwrap();
    let asked = |name, value| clip("a.webm", b"abc", &[("model", "whisper-1"), (name, value)]);
    let text = ask(&provider, &asked("response_format", "text")).await;
    assert_eq!(text.text(), "What is the capital of France?\n");
    let verbose = ask(&provider, &asked("response_format", "verbose_json")).await;
    assert_eq!(verbose.json()["task"], "transcribe");
    let events = ask(&provider, &asked("stream", "true")).await.events();
    assert!(events[0].contains("transcript.text.delta"));
    assert!(events[1].contains("transcript.text.done"));
}

#[tokio::test]
async fn hearing_takes_its_time() {
    let hearing = Duration::from_millis(60);
    let provider = with(Behaviour { hearing, ..Behaviour::default() }).await;
    let start = Instant::now();
    ask(&provider, &hear()).await;
    assert!(start.elapsed() >= hearing);
}

#[tokio::test]
async fn clips_are_as_long_as_they_sound() {
    let provider = Provider::start().await.unwrap();
    let model = [("model", "gpt-transcribe")];
    // A hundred characters are six seconds; the tags are none.
    let mp3 = ask(&provider, &speak_text(&"a".repeat(100))).await.body;
    let head = &b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"[..];
    let wav = [head, &16_000_u32.to_le_bytes(), &32_000_u32.to_le_bytes(), b"\x02\0\x10\0data"];
    let wav = [&wav.concat(), &64_000_u32.to_le_bytes()[..], &[0; 64_000]].concat();
    let ogg = [&b"OggS\0\x04"[..], &144_000_u64.to_le_bytes(), &[0; 12]].concat();
    for (name, file, seconds) in [("a.mp3", mp3, 6), ("a.wav", wav, 2), ("a.ogg", ogg, 3)] {
        let heard = ask(&provider, &clip(name, &file, &model)).await;
        assert_eq!(heard.json()["usage"]["seconds"], seconds);
    }
}

#[tokio::test]
async fn own_speech_is_heard_as_what_was_said() {
    let provider = Provider::start().await.unwrap();
    let model = [("model", "gpt-transcribe")];
    let first = ask(&provider, &speak_text("The first line.")).await.body;
    let second = ask(&provider, &speak_text("And the second.")).await.body;
    let heard = ask(&provider, &clip("a.mp3", &second, &model)).await;
    assert_eq!(heard.json()["text"], "And the second.");
    // Whoever joins two lines may leave out their tags.
    let joined = [&first[..], &second[second.len() - 38 * 192..]].concat();
    let heard = ask(&provider, &clip("a.mp3", &joined, &model)).await;
    assert_eq!(heard.json()["text"], "The first line. And the second.");
    assert_eq!(heard.json()["usage"]["seconds"], 2);
    provider.set(Behaviour { recognises_own_speech: false, ..provider.behaviour() });
    let heard = ask(&provider, &clip("a.mp3", &second, &model)).await;
    assert_eq!(heard.json()["text"], "What is the capital of France?");
}
