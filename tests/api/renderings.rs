//! One turn, in each of its renderings: as it was asked for by `format`, `stream` and `Accept`.

use repartee_provider::{At, Behaviour, Fault, Kind, Reply, Stage};
use reqwest::StatusCode;

use crate::door::{Door, fine, problem};
use crate::listening::{assert_one_mp3_stream, header, seconds, unpacked, words};

const REPLY: &str = "We open at nine. We close at five. On Sundays we sleep.";

fn replying(reply: &str) -> Behaviour {
    let transcript = "What are your opening hours?".to_owned();
    Behaviour { transcript, reply: Reply::text(reply), ..Behaviour::default() }
}

async fn open() -> Door {
    Door::with(replying(REPLY), &[]).await
}

#[tokio::test]
async fn the_default_is_one_clean_stream_with_everything_in_its_headers() {
    let door = open().await;

    let answer = fine(door.say("/voice-chat").send().await.unwrap()).await;

    let id = header(&answer, "x-turn-id");
    assert_eq!(header(&answer, "link"), format!("</api/v1/turns/{id}>; rel=\"describedby\""));
    assert_eq!(header(&answer, "x-voice"), "alloy");
    assert_eq!(header(&answer, "x-ai-response"), REPLY);
    assert!(answer.headers().get("x-text-encoding").is_none());
    let timing = header(&answer, "server-timing");
    for stage in ["hearing;dur=", "thinking;dur=", "speaking;dur="] {
        assert!(timing.contains(stage), "{timing}");
    }
    let conversation = header(&answer, "x-conversation-id");
    let sound = answer.bytes().await.unwrap();
    assert_one_mp3_stream(&sound);
    let turn = door.json(&format!("/api/v1/turns/{id}")).await;
    assert_eq!(turn["conversation_id"], conversation);
    let told = turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
    assert!((seconds(&sound) - told).abs() < 0.15, "{} s are told as {told}", seconds(&sound));
}

#[tokio::test]
async fn each_format_is_what_it_says_and_as_long_as_the_turn_says() {
    let door = open().await;
    for (format, mime) in [("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("ogg", "audio/ogg")] {
        for stream in ["", "&stream=1"] {
            let path = format!("/voice-chat?format={format}{stream}");
            let answer = fine(door.say(&path).send().await.unwrap()).await;

            assert!(header(&answer, "content-type").starts_with(mime), "{path}");
            let name = format!("ai_response.{format}");
            assert!(header(&answer, "content-disposition").contains(&name), "{path}");
            assert_eq!(words(&answer, "x-transcript"), "What are your opening hours?");
            let whole = stream.is_empty();
            assert_eq!(answer.headers().contains_key("x-ai-response"), whole, "{path}");
            let turn = format!("/api/v1/turns/{}", header(&answer, "x-turn-id"));
            let sound = answer.bytes().await.unwrap();
            let turn = door.json(&turn).await;
            let told = turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
            assert!((seconds(&sound) - told).abs() < 0.15, "{path}: {}", seconds(&sound));
            assert_eq!(turn["reply"], REPLY);
        }
    }
}

#[tokio::test]
async fn bare_samples_name_their_rate_and_have_no_header() {
    let door = open().await;

    let answer = fine(door.say("/voice-chat?format=pcm").send().await.unwrap()).await;

    let kind = header(&answer, "content-type");
    let rate: f64 = kind
        .split("rate=")
        .nth(1)
        .and_then(|rate| rate.split(';').next())
        .unwrap()
        .parse()
        .unwrap();
    let turn = format!("/api/v1/turns/{}", header(&answer, "x-turn-id"));
    let sound = answer.bytes().await.unwrap();
    let told = door.json(&turn).await["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
    assert!((sound.len() as f64 / 2.0 / rate - told).abs() < 0.15, "{kind}");
}

#[tokio::test]
async fn json_is_the_turn_with_its_sound_as_it_was_asked_for() {
    let door = open().await;

    let answer = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
    for name in ["x-transcript", "x-ai-response", "x-conversation-id", "x-turn-id", "x-voice"] {
        assert!(!header(&answer, name).is_empty(), "{name}");
    }
    assert!(header(&answer, "server-timing").contains("hearing;dur="));
    let turn: serde_json::Value = answer.json().await.unwrap();

    assert_one_mp3_stream(&unpacked(&turn["audio"]["base64"]));
    for member in [
        "turn_id",
        "conversation_id",
        "status",
        "created_at",
        "transcript",
        "reply",
        "spoken",
        "language",
        "voice",
        "engines",
        "audio",
        "timings_ms",
        "usage",
        "cost_usd",
        "warnings",
        "problem",
    ] {
        assert!(turn.get(member).is_some(), "{member} is missing: {turn}");
    }
    assert_eq!((&turn["status"], &turn["cost_usd"]), (&"finished".into(), &().into()));
    for (fields, has_url) in [("include_audio=url", true), ("include_audio=none", false)] {
        let path = format!("/voice-chat?format=json&audio_format=wav&{fields}");
        let turn = fine(door.say(&path).send().await.unwrap()).await;
        let turn: serde_json::Value = turn.json().await.unwrap();
        assert!(turn["audio"]["base64"].is_null(), "{turn}");
        assert_eq!(turn["audio"]["url"].is_string(), has_url, "{turn}");
        assert_eq!(turn["audio"]["mime"], "audio/wav");
    }
}

#[tokio::test]
async fn a_wav_in_json_says_how_long_it_is() {
    let door = open().await;

    let turn = door.say("/voice-chat?format=json&audio_format=wav").send().await.unwrap();
    let turn: serde_json::Value = fine(turn).await.json().await.unwrap();

    let sound = unpacked(&turn["audio"]["base64"]);
    let size = |at: usize| u32::from_le_bytes(sound[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((size(4), size(40)), (sound.len() - 8, sound.len() - 44));
}

#[tokio::test]
async fn bare_samples_in_json_are_called_that() {
    let door = open().await;

    let turn = door.say("/voice-chat?format=json&audio_format=pcm").send().await.unwrap();
    let turn: serde_json::Value = fine(turn).await.json().await.unwrap();

    assert_eq!(turn["audio"]["mime"], "audio/pcm; rate=24000; channels=1; format=s16le");
    let seconds = unpacked(&turn["audio"]["base64"]).len() as f64 / 48_000.0;
    assert!((seconds - turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3).abs() < 0.15);
    let kept = format!("/api/v1/turns/{}", turn["turn_id"].as_str().unwrap());
    assert_eq!(door.json(&kept).await["audio"]["mime"], "audio/wav");
}

#[tokio::test]
async fn a_wish_that_is_none_is_told() {
    let door = open().await;
    for (path, param) in [
        ("/voice-chat?stream=maybe", "stream"),
        ("/test-transcript?hearing=maybe", "hearing"),
        ("/test-transcript?include=maybe", "include"),
    ] {
        let told = problem(door.say(path).send().await.unwrap(), 400, "malformed_request").await;
        assert_eq!(told["param"], param, "{told}");
    }
}

#[tokio::test]
async fn what_is_accepted_is_what_is_sent() {
    let door = open().await;
    for (accept, kind) in [
        ("application/json, text/plain, */*", "audio/mpeg"),
        ("*/*", "audio/mpeg"),
        ("audio/*", "audio/mpeg"),
        ("application/json, audio/*;q=0.1", "audio/mpeg"),
        ("audio/wav", "audio/wav"),
        ("audio/ogg, audio/mpeg;q=0.5", "audio/ogg"),
        ("audio/mpeg;q=0.2, audio/wav;q=0.9", "audio/wav"),
        ("application/json", "application/json"),
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, application/json;q=0.9", "text/event-stream"),
        ("audio/*;q=0, application/json", "application/json"),
        ("audio/mpeg;q=0, audio/ogg", "audio/ogg"),
    ] {
        let asked = door.say("/voice-chat").header("accept", accept);
        let answer = fine(asked.send().await.unwrap()).await;
        let sent = header(&answer, "content-type");
        assert!(sent.starts_with(kind), "{accept}: {sent}");
        assert!(header(&answer, "vary").contains("Accept"), "{accept}");
        answer.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_served_is_said_before_anything_is_paid_for() {
    let door = open().await;

    for accept in ["image/png", "text/html", "audio/flac", "*/*;q=0"] {
        let asked = door.say("/voice-chat").header("accept", accept);
        problem(asked.send().await.unwrap(), 406, "not_acceptable").await;
    }
    let told = door.say("/voice-chat?format=flac").send().await.unwrap();
    let told = problem(told, 406, "not_acceptable").await;

    assert!(told["detail"].as_str().unwrap().contains("ogg"), "{told}");
    assert!(door.provider.journal().iter().all(|call| call.stage == Stage::Models));
}

#[tokio::test]
async fn the_query_wins_over_accept() {
    let door = open().await;

    let asked = door.say("/voice-chat?format=wav").header("accept", "application/json");

    let answer = fine(asked.send().await.unwrap()).await;
    assert_eq!(header(&answer, "content-type"), "audio/wav");
}

#[tokio::test]
async fn a_format_is_known_in_capitals_too() {
    let door = open().await;
    for (format, kind) in
        [("MP3", "audio/mpeg"), ("WAV", "audio/wav"), ("JSON", "application/json")]
    {
        let asked = door.say(&format!("/voice-chat?format={format}"));
        assert_eq!(header(&fine(asked.send().await.unwrap()).await, "content-type"), kind);
    }
}

#[tokio::test]
async fn a_stream_begins_before_the_reply_has_ended() {
    let door = open().await;
    let sentences = "It goes on and on. ".repeat(40);
    door.provider.set(replying(&sentences));
    door.provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(8_000), Kind::Stall));

    let mut answer = fine(door.say("/voice-chat?stream=1").send().await.unwrap()).await;
    let first = answer.chunk().await.unwrap().unwrap();

    assert_eq!(first[0], 0xff);
    assert!(answer.headers().get("x-ai-response").is_none());
    let turn = door.json(&format!("/api/v1/turns/{}", header(&answer, "x-turn-id"))).await;
    assert_eq!(turn["status"], "in_progress");
    assert!(turn["reply"].as_str().unwrap().starts_with("It goes on"), "{turn}");
}

#[tokio::test]
async fn the_default_begins_when_the_text_is_complete_and_the_first_sound_is_there() {
    let door = open().await;
    door.provider.fault(Fault::once(Stage::Speaking, At::AfterBytes(6_000), Kind::Stall));

    let mut answer = fine(door.say("/voice-chat").send().await.unwrap()).await;

    assert_eq!(header(&answer, "x-ai-response"), REPLY);
    assert!(answer.chunk().await.unwrap().is_some());
}

#[tokio::test]
async fn a_failure_after_the_first_sound_cuts_the_body() {
    let door = open().await;
    for path in ["/voice-chat", "/voice-chat?format=wav&stream=1", "/voice-chat?format=ogg"] {
        door.provider.clear_faults();
        door.provider.fault(Fault::always(Stage::Speaking, At::AfterBytes(6_000), Kind::Reset));

        let answer = door.say(path).send().await.unwrap();

        // A line that breaks before its sound is delivered is an error as any other.
        if answer.status() == StatusCode::OK {
            assert!(answer.bytes().await.is_err(), "{path} looks whole");
        } else {
            assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{path}");
        }
    }
}

#[tokio::test]
async fn a_reply_with_nothing_to_say_aloud_is_a_spoken_apology_and_marked() {
    let door = open().await;
    door.provider.set(replying("😀 😀"));

    let turn = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
    let turn: serde_json::Value = turn.json().await.unwrap();

    assert_eq!(turn["warnings"], serde_json::json!(["nothing_speakable"]), "{turn}");
    assert!(seconds(&unpacked(&turn["audio"]["base64"])) > 0.3);
    let said = door.provider.calls(Stage::Speaking)[0].speech().unwrap().input.clone();
    assert_eq!(turn["spoken"], said, "{turn}");
}

#[tokio::test]
async fn a_reply_that_was_cut_off_ends_at_its_last_whole_sentence_and_is_marked() {
    let door = open().await;
    let reply = Reply::text("We open at nine. We close at").cut_short();
    door.provider.set(Behaviour { reply, ..Behaviour::default() });

    let turn = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
    let turn: serde_json::Value = turn.json().await.unwrap();

    assert_eq!(turn["warnings"], serde_json::json!(["cut_off"]), "{turn}");
    let said: Vec<_> = door.provider.calls(Stage::Speaking);
    let said: Vec<_> = said.iter().map(|call| call.speech().unwrap().input.clone()).collect();
    assert_eq!(said, ["We open at nine."]);
}

#[tokio::test]
async fn an_engine_that_fails_is_told_with_its_stage_in_the_originals_words() {
    for (stage, name, words) in [
        (Stage::Hearing, "hearing", "Failed to transcribe audio"),
        (Stage::Thinking, "thinking", "Failed to get AI response"),
        (Stage::Speaking, "speaking", "Failed to generate speech"),
    ] {
        let door = open().await;
        door.provider.fault(Fault::always(stage, At::BeforeFirstByte, Kind::insufficient_quota()));

        let told = door.say("/voice-chat").send().await.unwrap();
        let told = problem(told, 503, "engine_quota").await;

        assert_eq!((&told["error"], &told["stage"]), (&words.into(), &name.into()), "{told}");
        assert!(!told["detail"].as_str().unwrap().contains("exceeded your current"), "{told}");
    }
}
