//! The Opus encoder behind a safe face.
#![expect(unsafe_code, reason = "unsafe-libopus is C translated to Rust and speaks in pointers")]

use std::ptr::NonNull;

use unsafe_libopus::{
    OPUS_APPLICATION_VOIP, OPUS_GET_LOOKAHEAD_REQUEST, OPUS_OK, OPUS_SET_BITRATE_REQUEST,
    OPUS_SET_COMPLEXITY_REQUEST, OpusEncoder as State, opus_encode, opus_encoder_create,
    opus_encoder_ctl_impl, opus_encoder_destroy, varargs,
};

use crate::audio::error::AudioError;

/// One packet carries this much sound.
pub const PACKET_MS: u32 = 20;
/// The rates that Opus takes.
pub const RATES_HZ: [u32; 5] = [8_000, 12_000, 16_000, 24_000, 48_000];
/// No packet of one frame is longer.
const MAX_PACKET_BYTES: usize = 1276;
/// Encoding stays far faster than speech, and speech gains nothing from more.
const COMPLEXITY: i32 = 5;

/// Encodes mono speech, a packet at a time.
pub struct OpusEncoder {
    state: NonNull<State>,
    packet_samples: usize,
}

// SAFETY: the state is one block of memory that only this value points to; it holds no reference
// to the thread that made it.
unsafe impl Send for OpusEncoder {}

impl OpusEncoder {
    /// An encoder for one of `RATES_HZ`.
    pub fn new(rate_hz: u32, bits_per_second: i32) -> Result<Self, AudioError> {
        let mut outcome = OPUS_OK;
        // SAFETY: the arguments are plain numbers that the encoder checks, and `outcome` outlives
        // the call.
        let state = unsafe {
            opus_encoder_create(rate_hz as i32, 1, OPUS_APPLICATION_VOIP, &raw mut outcome)
        };
        let state = NonNull::new(state).filter(|_| outcome == OPUS_OK);
        let state = state.ok_or_else(|| refused("sound of this rate", outcome))?;
        let mut encoder = Self { state, packet_samples: (rate_hz * PACKET_MS / 1000) as usize };
        encoder.set(OPUS_SET_BITRATE_REQUEST, bits_per_second)?;
        encoder.set(OPUS_SET_COMPLEXITY_REQUEST, COMPLEXITY)?;
        Ok(encoder)
    }

    /// How many samples one packet takes.
    pub fn packet_samples(&self) -> usize {
        self.packet_samples
    }

    /// How many samples a decoder gives before the first one that was encoded.
    pub fn lookahead(&mut self) -> Result<u32, AudioError> {
        let mut samples = 0i32;
        // SAFETY: the state is alive as long as self, and the request writes one number.
        let outcome = unsafe {
            opus_encoder_ctl_impl(
                self.state.as_ptr(),
                OPUS_GET_LOOKAHEAD_REQUEST,
                varargs!(&mut samples),
            )
        };
        if outcome == OPUS_OK {
            Ok(samples.unsigned_abs())
        } else {
            Err(refused("to tell its delay", outcome))
        }
    }

    /// Encodes `packet_samples` samples.
    pub fn encode(&mut self, samples: &[i16]) -> Result<Vec<u8>, AudioError> {
        let reason = format!("a packet takes {} samples", self.packet_samples);
        if samples.len() != self.packet_samples {
            return Err(AudioError::DamagedPiece { reason });
        }
        let mut packet = vec![0u8; MAX_PACKET_BYTES];
        // SAFETY: the encoder reads as many samples as it is told, which were just counted, and
        // writes at most the bytes that the packet has.
        let written = unsafe {
            opus_encode(
                self.state.as_ptr(),
                samples.as_ptr(),
                samples.len() as i32,
                packet.as_mut_ptr(),
                packet.len() as i32,
            )
        };
        let written = usize::try_from(written).map_err(|_| refused("these samples", written))?;
        packet.truncate(written);
        Ok(packet)
    }

    fn set(&mut self, request: i32, value: i32) -> Result<(), AudioError> {
        // SAFETY: the state is alive as long as self, and the request takes one number.
        let outcome =
            unsafe { opus_encoder_ctl_impl(self.state.as_ptr(), request, varargs!(value)) };
        if outcome == OPUS_OK { Ok(()) } else { Err(refused("a setting", outcome)) }
    }
}

impl Drop for OpusEncoder {
    fn drop(&mut self) {
        // SAFETY: the state came from the matching create and is not used afterwards.
        unsafe { opus_encoder_destroy(self.state.as_ptr()) }
    }
}

fn refused(what: &str, code: i32) -> AudioError {
    AudioError::DamagedPiece { reason: format!("the Opus encoder refused {what} (code {code})") }
}
