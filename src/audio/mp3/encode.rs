//! Encodes samples as MP3, each frame as soon as it is full.

use bytes::Bytes;
use rusty_mp3::Mp3Encode;
use rusty_mp3::encode::lametag::{DECODER_DELAY, ENCODER_DELAY};
use rusty_mp3::frame::ChannelMode;
use rusty_mp3::header::{FrameHeader, MpegVersion};

use crate::audio::mp3::frame::Kind;

/// The nine rates that layer III knows.
const RATES_HZ: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/// Frame by frame, without a bit reservoir: the crate's stream encoder would hold back all sound
/// of MPEG 1 until the end, and it leads with a tag that a stream can't go back to fill in.
pub struct Encoder {
    header: FrameHeader,
    engine: Box<Mp3Encode>,
    pending: Vec<f32>,
    taken: u64,
    frames: u64,
}

impl Encoder {
    /// An encoder of mono speech. Ask `rate_hz` which rate it really takes.
    pub fn new(rate_hz: u32) -> Self {
        Self::with_channels(rate_hz, 1)
    }

    /// An encoder whose frames may follow frames of this kind.
    pub fn like(kind: Kind) -> Self {
        Self::with_channels(kind.rate_hz, kind.channels)
    }

    fn with_channels(rate_hz: u32, channels: u8) -> Self {
        Self {
            header: header(nearest_rate(rate_hz), channels),
            engine: Box::default(),
            pending: Vec::new(),
            taken: 0,
            frames: 0,
        }
    }

    /// The rate that samples must have: the one asked for, or the next that MP3 knows.
    pub fn rate_hz(&self) -> u32 {
        self.header.sample_rate
    }

    /// What its frames are.
    pub fn kind(&self) -> Kind {
        Kind::of(&self.header)
    }

    /// Takes samples and gives the frames that they fill.
    pub fn push(&mut self, samples: &[i16]) -> Bytes {
        self.taken += samples.len() as u64;
        self.pending.extend(samples.iter().map(|&sample| f32::from(sample) / 32_768.0));
        self.drain()
    }

    /// Gives the frames that carry the rest. The encoder may then begin a new stream.
    pub fn finish(&mut self) -> Bytes {
        if self.taken == 0 {
            return Bytes::new();
        }
        let frame = self.header.version.samples_per_frame() as u64;
        let needed = (self.taken + (ENCODER_DELAY + DECODER_DELAY) as u64).div_ceil(frame);
        let missing = needed.saturating_sub(self.frames) * frame;
        self.pending.resize(missing as usize, 0.0);
        let rest = self.drain();
        *self =
            Self::with_channels(self.header.sample_rate, self.header.channel_mode.channels() as u8);
        rest
    }

    fn drain(&mut self) -> Bytes {
        let size = self.header.version.samples_per_frame();
        let whole = self.pending.len() / size * size;
        let mut encoded = Vec::with_capacity(whole / size * (self.header.frame_size() + 1));
        for block in self.pending[..whole].chunks_exact(size) {
            let channels = [block, block];
            let channels = &channels[..self.header.channel_mode.channels()];
            // By its contract the engine encodes every frame.
            if let Ok(frame) = self.engine.encode_frame(&self.header, channels, None) {
                encoded.extend(frame);
                self.frames += 1;
            }
        }
        self.pending.drain(..whole);
        encoded.into()
    }
}

fn nearest_rate(rate_hz: u32) -> u32 {
    RATES_HZ.into_iter().find(|&legal| legal >= rate_hz).unwrap_or(48_000)
}

/// Speech is clear at this rate; two equal channels take little more than one.
fn bitrate_kbps(rate_hz: u32) -> u32 {
    match rate_hz {
        0..16_000 => 32,
        16_000..22_050 => 48,
        22_050..44_100 => 64,
        _ => 96,
    }
}

fn header(rate_hz: u32, channels: u8) -> FrameHeader {
    let version = match rate_hz {
        0..16_000 => MpegVersion::V2_5,
        16_000..32_000 => MpegVersion::V2,
        _ => MpegVersion::V1,
    };
    let stereo = ChannelMode::JointStereo { ms_stereo: false, intensity_stereo: false };
    let channel_mode = if channels == 2 { stereo } else { ChannelMode::Mono };
    FrameHeader {
        version,
        crc_protected: false,
        bitrate_kbps: bitrate_kbps(rate_hz) * if channels == 2 { 2 } else { 1 },
        sample_rate: rate_hz,
        padding: false,
        channel_mode,
        copyright: false,
        original: true,
        emphasis: 0,
    }
}
