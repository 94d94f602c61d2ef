//! Joins pieces of MP3 into one clean stream.

use bytes::Bytes;
use rusty_mp3::encode::lametag::ENCODER_DELAY;

use crate::audio::error::AudioError;
use crate::audio::mp3::cut::Cutter;
use crate::audio::mp3::encode::Encoder;
use crate::audio::mp3::frame::{Kind, Layout};
use crate::audio::mp3::joint::Joint;
use crate::audio::mp3::read::FrameDecoder;
use crate::audio::pcm::Pcm;
use crate::audio::unison::Unison;

/// Frames of the stream's kind pass unchanged; everything else is encoded to that kind. The first
/// piece decides the kind.
#[derive(Default)]
pub struct Splicer {
    cutter: Cutter,
    kind: Option<Kind>,
    joint: Joint,
    decoder: FrameDecoder,
    encoding: Option<(Unison, Encoder)>,
    spliced: Vec<u8>,
    frames: u64,
}

impl Splicer {
    /// Takes the next bytes of a piece, cut anywhere, and gives what follows in the stream.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Bytes, AudioError> {
        self.cutter.feed(bytes);
        // The cutter lends its bytes, so it stands aside while the rest works.
        let mut cutter = std::mem::take(&mut self.cutter);
        let outcome = self.take_frames(&mut cutter);
        self.cutter = cutter;
        outcome?;
        Ok(self.give())
    }

    /// Takes samples: they are encoded to the stream's kind.
    pub fn push_pcm(&mut self, sound: Pcm) -> Result<Bytes, AudioError> {
        self.encode(sound)?;
        Ok(self.give())
    }

    /// The piece is complete. One that ends inside a frame is an error.
    pub fn end_piece(&mut self) -> Result<(), AudioError> {
        self.cutter.end()
    }

    /// The last piece was complete: gives the end of the stream.
    pub fn finish(&mut self) -> Result<Bytes, AudioError> {
        self.end_piece()?;
        self.stop_encoding();
        self.frames += self.joint.release(&mut self.spliced);
        Ok(self.give())
    }

    /// Samples per second of the stream, once its first frame is known.
    pub fn rate_hz(&self) -> Option<u32> {
        self.kind.map(|kind| kind.rate_hz)
    }

    /// How many samples (per channel) the frames given so far carry.
    pub fn samples(&self) -> u64 {
        self.frames * self.kind.map_or(0, |kind| u64::from(kind.samples))
    }

    fn take_frames(&mut self, cutter: &mut Cutter) -> Result<(), AudioError> {
        while let Some(frame) = cutter.cut()? {
            let kind = *self.kind.get_or_insert(frame.layout.kind);
            if frame.layout.kind == kind {
                self.stop_encoding();
                self.frames += self.joint.pass(&frame, &mut self.spliced);
            } else {
                let sound = self.decoder.decode(&frame)?;
                self.encode(sound)?;
            }
        }
        Ok(())
    }

    fn encode(&mut self, sound: Pcm) -> Result<(), AudioError> {
        if sound.samples.is_empty() {
            return Ok(());
        }
        self.frames += self.joint.meet(ENCODER_DELAY as u16, &mut self.spliced);
        let encoder = || self.kind.map_or_else(|| Encoder::new(sound.rate_hz), Encoder::like);
        let (unison, encoder) = self.encoding.get_or_insert_with(|| {
            let encoder = encoder();
            (Unison::new(encoder.rate_hz()), encoder)
        });
        self.kind = Some(encoder.kind());
        let encoded = encoder.push(&unison.push(sound)?);
        self.add_encoded(&encoded);
        Ok(())
    }

    fn stop_encoding(&mut self) {
        let Some((mut unison, mut encoder)) = self.encoding.take() else { return };
        let rest = encoder.push(&unison.finish());
        self.add_encoded(&rest);
        let end = encoder.finish();
        self.add_encoded(&end);
    }

    fn add_encoded(&mut self, frames: &[u8]) {
        let mut rest = frames;
        while let Some(layout) = rest.first_chunk().and_then(|header| Layout::read(*header)) {
            self.frames += 1;
            rest = rest.get(layout.bytes..).unwrap_or_default();
        }
        self.spliced.extend_from_slice(frames);
    }

    /// What is given may be kept for long, so it takes no more room than it needs.
    fn give(&mut self) -> Bytes {
        let given = Bytes::copy_from_slice(&self.spliced);
        self.spliced.clear();
        given
    }
}
