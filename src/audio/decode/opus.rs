//! The one door to `unsafe-libopus`'s decoder.
#![expect(unsafe_code, reason = "libopus, translated from C, works on raw pointers")]

use std::ptr::NonNull;

use unsafe_libopus::OPUS_OK;

/// The longest packet there can be.
const LONGEST_PACKET_MS: usize = 120;

/// Decodes Opus packets, each stream to one channel: libopus itself folds a stereo pair when asked
/// for one, which saves half of the synthesis.
pub(crate) struct OpusDecoder {
    state: State,
    streams: usize,
    buffer: Vec<f32>,
}

/// libopus's own. What decodes several streams could decode one, but takes longer.
enum State {
    One(NonNull<unsafe_libopus::OpusDecoder>),
    Several(NonNull<unsafe_libopus::OpusMSDecoder>),
}

// SAFETY: the state is a block of memory that only this value points to; libopus keeps no
// reference to it and nothing about the thread.
unsafe impl Send for OpusDecoder {}

impl OpusDecoder {
    /// A decoder of so many streams. None if the rate is none of 8, 12, 16, 24 and 48 kHz, or the
    /// number of streams is impossible.
    pub(crate) fn new(rate_hz: u32, streams: u8) -> Option<Self> {
        let rate = i32::try_from(rate_hz).ok()?;
        let state = if streams == 1 { State::one(rate) } else { State::several(rate, streams) }?;
        let streams = usize::from(streams);
        let longest = rate_hz as usize * LONGEST_PACKET_MS / 1_000;
        Some(Self { state, streams, buffer: vec![0.0; longest * streams] })
    }

    /// One packet's samples, those of all streams in turn; an error is libopus's own number.
    pub(crate) fn decode(&mut self, packet: &[u8]) -> Result<&[f32], i32> {
        let length = i32::try_from(packet.len()).map_err(|_| i32::MIN)?;
        let frames = i32::try_from(self.buffer.len() / self.streams).map_err(|_| i32::MIN)?;
        let (data, sound) = (packet.as_ptr(), self.buffer.as_mut_ptr());
        // SAFETY: the packet is readable for its length, the buffer writable for so many frames of
        // as many channels as the state was made with.
        let decoded = unsafe {
            match &self.state {
                State::One(state) => unsafe_libopus::opus_decode_float(
                    state.as_ptr(),
                    data,
                    length,
                    sound,
                    frames,
                    0,
                ),
                State::Several(state) => unsafe_libopus::opus_multistream_decode_float(
                    state.as_ptr(),
                    data,
                    length,
                    sound,
                    frames,
                    0,
                ),
            }
        };
        let frames = usize::try_from(decoded).map_err(|_| decoded)?;
        Ok(&self.buffer[..frames * self.streams])
    }

    /// How many streams are decoded, each to one channel.
    pub(crate) fn streams(&self) -> usize {
        self.streams
    }
}

impl State {
    fn one(rate: i32) -> Option<Self> {
        let mut outcome = OPUS_OK;
        // SAFETY: the outcome is writable.
        let state = unsafe { unsafe_libopus::opus_decoder_create(rate, 1, &raw mut outcome) };
        NonNull::new(state).filter(|_| outcome == OPUS_OK).map(Self::One)
    }

    fn several(rate: i32, streams: u8) -> Option<Self> {
        let mapping: Vec<u8> = (0..streams).collect();
        let (channels, mut outcome) = (i32::from(streams), OPUS_OK);
        // SAFETY: the mapping has one entry for each channel, and is copied; the outcome is
        // writable.
        let state = unsafe {
            unsafe_libopus::opus_multistream_decoder_create(
                rate,
                channels,
                channels,
                0,
                mapping.as_ptr(),
                &raw mut outcome,
            )
        };
        NonNull::new(state).filter(|_| outcome == OPUS_OK).map(Self::Several)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: each state was made by the function beside the one that destroys it, and is
        // dropped once.
        unsafe {
            match self {
                Self::One(state) => unsafe_libopus::opus_decoder_destroy(state.as_ptr()),
                Self::Several(state) => {
                    unsafe_libopus::opus_multistream_decoder_destroy(state.as_ptr())
                }
            }
        }
    }
}
