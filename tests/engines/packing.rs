//! Speech for the tests: spoken by flite, packed by ffmpeg as the world packs it.

use std::fs;
use std::process::Command;

use futures_util::StreamExt;
use repartee::audio::clip::Clip;
use repartee::audio::format::{Format, Sound};
use repartee::audio::pcm::Pcm;
use repartee::audio::tape::Tape;
use repartee::audio::wav;
use repartee::domain::delivery::Delivery;
use repartee::domain::voice::Voice;
use repartee::engines::embedded::speaking::{Flite, SpeakingOptions};
use repartee::pipeline::engine::{Line, Synthesizer};
use repartee::pipeline::utterance::Utterance;

/// The everyday sentences that hearing is measured with, one a line.
pub fn sentences() -> Vec<&'static str> {
    include_str!("sentences.txt").lines().collect()
}

pub fn mouth() -> Flite {
    Flite::new(&SpeakingOptions::default()).unwrap()
}

pub fn line(text: &str, voice: &str) -> Line {
    Line {
        text: text.to_owned(),
        voice: Voice(voice.to_owned()),
        language: None,
        delivery: Delivery::default(),
        utterance: Utterance::default(),
    }
}

/// All samples of a line.
pub async fn spoken(mouth: &Flite, line: Line) -> Pcm {
    let mut pieces = mouth.speak(line, Format::Pcm);
    let mut whole = Pcm { rate_hz: 16_000, samples: Vec::new() };
    while let Some(piece) = pieces.next().await {
        let Sound::Pcm(piece) = piece.unwrap() else { unreachable!("flite gives samples") };
        assert_eq!(piece.rate_hz, whole.rate_hz);
        whole.samples.extend(piece.samples);
    }
    whole
}

pub fn wav(sound: &Pcm) -> Clip {
    Clip::new(wav::whole(sound)).unwrap()
}

/// As Repartee itself answers.
pub fn mp3(sound: &Pcm) -> Clip {
    let mut tape = Tape::new(Format::Mp3);
    let mut bytes = tape.push(Sound::Pcm(sound.clone())).unwrap().data.to_vec();
    bytes.extend(tape.finish().unwrap().data);
    Clip::new(bytes).unwrap()
}

/// As ffmpeg packs it; `arguments` say how, and `extension` what.
pub fn packed(sound: &Pcm, extension: &str, arguments: &[&str]) -> Clip {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.wav"), folder.path().join(extension));
    fs::write(&from, wav::whole(sound)).unwrap();
    let packing = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-y", "-i"])
        .arg(&from)
        .args(arguments)
        .args(["-f", extension])
        .arg(&to)
        .output();
    let packing = packing.unwrap_or_else(|error| {
        panic!("these tests need ffmpeg ({error}): apt-get install --no-install-recommends ffmpeg")
    });
    assert!(packing.status.success(), "{}", String::from_utf8_lossy(&packing.stderr));
    Clip::new(fs::read(to).unwrap()).unwrap()
}
