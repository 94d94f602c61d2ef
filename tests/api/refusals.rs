//! What is refused before anything is paid for: why, and what was measured.

use bytes::Bytes;
use repartee_provider::Stage;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::door::{Door, problem};

/// A WAV of so many samples at 16 kHz.
pub fn wav(samples: impl IntoIterator<Item = i16>) -> Vec<u8> {
    let data: Vec<u8> = samples.into_iter().flat_map(i16::to_le_bytes).collect();
    let length = data.len() as u32;
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((length + 36).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(16_000u32.to_le_bytes());
    wav.extend(32_000u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(length.to_le_bytes());
    wav.extend(data);
    wav
}

/// So many seconds in which nobody says anything.
pub fn silence(seconds: usize) -> Vec<u8> {
    wav(vec![0; seconds * 16_000])
}

/// Two seconds of a fan.
pub fn noise() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    wav((0..32_000).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 48) as i16 / 16
    }))
}

async fn refused(door: &Door, sound: Vec<u8>, status: u16, code: &str) -> Value {
    let part = Part::bytes(sound).file_name("recording.webm").mime_str("audio/webm").unwrap();
    let sent = door.post("/voice-chat/").multipart(Form::new().part("audio", part));
    let told = problem(sent.send().await.unwrap(), status, code).await;
    assert_eq!(told["status"], status);
    for member in ["error", "type", "title", "detail", "stage", "retryable", "request_id"] {
        assert!(!told[member].is_null(), "{member} is missing: {told}");
    }
    assert_nothing_was_paid_for(door);
    told
}

fn assert_nothing_was_paid_for(door: &Door) {
    let calls = door.provider.journal();
    assert!(calls.iter().all(|call| call.stage == Stage::Models), "{calls:?}");
}

#[tokio::test]
async fn a_clip_without_speech_is_refused_with_its_level() {
    let door = Door::open().await;
    for sound in [silence(2), noise()] {
        let told = refused(&door, sound, 422, "no_speech").await;
        let measured = &told["measured"];
        assert!(measured["loudness_dbfs"].is_number(), "{told}");
        assert_eq!(measured["speech_seconds"], 0.0);
    }
}

#[tokio::test]
async fn a_clip_that_is_too_short_is_refused_with_its_length() {
    let door = Door::open().await;

    let told = refused(&door, wav([9_000; 800]), 422, "audio_too_short").await;

    assert_eq!(told["measured"]["duration_seconds"], 0.05);
}

#[tokio::test]
async fn what_is_no_sound_is_told_what_it_looks_like() {
    let door = Door::open().await;
    for (bytes, looks_like) in [
        (&b"<!doctype html><html><body>Hello</body></html>"[..], "HTML"),
        (b"PK\x03\x04\x14\0\0\0\x08\0archive", "ZIP"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "program"),
        (b"{\"audio\":\"base64\"}", "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
    ] {
        let told = refused(&door, bytes.to_vec(), 415, "unsupported_audio").await;
        assert_eq!(told["error"], "Unsupported audio format");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains(looks_like), "{detail}");
        for accepted in ["WebM", "Ogg", "MP4", "WAV", "MP3", "FLAC"] {
            assert!(detail.contains(accepted), "{accepted} is not offered: {detail}");
        }
    }
}

#[tokio::test]
async fn an_empty_file_is_none() {
    let door = Door::open().await;

    let told = refused(&door, Vec::new(), 400, "missing_audio").await;

    assert_eq!(told["error"], "No audio file provided");
}

#[tokio::test]
async fn a_clip_that_is_too_large_is_refused_by_its_word_and_by_its_bytes() {
    let door = Door::with(Default::default(), &[("MAX_AUDIO_MB", "1")]).await;
    let large = silence(60);

    let declared = door.post("/voice-chat").header("content-type", "audio/wav");
    let declared = declared.body(large.clone()).send().await.unwrap();
    let told = problem(declared, 413, "audio_too_large").await;
    assert_eq!(
        (&told["limit_bytes"], &told["measured_bytes"]),
        (&1_048_576.into(), &large.len().into())
    );

    let pieces: Vec<_> = large
        .chunks(8192)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    let body = Body::wrap_stream(futures_util::stream::iter(pieces));
    let chunked = door.post("/voice-chat").header("content-type", "audio/wav").body(body);
    let told = problem(chunked.send().await.unwrap(), 413, "audio_too_large").await;
    assert_eq!(told["limit_bytes"], 1_048_576);

    refused(&door, large, 413, "audio_too_large").await;
}

#[tokio::test]
async fn a_clip_that_is_too_long_is_refused_with_the_limit_in_force() {
    let door = Door::with(Default::default(), &[("MAX_AUDIO_SECONDS", "10")]).await;

    let told = refused(&door, silence(11), 413, "audio_too_long").await;

    assert_eq!(told["limit_seconds"], 10, "{told}");
    assert!(told["measured_seconds"].as_f64().is_some_and(|seconds| seconds > 10.0), "{told}");
    let capabilities = door.json("/api/v1/capabilities").await;
    assert_eq!(capabilities["limits"]["audio_seconds"], 10);
}

#[tokio::test]
async fn a_body_that_is_compressed_is_refused_by_its_encoding() {
    let door = Door::open().await;
    let packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    for path in ["/voice-chat", "/api/v1/turns/1/interrupt", "/login"] {
        let sent = door.post(path).header("content-encoding", "gzip").body(packed.clone());
        let told = problem(sent.send().await.unwrap(), 415, "unsupported_encoding").await;
        assert!(told["detail"].as_str().unwrap().contains("Content-Encoding: gzip"), "{told}");
    }
    let sent = door.post("/v1/chat/completions").header("content-encoding", "br").body(packed);
    let told: Value = sent.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["error"]["code"], "unsupported_encoding", "{told}");
    let plain = door.type_in("/voice-chat", "Hello.").header("content-encoding", "identity");
    assert!(plain.send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn an_address_that_lacks_its_version_is_told_the_whole_one() {
    let door = Door::open().await;
    for (path, meant) in [
        ("/models", "did you mean /v1/models?"),
        ("/chat/completions", "did you mean /v1/chat/completions?"),
        ("/nowhere", "GET /api/v1"),
    ] {
        let told = problem(door.post(path).send().await.unwrap(), 404, "not_found").await;
        assert_eq!(told["title"], "Not found");
        assert!(told["detail"].as_str().unwrap().contains(meant), "{told}");
    }
    let told = door.get("/nowhere").send().await.unwrap();
    let told = problem(told, 404, "not_found").await;
    assert!(!told["detail"].as_str().unwrap().contains("did you mean"), "{told}");
}
