//! Many pieces of speech in, one clean stream out.

use bytes::Bytes;

use crate::audio::error::AudioError;
use crate::audio::format::{Format, Sound};
use crate::audio::mp3;
use crate::audio::ogg;
use crate::audio::pcm::{self, Pcm};
use crate::audio::unison::Unison;
use crate::audio::wav;

/// What may be sent now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taped {
    /// The next bytes of the stream; maybe none.
    pub data: Bytes,
    /// Where their sound begins in the stream.
    pub start_ms: u64,
    /// How long their sound lasts.
    pub duration_ms: u64,
}

/// Records pieces one after the other in the format that the listener wants.
pub struct Tape {
    reel: Reel,
    given_ms: u64,
}

enum Reel {
    Mp3(Box<mp3::Splicer>),
    Samples(Box<Samples>),
}

impl Tape {
    /// An empty tape.
    pub fn new(format: Format) -> Self {
        let reel = match format {
            Format::Mp3 => Reel::Mp3(Box::default()),
            Format::Wav | Format::Ogg | Format::Pcm => {
                Reel::Samples(Box::new(Samples::new(format)))
            }
        };
        Self { reel, given_ms: 0 }
    }

    /// Takes the next sound and gives what of the stream may be sent.
    pub fn push(&mut self, sound: Sound) -> Result<Taped, AudioError> {
        let data = match (&mut self.reel, sound) {
            (Reel::Mp3(splicer), Sound::Mp3(bytes)) => splicer.push(&bytes)?,
            (Reel::Mp3(splicer), Sound::Pcm(sound)) => splicer.push_pcm(sound)?,
            (Reel::Samples(samples), sound) => samples.push(sound)?,
        };
        Ok(self.taped(data))
    }

    /// A sentence is complete. An MP3 piece that ended inside a frame is an error.
    pub fn end_of_line(&mut self) -> Result<Taped, AudioError> {
        match &mut self.reel {
            Reel::Mp3(splicer) => splicer.end_piece()?,
            Reel::Samples(samples) => samples.end_piece()?,
        }
        Ok(self.taped(Bytes::new()))
    }

    /// The speech is complete: gives the end of the stream.
    pub fn finish(&mut self) -> Result<Taped, AudioError> {
        let data = match &mut self.reel {
            Reel::Mp3(splicer) => splicer.finish()?,
            Reel::Samples(samples) => samples.finish()?,
        };
        Ok(self.taped(data))
    }

    /// How long the sound lasts that was given so far.
    pub fn given_ms(&self) -> u64 {
        self.given_ms
    }

    /// Samples per second of the stream, once its first sound is known.
    pub fn rate_hz(&self) -> Option<u32> {
        match &self.reel {
            Reel::Mp3(splicer) => splicer.rate_hz(),
            Reel::Samples(samples) => samples.rate_hz(),
        }
    }

    fn taped(&mut self, data: Bytes) -> Taped {
        let samples = match &self.reel {
            Reel::Mp3(splicer) => splicer.samples(),
            Reel::Samples(samples) => samples.given(),
        };
        let end_ms = samples * 1000 / u64::from(self.rate_hz().unwrap_or(1).max(1));
        let start_ms = std::mem::replace(&mut self.given_ms, end_ms);
        Taped { data, start_ms, duration_ms: end_ms.saturating_sub(start_ms) }
    }
}

/// A stream that is made from samples, whatever the pieces are.
struct Samples {
    format: Format,
    reader: mp3::Reader,
    stream: Option<(Unison, Encoder)>,
}

enum Encoder {
    Bare { given: u64 },
    Ogg(Box<ogg::Encoder>),
}

impl Samples {
    fn new(format: Format) -> Self {
        Self { format, reader: mp3::Reader::default(), stream: None }
    }

    fn push(&mut self, sound: Sound) -> Result<Bytes, AudioError> {
        let sounds = match sound {
            Sound::Pcm(sound) => vec![sound],
            Sound::Mp3(bytes) => self.reader.push(&bytes)?,
        };
        let mut data = Vec::new();
        for sound in sounds.into_iter().filter(|sound| !sound.samples.is_empty()) {
            data.extend(self.record(sound)?);
        }
        Ok(data.into())
    }

    fn record(&mut self, sound: Pcm) -> Result<Vec<u8>, AudioError> {
        let mut data = Vec::new();
        if self.stream.is_none() {
            self.stream = Some(open(self.format, sound.rate_hz)?);
            if self.format == Format::Wav {
                data.extend(wav::streaming_header(sound.rate_hz));
            }
        }
        if let Some((unison, encoder)) = &mut self.stream {
            data.extend(encoder.push(&unison.push(sound)?)?);
        }
        Ok(data)
    }

    fn end_piece(&mut self) -> Result<(), AudioError> {
        self.reader.end_piece()
    }

    fn finish(&mut self) -> Result<Bytes, AudioError> {
        self.end_piece()?;
        let Some((unison, encoder)) = &mut self.stream else { return Ok(Bytes::new()) };
        let mut data = encoder.push(&unison.finish())?.to_vec();
        data.extend(encoder.finish()?);
        Ok(data.into())
    }

    fn rate_hz(&self) -> Option<u32> {
        self.stream.as_ref().map(|(unison, _)| unison.rate_hz())
    }

    fn given(&self) -> u64 {
        self.stream.as_ref().map_or(0, |(_, encoder)| encoder.given())
    }
}

fn open(format: Format, rate_hz: u32) -> Result<(Unison, Encoder), AudioError> {
    if format != Format::Ogg {
        return Ok((Unison::new(rate_hz), Encoder::Bare { given: 0 }));
    }
    let encoder = ogg::Encoder::new(rate_hz)?;
    Ok((Unison::new(encoder.rate_hz()), Encoder::Ogg(Box::new(encoder))))
}

impl Encoder {
    fn push(&mut self, samples: &[i16]) -> Result<Bytes, AudioError> {
        match self {
            Self::Ogg(encoder) => encoder.push(samples),
            Self::Bare { given } => {
                *given += samples.len() as u64;
                Ok(pcm::to_bytes(samples).into())
            }
        }
    }

    fn finish(&mut self) -> Result<Bytes, AudioError> {
        match self {
            Self::Ogg(encoder) => encoder.finish(),
            Self::Bare { .. } => Ok(Bytes::new()),
        }
    }

    fn given(&self) -> u64 {
        match self {
            Self::Ogg(encoder) => encoder.samples(),
            Self::Bare { given } => *given,
        }
    }
}
