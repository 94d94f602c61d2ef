//! Listens to answers: what their headers say, whether their sound is one clean stream, and how
//! long it lasts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use repartee::audio::clip::Clip;
use repartee::audio::decode::{Decoding, Limits};
use reqwest::Response;
use serde_json::Value;

/// A header that must be there.
#[track_caller]
pub fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name).unwrap_or_else(|| panic!("there is no {name}"));
    value.to_str().unwrap().to_owned()
}

/// A header's text, as `decodeURIComponent` reads it.
#[track_caller]
pub fn words(answer: &Response, name: &str) -> String {
    percent_decode_str(&header(answer, name)).decode_utf8().unwrap().into_owned()
}

/// How long it sounds when it is decoded.
pub fn seconds(sound: &[u8]) -> f64 {
    let clip = Clip::new(sound.to_vec()).unwrap();
    let mut decoding = Decoding::open(&clip, Limits::default(), 16_000).unwrap();
    let mut samples = 0;
    while let Some(block) = decoding.next_block().unwrap() {
        samples += block.len();
    }
    samples as f64 / 16_000.0
}

/// Walks from frame to frame: nothing but frames of one kind, and no tag among them.
pub fn assert_one_mp3_stream(sound: &[u8]) {
    let (mut at, mut frames) = (0, 0);
    let first = &sound[..4];
    while at < sound.len() {
        let header: [u8; 4] = sound[at..at + 4].try_into().unwrap();
        assert_eq!(header[0], 0xff, "frame {frames} is not where the one before ends");
        assert_eq!(header[1] & 0xfe, first[1] & 0xfe, "frame {frames} is of another kind");
        assert_eq!(header[2] & 0x0c, first[2] & 0x0c, "frame {frames} has another rate");
        let length = frame_bytes(header);
        let frame = &sound[at..at + length];
        for tag in [&b"Xing"[..], b"Info", b"ID3"] {
            assert!(!frame.windows(tag.len()).any(|part| part == tag), "frame {frames} is a tag");
        }
        at += length;
        frames += 1;
    }
    assert!(frames > 10, "{frames} frames are no speech");
}

fn frame_bytes(header: [u8; 4]) -> usize {
    let newest = header[1] & 0x18 == 0x18;
    let kilobits = match newest {
        true => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        false => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    };
    let rates = match header[1] & 0x18 {
        0x18 => [44_100, 48_000, 32_000],
        0x10 => [22_050, 24_000, 16_000],
        _ => [11_025, 12_000, 8_000],
    };
    let rate = rates[usize::from(header[2] >> 2 & 3)];
    let bytes_per_kilobit = if newest { 144_000 } else { 72_000 };
    let padding = usize::from(header[2] >> 1 & 1);
    kilobits[usize::from(header[2] >> 4)] * bytes_per_kilobit / rate + padding
}

/// An event as it was sent.
#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub data: Value,
}

/// All events of an answer.
pub fn events(text: &str) -> Vec<Event> {
    let told = text.split("\n\n").filter(|told| !told.is_empty() && !told.starts_with(':'));
    told.map(|told| {
        let (name, data) = told.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        Event { name, data }
    })
    .collect()
}

/// What is packed in base64.
pub fn unpacked(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}
