//! Speech.

use std::time::{Duration, Instant};

use repartee_provider::{Behaviour, Provider};
use rusty_mp3::Mp3Decoder;
use rusty_mp3::header::FrameHeader;
use serde_json::{Value, json};

use crate::asking::{LINE, ask, post_json, speak, speak_text, with};
use crate::raw::Response;

async fn spoken(provider: &Provider, more: &Value) -> Response {
    let mut body = json!({"model": "tts-1", "voice": "nova", "input": LINE});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    ask(provider, &post_json("/v1/audio/speech", &body)).await
}

/// The frames, each of which has to lead to the next.
fn frames(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let Some(header) = rest.first_chunk() {
        let header = FrameHeader::parse(*header).unwrap();
        assert_eq!(header.sample_rate, 24_000);
        let (frame, others) = rest.split_at(header.frame_size());
        frames.push(frame);
        rest = others;
    }
    assert!(rest.is_empty());
    frames
}

#[tokio::test]
async fn speech_is_sound_that_a_player_plays() {
    let provider = with(Behaviour { tagged: false, ..Behaviour::default() }).await;
    // Long enough to go around the loop.
    let text = "word ".repeat(300);
    for (text, expected) in [(LINE, 55), ("a", 3), (&text, 3_750)] {
        let answer = ask(&provider, &speak_text(text)).await;
        assert_eq!(answer.header("content-type"), Some("audio/mpeg"));
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        assert_eq!(frames(&answer.body).len(), expected);
        let mut decoder = Mp3Decoder::new();
        decoder.push(&answer.body);
        decoder.flush();
        let mut samples = 0;
        let mut loudest = 0.0_f32;
        while let Ok(sound) = decoder.next_frame() {
            samples += sound.samples.len();
            loudest = sound.samples.iter().fold(loudest, |most, sample| most.max(sample.abs()));
        }
        assert_eq!(samples, expected * 576);
        assert!(loudest > 0.03 && loudest < 1.0, "{loudest}");
    }
}

#[tokio::test]
async fn tags_lead_and_say_how_long_it_is() {
    let provider = Provider::start().await.unwrap();
    let body = spoken(&provider, &json!({})).await.body;
    assert!(body.starts_with(b"ID3\x04\x00\x00"));
    let tag = 10 + usize::from(body[9]);
    let frames = frames(&body[tag..]);
    assert_eq!(&frames[0][13..17], b"Info");
    assert_eq!(&frames[0][21..25], &55_u32.to_be_bytes());
    assert_eq!(frames.len(), 56);
}

#[tokio::test]
async fn no_two_lines_begin_alike() {
    let provider = with(Behaviour { tagged: false, ..Behaviour::default() }).await;
    let first = spoken(&provider, &json!({})).await.body;
    let second = spoken(&provider, &json!({})).await.body;
    assert_ne!(first[..192], second[..192]);
}

#[tokio::test]
async fn plain_samples_are_spoken_too() {
    let provider = Provider::start().await.unwrap();
    let pcm = spoken(&provider, &json!({"response_format": "pcm"})).await.body;
    assert_eq!(pcm.len(), 55 * 576 * 2);
    let wav = spoken(&provider, &json!({"response_format": "wav"})).await.body;
    assert!(wav.starts_with(b"RIFF"));
    assert_eq!(wav[44..], pcm);
    let slow = spoken(&provider, &json!({"response_format": "pcm", "speed": 0.5})).await.body;
    assert_eq!(slow.len(), 2 * pcm.len());
}

#[tokio::test]
async fn lines_that_make_no_sense_are_refused() {
    let provider = Provider::start().await.unwrap();
    let refused = [
        (json!({"input": ""}), "input"),
        (json!({"input": "a".repeat(4_097)}), "input"),
        (json!({"voice": null}), "voice"),
        (json!({"model": null}), "model"),
        (json!({"speed": 9}), "speed"),
        (json!({"response_format": "smoke"}), "response_format"),
    ];
    for (more, param) in refused {
        let answer = spoken(&provider, &more).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"]["param"], param);
    }
}

#[tokio::test]
async fn speaking_takes_its_time() {
    let (first_sound, per_character) = (Duration::from_millis(40), Duration::from_millis(5));
    let provider = with(Behaviour { first_sound, per_character, ..Behaviour::default() }).await;
    let start = Instant::now();
    let slow = ask(&provider, &speak()).await;
    let characters = u32::try_from(LINE.len()).unwrap();
    assert!(start.elapsed() >= first_sound + per_character * characters);
    let call = &provider.journal()[0];
    assert!(call.first_byte.unwrap() - call.complete.unwrap() >= first_sound);
    let first_byte = call.first_byte.unwrap() - call.complete.unwrap();
    assert!(call.ended.unwrap() - call.complete.unwrap() > first_byte);
    provider.set(Behaviour::default());
    assert_eq!(ask(&provider, &speak()).await.body.len(), slow.body.len());
}
