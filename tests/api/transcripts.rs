//! `/test-transcript`: what was heard, how well, and what stood in the way.

use repartee_provider::{Behaviour, Stage};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::bodies::Usage;
use crate::door::{CLIP, Door, clip, fine, problem};
use crate::listening::{seconds, unpacked};
use crate::ownership::files_below;
use crate::refusals::{noise, silence, wav};

async fn tested(door: &Door, path: &str, sound: Vec<u8>) -> Value {
    let part = Part::bytes(sound).file_name("recording.webm").mime_str("audio/webm").unwrap();
    let sent = door.post(path).multipart(Form::new().part("audio", part));
    fine(sent.send().await.unwrap()).await.json().await.unwrap()
}

#[tokio::test]
async fn the_originals_members_come_first() {
    let door = Door::open().await;
    for path in ["/test-transcript", "/test-transcript/"] {
        let answer = fine(door.say(path).send().await.unwrap()).await.text().await.unwrap();
        let first = "{\"transcript\":\"What is the capital of France?\",\"success\":true,";
        assert!(answer.starts_with(first), "{answer}");
    }
}

#[tokio::test]
async fn a_tester_learns_everything_about_a_clip() {
    let door = Door::open().await;

    let told = tested(&door, "/test-transcript", CLIP.to_vec()).await;

    assert!(["good", "usable"].contains(&told["verdict"].as_str().unwrap()), "{told}");
    assert!(told["summary"].as_str().unwrap().ends_with('.'), "{told}");
    assert_eq!(told["would_voice_chat"], json!({ "accepted": true, "code": null }));
    assert_eq!(told["engine"], "openai/gpt-transcribe");
    let (duration, speech) = (&told["duration_seconds"], &told["speech_seconds"]);
    assert!(speech.as_f64().unwrap() > 0.2 && speech.as_f64() <= duration.as_f64(), "{told}");
    assert!(!told["speech_regions"].as_array().unwrap().is_empty(), "{told}");
    let audio = &told["audio"];
    assert_eq!((&audio["container"], &audio["declared"]), (&"WebM".into(), &"audio/webm".into()));
    assert_eq!((&audio["live"], &audio["truncated"]), (&true.into(), &false.into()));
    assert!(audio["codec"].as_str().unwrap().to_lowercase().contains("opus"), "{audio}");
    for number in ["sample_rate", "channels", "loudness_dbfs", "peak_dbfs", "clipped", "snr_db"] {
        assert!(audio[number].is_number(), "{number}: {audio}");
    }
    assert!(told["words"].is_array() && told["warnings"].is_array(), "{told}");
    for step in ["measure", "gate", "hearing"] {
        assert!(told["timings_ms"][step].is_number(), "{step}: {told}");
    }
    assert!(told.get("language").is_some());
    assert!(door.provider.calls(Stage::Thinking).is_empty());
}

#[tokio::test]
async fn silence_is_an_answer_and_costs_nothing() {
    let door = Door::open().await;
    for (sound, code, warning) in [
        (silence(2), "no_speech", "silent"),
        (noise(), "no_speech", "no_voice"),
        (wav([9_000; 800]), "audio_too_short", "too_short"),
    ] {
        let told = tested(&door, "/test-transcript", sound).await;
        assert_eq!((&told["transcript"], &told["success"]), (&"".into(), &true.into()));
        assert_eq!(told["verdict"], "unusable");
        assert_eq!(told["would_voice_chat"], json!({ "accepted": false, "code": code }));
        let warning_told = &told["warnings"][0];
        assert_eq!(warning_told["code"], warning, "{told}");
        for member in ["message", "fix", "measured", "threshold"] {
            assert!(!warning_told[member].is_null(), "{member}: {told}");
        }
    }
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn what_was_expected_is_compared_with_what_was_heard() {
    let door = Door::with(
        Behaviour { transcript: "what are you opening hours".to_owned(), ..Behaviour::default() },
        &[],
    )
    .await;
    let form = Form::new().part("audio", clip()).text("expected", "What are your opening hours?");

    let told = door.post("/test-transcript").multipart(form).send().await.unwrap();
    let told: Value = fine(told).await.json().await.unwrap();

    let compared = &told["expected"];
    assert_eq!(compared["word_error_rate"], 0.2, "{told}");
    let letters = compared["character_error_rate"].as_f64().unwrap();
    assert!(letters > 0.0 && letters < 0.1, "{compared}");
    let swapped = json!({ "op": "swapped", "expected": "your", "heard": "you" });
    assert!(compared["diff"].as_array().unwrap().contains(&swapped), "{compared}");
}

#[tokio::test]
async fn what_nobody_says_is_not_compared_and_takes_no_memory() {
    let heard = "seven ".repeat(2_000);
    let door = Door::with(Behaviour { transcript: heard, ..Behaviour::default() }, &[]).await;
    let asked = |expected: String| {
        let form = Form::new().part("audio", clip()).text("expected", expected);
        door.post("/test-transcript").multipart(form).send()
    };
    fine(asked("seven".to_owned()).await.unwrap()).await;
    let before = Usage::of(&door).peak_kib;
    for expected in [format!("7.{}", "7".repeat(64_000)), "777 ".repeat(5_000), "a ".repeat(2_001)]
    {
        let refused = problem(asked(expected).await.unwrap(), 400, "malformed_request").await;
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("at most 2000 words with 10000 letters"), "{refused}");
        assert_eq!(refused["param"], "expected");
    }
    let told = fine(asked("seven seven ".repeat(800)).await.unwrap()).await;

    assert_eq!(told.json::<Value>().await.unwrap()["expected"]["word_error_rate"], 0.25);
    assert_eq!(door.provider.calls(Stage::Hearing).len(), 2);
    let grown = Usage::of(&door).peak_kib - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[tokio::test]
async fn what_was_heard_can_be_had() {
    let door = Door::open().await;

    let told = tested(&door, "/test-transcript?include=audio", CLIP.to_vec()).await;

    let heard = unpacked(&told["heard"]["base64"]);
    assert_eq!(u32::from_le_bytes(heard[24..28].try_into().unwrap()), 16_000);
    assert_eq!(heard[22], 1, "one channel");
    let duration = told["duration_seconds"].as_f64().unwrap();
    assert!((seconds(&heard) - duration).abs() < 0.1, "{duration}");
}

#[tokio::test]
async fn hearing_only_asks_no_engine() {
    let door = Door::open().await;

    let told = tested(&door, "/test-transcript?hearing=only", CLIP.to_vec()).await;

    assert_eq!((&told["transcript"], &told["engine"]), (&"".into(), &Value::Null));
    assert!(told["speech_seconds"].as_f64().unwrap() > 0.2);
    assert_eq!(told["would_voice_chat"]["accepted"], true);
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn it_writes_no_conversation_and_keeps_nothing() {
    let door = Door::with(Behaviour::default(), &[("KEEP_RECORDINGS", "all")]).await;
    let key = "Bearer anything";

    let sent = door.say("/test-transcript").header("authorization", key).send().await.unwrap();
    fine(sent).await;

    let listed = door.get("/api/v1/conversations").header("authorization", key);
    let listed: Value = listed.send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["data"], json!([]));
    assert_eq!(files_below(&door.program.path("data/recordings")), 0);
}

#[tokio::test]
async fn what_is_no_clip_is_an_error_here_too() {
    let door = Door::open().await;

    problem(door.post("/test-transcript/").send().await.unwrap(), 400, "missing_audio").await;
    let page = door.post("/test-transcript").body("<!doctype html><html></html>");
    problem(page.send().await.unwrap(), 415, "unsupported_audio").await;
}
