//! Opus in Ogg, page by page while the sound is made.

use bytes::Bytes;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};

use crate::audio::error::AudioError;
use crate::audio::opus_encoder::{OpusEncoder, PACKET_MS, RATES_HZ};

/// Positions in the stream count samples of this rate, whatever was encoded.
const CLOCK_HZ: u32 = 48_000;
const PACKET_TICKS: u64 = (CLOCK_HZ / 1000 * PACKET_MS) as u64;
/// A page every 100 ms: its header costs little. Before the first of them, the first packet has a
/// page to itself: that one is waited for.
const PACKETS_PER_PAGE: u64 = 5;
/// One stream to a file: any number serves to tell its pages.
const SERIAL: u32 = 0x5245_5054;

/// Encodes mono speech.
pub struct Encoder {
    opus: OpusEncoder,
    pages: PacketWriter<'static, Vec<u8>>,
    rate_hz: u32,
    /// What a decoder drops at the start.
    skipped_ticks: u32,
    pending: Vec<i16>,
    taken: u64,
    packets: u64,
    finished: bool,
}

impl Encoder {
    /// Ask `rate_hz` which rate it really takes.
    pub fn new(rate_hz: u32) -> Result<Self, AudioError> {
        let rate_hz = RATES_HZ.into_iter().find(|&legal| legal >= rate_hz).unwrap_or(CLOCK_HZ);
        let bits_per_second = if rate_hz <= 16_000 { 24_000 } else { 32_000 };
        let mut opus = OpusEncoder::new(rate_hz, bits_per_second)?;
        let skipped_ticks = opus.lookahead()? * (CLOCK_HZ / rate_hz);
        Ok(Self {
            opus,
            pages: PacketWriter::new(Vec::new()),
            rate_hz,
            skipped_ticks,
            pending: Vec::new(),
            taken: 0,
            packets: 0,
            finished: false,
        })
    }

    /// The rate that samples must have: the one asked for, or the next that Opus knows.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// How many samples the pages given so far carry.
    pub fn samples(&self) -> u64 {
        if self.finished {
            return self.taken;
        }
        let Some(others) = self.packets.checked_sub(1) else { return 0 };
        let in_pages = 1 + others / PACKETS_PER_PAGE * PACKETS_PER_PAGE;
        in_pages * self.opus.packet_samples() as u64
    }

    /// Takes samples and gives the pages that they fill.
    pub fn push(&mut self, samples: &[i16]) -> Result<Bytes, AudioError> {
        if self.taken == 0 && !samples.is_empty() {
            self.open()?;
        }
        self.taken += samples.len() as u64;
        self.pending.extend_from_slice(samples);
        let size = self.opus.packet_samples();
        let pending = std::mem::take(&mut self.pending);
        let packets = pending.chunks_exact(size);
        self.pending = packets.remainder().to_vec();
        for samples in packets {
            let packet = self.opus.encode(samples)?;
            self.packets += 1;
            let full = self.packets % PACKETS_PER_PAGE == 1;
            let end =
                if full { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
            self.write(packet, end, self.packets * PACKET_TICKS)?;
        }
        Ok(self.give())
    }

    /// Gives the end of the stream. It lasts exactly as long as the samples did.
    pub fn finish(&mut self) -> Result<Bytes, AudioError> {
        if self.taken == 0 || self.finished {
            return Ok(Bytes::new());
        }
        let sound_ticks = self.taken * u64::from(CLOCK_HZ / self.rate_hz);
        let end_ticks = sound_ticks + u64::from(self.skipped_ticks);
        let size = self.opus.packet_samples();
        while self.packets * PACKET_TICKS < end_ticks {
            let mut samples = std::mem::take(&mut self.pending);
            samples.resize(size, 0);
            let packet = self.opus.encode(&samples)?;
            self.packets += 1;
            let last = self.packets * PACKET_TICKS >= end_ticks;
            let end =
                if last { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::NormalPacket };
            self.write(packet, end, end_ticks.min(self.packets * PACKET_TICKS))?;
        }
        self.finished = true;
        Ok(self.give())
    }

    fn open(&mut self) -> Result<(), AudioError> {
        let mut head = b"OpusHead\x01\x01".to_vec(); // version 1, one channel
        head.extend((self.skipped_ticks as u16).to_le_bytes());
        head.extend(self.rate_hz.to_le_bytes());
        head.extend([0, 0, 0]); // no gain, the plain channel mapping
        self.write(head, PacketWriteEndInfo::EndPage, 0)?;
        let vendor = concat!("repartee ", env!("CARGO_PKG_VERSION"));
        let mut tags = b"OpusTags".to_vec();
        tags.extend((vendor.len() as u32).to_le_bytes());
        tags.extend(vendor.as_bytes());
        tags.extend(0u32.to_le_bytes());
        self.write(tags, PacketWriteEndInfo::EndPage, 0)
    }

    fn write(
        &mut self,
        packet: Vec<u8>,
        end: PacketWriteEndInfo,
        ticks: u64,
    ) -> Result<(), AudioError> {
        let written = self.pages.write_packet(packet, SERIAL, end, ticks);
        written.map_err(|error| AudioError::DamagedPiece { reason: error.to_string() })
    }

    fn give(&mut self) -> Bytes {
        std::mem::take(self.pages.inner_mut()).into()
    }
}
