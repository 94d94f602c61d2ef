//! Known sound, and decoders that are not ours to judge what we make of it.

use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use repartee::audio::pcm::Pcm;
use rusty_mp3::header::FrameHeader;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// Something like a voice: harmonics that glide, in syllables, so that it matches only itself.
pub fn voice(rate_hz: u32, milliseconds: u32) -> Pcm {
    let count = u64::from(rate_hz) * u64::from(milliseconds) / 1000;
    let mut phase = 0f64;
    let sample = |index: u64| {
        let time = index as f64 / f64::from(rate_hz);
        let pitch_hz = 260.0 + 40.0 * (time * 5.1).sin() + 25.0 * (time * 1.7).cos();
        phase += pitch_hz / f64::from(rate_hz) * std::f64::consts::TAU;
        let syllable = (time * 12.0).sin().abs() * (0.6 + 0.4 * (time * 3.3).sin());
        let tone: f64 = (1..12).map(|n| (phase * f64::from(n)).sin() / f64::from(n)).sum();
        (tone * syllable * 9_000.0) as i16
    };
    Pcm { rate_hz, samples: (0..count).map(sample).collect() }
}

/// Samples of full loudness from the first to the last, so that any gap shows.
pub fn hum(rate_hz: u32, milliseconds: u32) -> Pcm {
    let count = u64::from(rate_hz) * u64::from(milliseconds) / 1000;
    let sample = |index: u64| {
        let time = index as f64 / f64::from(rate_hz);
        (12_000.0 * (time * 440.0 * std::f64::consts::TAU).cos()) as i16
    };
    Pcm { rate_hz, samples: (0..count).map(sample).collect() }
}

/// What symphonia hears. It must not find a single fault.
pub fn hear(file: &[u8]) -> Pcm {
    let mut reader = open(file);
    let track = reader.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
    // Its demuxer guesses a length where no tag names one, and its decoder would cut there.
    let options = AudioDecoderOptions::default().gapless(false);
    let codecs = symphonia::default::get_codecs();
    let mut decoder = codecs.make_audio_decoder(&parameters, &options).unwrap();
    let mut heard = Pcm::default();
    while let Some(packet) = reader.next_packet().unwrap() {
        let decoded = decoder.decode(&packet).unwrap();
        let channels = decoded.num_planes();
        heard.rate_hz = decoded.spec().rate();
        let mut samples: Vec<i16> = Vec::new();
        decoded.copy_to_vec_interleaved(&mut samples);
        heard.samples.extend(samples.iter().step_by(channels));
    }
    heard
}

/// The frames of an MP3 as symphonia finds them: no tags among them.
pub fn frames(file: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = open(file);
    std::iter::from_fn(|| reader.next_packet().unwrap())
        .map(|packet| packet.data.to_vec())
        .collect()
}

/// The frames of a bare stream of any length. None if there is anything but whole frames.
pub fn walk(mut stream: &[u8]) -> Option<Vec<&[u8]>> {
    let mut frames = Vec::new();
    while !stream.is_empty() {
        let header = FrameHeader::parse(*stream.first_chunk()?).ok()?;
        let (frame, rest) = stream.split_at_checked(header.frame_size())?;
        frames.push(frame);
        stream = rest;
    }
    Some(frames)
}

fn open(file: &[u8]) -> Box<dyn FormatReader> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(file.to_vec())), Default::default());
    symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .unwrap()
}

/// What ffmpeg hears, mono at the rate asked for. It must not find a single fault.
pub fn ffmpeg_hears(file: &[u8], rate_hz: u32) -> Pcm {
    let rate = rate_hz.to_string();
    let output = ["-f", "s16le", "-ac", "1", "-ar", &rate, "pipe:1"];
    // A WAV that is sent while it is made can't name its length, and ffmpeg warns of that.
    let streamed_wav = file.starts_with(b"RIFF\xff\xff\xff\xff");
    let strict = ["-v", "warning", "-xerror", "-i", "pipe:0"];
    let lenient = ["-v", "error", "-i", "pipe:0"];
    let bytes = ffmpeg(if streamed_wav { &lenient } else { &strict }, &output, file);
    let samples =
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    Pcm { rate_hz, samples }
}

/// A piece as other servers make it: LAME's frames behind ID3v2 and Info, ID3v1 after them.
pub fn ffmpeg_encodes(sound: &Pcm, options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("piece.mp3"); // a file, for the Info frame is written last
    let path_text = path.to_str().unwrap().to_owned();
    let mut output =
        vec!["-c:a", "libmp3lame", "-metadata", "title=A piece", "-id3v2_version", "3"];
    output.extend(["-write_id3v1", "1"]);
    output.extend(options);
    output.push(&path_text);
    let wav = repartee::audio::wav::whole(sound);
    ffmpeg(&["-v", "error", "-i", "pipe:0"], &output, &wav);
    std::fs::read(path).unwrap()
}

fn ffmpeg(input: &[&str], output: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut child = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y"])
        .args(input)
        .args(output)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!(
                "these tests need ffmpeg (apt-get install --no-install-recommends ffmpeg): {error}"
            )
        });
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    // ffmpeg may stop reading before the end; what it thought of that is in its words.
    let writer = std::thread::spawn(move || stdin.write_all(&bytes).is_ok());
    let result = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let words = String::from_utf8_lossy(&result.stderr);
    let faults: Vec<&str> =
        words.lines().filter(|line| !line.contains("Estimating duration from bitrate")).collect();
    assert!(result.status.success() && faults.is_empty(), "ffmpeg found fault: {words}");
    result.stdout
}

/// How well the two match (1 is perfect), and how many samples later the second one is.
pub fn likeness(original: &[i16], copy: &[i16], most_late: usize) -> (f64, usize) {
    const START: usize = 2_000;
    let probe = &original[START..original.len().min(START + 4_000)];
    let scored = (0..=most_late)
        .map(|late| (correlation(probe, copy.get(START + late..).unwrap_or_default()), late));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

fn correlation(original: &[i16], copy: &[i16]) -> f64 {
    let (mut cross, mut first, mut second) = (0f64, 1f64, 1f64);
    for (&a, &b) in original.iter().zip(copy) {
        cross += f64::from(a) * f64::from(b);
        first += f64::from(a).powi(2);
        second += f64::from(b).powi(2);
    }
    cross / (first * second).sqrt()
}
