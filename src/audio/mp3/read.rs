//! Decodes MP3 piece by piece into mono samples, for streams that are not MP3.

use rusty_mp3::encode::lametag::{DECODER_DELAY, ENCODER_DELAY};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use crate::audio::error::AudioError;
use crate::audio::mp3::cut::{Cutter, Frame, Place};
use crate::audio::mp3::frame::Kind;
use crate::audio::pcm::Pcm;

/// Pieces may be of one kind or of several.
#[derive(Default)]
pub struct Reader {
    cutter: Cutter,
    decoder: FrameDecoder,
}

impl Reader {
    /// Takes the next bytes of a piece and gives the sound that is complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Pcm>, AudioError> {
        self.cutter.feed(bytes);
        let mut sounds: Vec<Pcm> = Vec::new();
        while let Some(frame) = self.cutter.cut()? {
            let sound = self.decoder.decode(&frame)?;
            match sounds.last_mut() {
                Some(last) if last.rate_hz == sound.rate_hz => last.samples.extend(sound.samples),
                _ => sounds.push(sound),
            }
        }
        Ok(sounds)
    }

    /// The piece is complete: it must not have ended inside a frame.
    pub fn end_piece(&mut self) -> Result<(), AudioError> {
        self.cutter.end()
    }
}

/// Decodes whole frames.
#[derive(Default)]
pub struct FrameDecoder {
    current: Option<(Kind, Box<dyn AudioDecoder>)>,
    to_trim: usize,
}

impl FrameDecoder {
    /// The sound of one frame, without what codecs put before the first sample.
    pub fn decode(&mut self, frame: &Frame<'_>) -> Result<Pcm, AudioError> {
        let kind = frame.layout.kind;
        let decoder = self.decoder(frame)?;
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, frame.bytes);
        let decoded = decoder.decode_ref(&packet).map_err(unreadable)?;
        let mut samples = mono(&decoded);
        let trimmed = self.to_trim.min(samples.len());
        self.to_trim -= trimmed;
        samples.drain(..trimmed);
        Ok(Pcm { rate_hz: kind.rate_hz, samples })
    }

    fn decoder(&mut self, frame: &Frame<'_>) -> Result<&mut Box<dyn AudioDecoder>, AudioError> {
        let kind = frame.layout.kind;
        let decoder = match self.current.take() {
            Some((current, decoder)) if current == kind && frame.place != Place::First => decoder,
            _ => {
                let delay = frame.tag.delay.map_or(ENCODER_DELAY, usize::from);
                self.to_trim = delay + DECODER_DELAY;
                new_decoder()?
            }
        };
        let (_, decoder) = self.current.insert((kind, decoder));
        Ok(decoder)
    }
}

fn new_decoder() -> Result<Box<dyn AudioDecoder>, AudioError> {
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_MP3);
    symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .map_err(unreadable)
}

fn mono(decoded: &GenericAudioBufferRef<'_>) -> Vec<i16> {
    let mut samples = vec![0f32; decoded.samples_interleaved()];
    decoded.copy_to_slice_interleaved(&mut samples);
    let channels = decoded.num_planes().max(1);
    let to_sample = |moment: &[f32]| {
        let level = moment.iter().sum::<f32>() / channels as f32;
        (level * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
    };
    samples.chunks_exact(channels).map(to_sample).collect()
}

fn unreadable(error: symphonia::core::errors::Error) -> AudioError {
    AudioError::DamagedPiece { reason: error.to_string() }
}
