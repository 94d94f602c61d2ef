//! The one door to `unsafe-libopus`'s decoder.
#![expect(unsafe_code, reason = "libopus, translated from C, works on raw pointers")]

use std::ptr::NonNull;

use unsafe_libopus::{
    OPUS_OK, OpusMSDecoder, opus_multistream_decode, opus_multistream_decoder_create,
    opus_multistream_decoder_destroy,
};

/// The longest packet there can be.
const LONGEST_PACKET_MS: usize = 120;

/// Decodes Opus packets to mono.
///
/// libopus itself folds a stereo pair to mono when asked for one channel, which saves half of the
/// synthesis. Every stream of a surround clip is folded so, then their mean is taken.
pub(crate) struct OpusDecoder {
    state: NonNull<OpusMSDecoder>,
    streams: usize,
    buffer: Vec<i16>,
}

// SAFETY: the state is a block of memory that only this value points to; libopus keeps no
// reference to it and nothing about the thread.
unsafe impl Send for OpusDecoder {}

impl OpusDecoder {
    /// A decoder of so many streams. None if the rate is none of 8, 12, 16, 24 and 48 kHz, or the
    /// number of streams is impossible.
    pub(crate) fn new(rate_hz: u32, streams: u8) -> Option<Self> {
        let rate = i32::try_from(rate_hz).ok()?;
        let mapping: Vec<u8> = (0..streams).collect();
        let (channels, mut outcome) = (i32::from(streams), OPUS_OK);
        // SAFETY: the mapping has one entry for each channel, and is copied.
        let state = unsafe {
            opus_multistream_decoder_create(
                rate,
                channels,
                channels,
                0,
                mapping.as_ptr(),
                &mut outcome,
            )
        };
        let state = NonNull::new(state).filter(|_| outcome == OPUS_OK)?;
        let streams = usize::from(streams);
        let longest = rate_hz as usize * LONGEST_PACKET_MS / 1_000;
        Some(Self { state, streams, buffer: vec![0; longest * streams] })
    }

    /// One packet's samples, folded to mono; an error is libopus's own number.
    pub(crate) fn decode(&mut self, packet: &[u8]) -> Result<Vec<i16>, i32> {
        let length = i32::try_from(packet.len()).map_err(|_| i32::MIN)?;
        let frames = i32::try_from(self.buffer.len() / self.streams).map_err(|_| i32::MIN)?;
        // SAFETY: the packet is readable for its length, the buffer writable for so many frames of
        // as many channels as the state was made with.
        let decoded = unsafe {
            opus_multistream_decode(
                self.state.as_ptr(),
                packet.as_ptr(),
                length,
                self.buffer.as_mut_ptr(),
                frames,
                0,
            )
        };
        let frames = usize::try_from(decoded).map_err(|_| decoded)?;
        Ok(self.folded(frames))
    }

    fn folded(&self, frames: usize) -> Vec<i16> {
        let samples = &self.buffer[..frames * self.streams];
        if self.streams == 1 {
            return samples.to_vec();
        }
        let count = self.streams as i32;
        let mean = |frame: &[i16]| frame.iter().copied().map(i32::from).sum::<i32>() / count;
        samples.chunks_exact(self.streams).map(|frame| mean(frame) as i16).collect()
    }
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: the state was made by `opus_multistream_decoder_create` and is dropped once.
        unsafe { opus_multistream_decoder_destroy(self.state.as_ptr()) };
    }
}
