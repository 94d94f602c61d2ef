//! Where test clips are made: one spoken sentence, and ffmpeg to pack it in every way there is.

use std::process::{Command, Stdio};

use bytes::Bytes;
use repartee::audio::clip::Clip;
use repartee::audio::decode::{Decoding, Limits, SourceInfo};
use repartee::audio::error::AudioError;
use repartee::audio::pcm::Pcm;

/// The rate that everything is heard at.
pub const RATE_HZ: u32 = 16_000;
/// "Hello. What are your opening hours on Saturday?"
pub const SPEECH: &[u8] = include_bytes!("../fixtures/sound/speech.wav");

/// The sentence as samples, read without the code under test.
pub fn speech() -> Pcm {
    let samples = SPEECH[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    Pcm { rate_hz: RATE_HZ, samples: samples.collect() }
}

/// The sentence, packed by ffmpeg: its options, and how the file's name ends.
pub fn packed(options: &str, extension: &str) -> Clip {
    Clip::new(ffmpeg(&speech(), options, extension)).unwrap()
}

/// Any samples, packed by ffmpeg.
pub fn ffmpeg(sound: &Pcm, options: &str, extension: &str) -> Bytes {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.wav"), folder.path().join("out"));
    let output = output.with_extension(extension);
    std::fs::write(&input, wav(sound)).unwrap();
    let outcome = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(&input)
        .args(options.split_whitespace())
        .arg(&output)
        .stdin(Stdio::null())
        .output();
    let outcome = outcome.unwrap_or_else(|error| {
        panic!("these tests pack sound with ffmpeg, which could not be run ({error}): apt-get install ffmpeg")
    });
    let said = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "ffmpeg {options} failed: {said}");
    Bytes::from(std::fs::read(&output).unwrap())
}

/// The plainest WAV there is.
pub fn wav(sound: &Pcm) -> Vec<u8> {
    let length = sound.samples.len() as u32 * 2;
    let mut file =
        [&b"RIFF"[..], &(36 + length).to_le_bytes(), b"WAVEfmt ", &[16, 0, 0, 0]].concat();
    file.extend([1, 0, 1, 0]);
    file.extend(sound.rate_hz.to_le_bytes());
    file.extend((sound.rate_hz * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(sound.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// All of a clip at 16 kHz, and what was known of it in the end.
pub fn heard(clip: &Clip) -> Result<(Pcm, SourceInfo), AudioError> {
    let mut decoding = Decoding::open(clip, Limits::default(), RATE_HZ)?;
    let mut samples = Vec::new();
    while let Some(block) = decoding.next_block()? {
        samples.extend(block);
    }
    Ok((Pcm { rate_hz: RATE_HZ, samples }, decoding.info().clone()))
}

/// By how many samples one sound must be shifted to be the other's; none if they are not alike at
/// any shift up to a limit.
pub fn shift_between(one: &Pcm, other: &Pcm, limit: usize) -> Option<usize> {
    const PART: std::ops::Range<usize> = 6_000..14_000;
    let part = &other.samples[PART];
    (0..=limit).find(|shift| {
        likeness(&one.samples[PART.start - shift..], part) > 0.9
            || likeness(&one.samples[PART.start + shift..], part) > 0.9
    })
}

/// How alike two sounds are from their beginnings to where the shorter one ends; 1 is the same.
pub fn likeness(one: &[i16], other: &[i16]) -> f64 {
    let (mut product, mut left, mut right) = (0, 0, 0);
    for (a, b) in one.iter().zip(other).map(|(a, b)| (i64::from(*a), i64::from(*b))) {
        product += a * b;
        left += a * a;
        right += b * b;
    }
    product as f64 / f64::max((left as f64 * right as f64).sqrt(), 1.0)
}

/// Noise that is the same each time.
pub struct Dice(pub u64);

impl Dice {
    /// The next 64 bits (SplitMix64).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    /// A number from −1 to 1.
    pub fn fraction(&mut self) -> f64 {
        self.roll() as f64 / (u64::MAX as f64 / 2.0) - 1.0
    }
}
