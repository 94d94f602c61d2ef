//! A loop of sound that is made once; every line is a part of it.

use std::collections::HashMap;
use std::sync::OnceLock;

use bytes::Bytes;
use rusty_mp3::Mp3Encode;
use rusty_mp3::frame::ChannelMode;
use rusty_mp3::header::{FrameHeader, MpegVersion};

use crate::sound::tone;

/// Samples per second of all sound.
pub(crate) const RATE_HZ: u32 = 24_000;
/// Samples in a frame.
pub(crate) const FRAME_SAMPLES: usize = 576;
/// Bytes of a frame of MP3.
pub(crate) const MP3_FRAME_BYTES: usize = 192;
/// Bytes of as many plain samples.
pub(crate) const PCM_FRAME_BYTES: usize = 2 * FRAME_SAMPLES;
/// Frames in the loop: half a minute.
pub(crate) const FRAMES: usize = 1_250;

/// The loop in both formats. No frame of MP3 needs the frames before it.
#[derive(Debug)]
pub(crate) struct Bank {
    mp3: Bytes,
    pcm: Bytes,
    places: HashMap<Bytes, usize>,
}

impl Bank {
    /// The only one. The first to ask waits until it is made.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Bank> = OnceLock::new();
        SHARED.get_or_init(Self::make)
    }

    fn make() -> Self {
        let samples = tone::samples(RATE_HZ, FRAMES * FRAME_SAMPLES);
        let mut engine = Mp3Encode::default();
        let mut mp3 = Vec::with_capacity(FRAMES * MP3_FRAME_BYTES);
        for block in samples.chunks_exact(FRAME_SAMPLES) {
            // By its contract the engine encodes every frame.
            mp3.extend(engine.encode_frame(&header(), &[block], None).unwrap_or_default());
        }
        let mp3 = Bytes::from(mp3);
        let places = (0..FRAMES).map(|place| (frame(&mp3, place), place)).collect();
        let pcm = samples.iter().flat_map(|&sample| ((sample * 32_767.0) as i16).to_le_bytes());
        Self { pcm: pcm.collect(), mp3, places }
    }

    /// So many frames of MP3, from that one on.
    pub(crate) fn mp3(&self, first: usize, count: usize) -> Vec<Bytes> {
        part(&self.mp3, first * MP3_FRAME_BYTES, count * MP3_FRAME_BYTES)
    }

    /// The same of plain samples.
    pub(crate) fn pcm(&self, first: usize, count: usize) -> Vec<Bytes> {
        part(&self.pcm, first * PCM_FRAME_BYTES, count * PCM_FRAME_BYTES)
    }

    /// Which frame of the loop this is.
    pub(crate) fn place(&self, frame: &[u8]) -> Option<usize> {
        // Most bytes of a file do not even look like a frame.
        if !frame.starts_with(self.mp3.get(..4)?) {
            return None;
        }
        self.places.get(frame).copied()
    }
}

/// The header that each frame has.
pub(crate) fn header() -> FrameHeader {
    FrameHeader {
        version: MpegVersion::V2,
        crc_protected: false,
        bitrate_kbps: 64,
        sample_rate: RATE_HZ,
        padding: false,
        channel_mode: ChannelMode::Mono,
        copyright: false,
        original: true,
        emphasis: 0,
    }
}

fn frame(mp3: &Bytes, place: usize) -> Bytes {
    let start = (place * MP3_FRAME_BYTES).min(mp3.len());
    mp3.slice(start..(start + MP3_FRAME_BYTES).min(mp3.len()))
}

/// A part of a loop, which may go around it more than once.
fn part(all: &Bytes, start: usize, length: usize) -> Vec<Bytes> {
    let mut parts = Vec::new();
    let (mut start, mut missing) = (start % all.len().max(1), length);
    while missing > 0 && start < all.len() {
        let end = (start + missing).min(all.len());
        parts.push(all.slice(start..end));
        missing -= end - start;
        start = 0;
    }
    parts
}
