//! How long the sound in an uploaded file is.

use std::time::Duration;

use rusty_mp3::header::FrameHeader;

/// What sound takes in formats that are not looked into.
const USUAL_BYTES_PER_SECOND: f64 = 4_000.0;
/// A tag follows the side information, which ends before this.
const TAG_SEARCHED: usize = 42;
const OPUS_RATE_HZ: f64 = 48_000.0;

/// Measured for WAV, MP3 and Ogg Opus, estimated for everything else.
pub(crate) fn length(file: &[u8]) -> Duration {
    let seconds = wav(file).or_else(|| ogg(file)).or_else(|| mp3(file));
    let seconds = seconds.unwrap_or(file.len() as f64 / USUAL_BYTES_PER_SECOND);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// The length of the layer III frame that begins here.
pub(crate) fn frame_bytes(rest: &[u8]) -> Option<usize> {
    frame(rest).map(|header| header.frame_size())
}

fn frame(rest: &[u8]) -> Option<FrameHeader> {
    let header: &[u8; 4] = rest.first_chunk()?;
    // The parser words a message for each refusal; most strays need none.
    if header[0] != 0xff || header[1] & 0xe6 != 0xe2 {
        return None;
    }
    FrameHeader::parse(*header).ok().filter(|header| header.frame_size() > 4)
}

fn wav(file: &[u8]) -> Option<f64> {
    if !file.starts_with(b"RIFF") || file.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut bytes_per_second) = (12, 0);
    while let (Some(name), Some(size)) = (file.get(at..at + 4), number(file, at + 4)) {
        let held = file.len().saturating_sub(at + 8);
        match name {
            b"fmt " => bytes_per_second = number(file, at + 16)?,
            b"data" => {
                return Some(held.min(size as usize) as f64 / f64::from(bytes_per_second.max(1)));
            }
            _ => {}
        }
        at += 8 + (size as usize).next_multiple_of(2);
    }
    None
}

fn ogg(file: &[u8]) -> Option<f64> {
    if !file.starts_with(b"OggS") {
        return None;
    }
    let last = file.windows(4).rposition(|mark| mark == b"OggS")?;
    let position: &[u8; 8] = file.get(last + 6..)?.first_chunk()?;
    Some(u64::from_le_bytes(*position) as f64 / OPUS_RATE_HZ)
}

fn mp3(file: &[u8]) -> Option<f64> {
    if !file.starts_with(b"ID3") && frame(file).is_none() {
        return None;
    }
    let (mut at, mut seconds) = (0, 0.0);
    while at < file.len() {
        let Some(header) = frame(&file[at..]) else {
            at += 1;
            continue;
        };
        let bytes = &file[at..(at + header.frame_size()).min(file.len())];
        at += header.frame_size();
        if is_tag(bytes) {
            continue;
        }
        seconds += header.version.samples_per_frame() as f64 / f64::from(header.sample_rate.max(1));
    }
    Some(seconds)
}

/// Encoders put what they know about a file into a first frame without sound.
fn is_tag(frame: &[u8]) -> bool {
    let head = &frame[..frame.len().min(TAG_SEARCHED)];
    head.windows(4).any(|mark| mark == b"Xing" || mark == b"Info")
}

fn number(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
