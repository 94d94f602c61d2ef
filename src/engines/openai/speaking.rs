//! Words to speech by a server.

use std::sync::Arc;

use async_stream::try_stream;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::json;

use crate::audio::format::{Format, Sound};
use crate::audio::pcm::Pcm;
use crate::domain::money::Price;
use crate::domain::voice::Voice;
use crate::engines::openai::answer::{Answer, unreadable};
use crate::engines::openai::manners::Manners;
use crate::engines::openai::request::Request;
use crate::engines::openai::server::Server;
use crate::pipeline::engine::{EngineName, Line, Synthesizer};
use crate::pipeline::error::{EngineError, Stage};

/// The longest line that a server takes, in characters.
const LONGEST_LINE: usize = 4096;
/// The rate of samples that do not name theirs.
const RATE_HZ: u32 = 24_000;

/// Speaks by asking a server.
pub(super) struct Speaking {
    mouth: Arc<Mouth>,
    price: Price,
    voices: Vec<Voice>,
}

struct Mouth {
    server: Server,
    manners: Manners,
}

impl Speaking {
    pub(super) fn new(server: Server, price: Price, voices: Vec<Voice>) -> Self {
        let mouth = Arc::new(Mouth {
            server: server.for_stage(Stage::Speaking),
            manners: Manners::default(),
        });
        Self { mouth, price, voices }
    }
}

impl Mouth {
    async fn ask(&self, line: &Line, format: &str) -> Result<Answer, EngineError> {
        let characters = line.text.chars().count();
        if characters > LONGEST_LINE {
            return Err(EngineError::Refused(format!(
                "a sentence has {characters} characters, and {LONGEST_LINE} is the most"
            )));
        }
        let speed = line.delivery.clamped().speed;
        let mut offer = self.manners.offer();
        loop {
            let mut body = json!({
                "model": self.server.endpoint().model(),
                "input": line.text,
                "voice": line.voice.name(),
                "response_format": format,
            });
            let mut sent = Vec::new();
            if speed != 1.0 && offer.takes("speed") {
                body["speed"] = json!((f64::from(speed) * 1e3).round() / 1e3);
                sent.push("speed");
            }
            let request = Request::json("audio/speech", &body);
            match self.server.ask_within(&request, &line.utterance).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) if offer.learn(&trouble, &sent) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }
}

impl Synthesizer for Speaking {
    fn name(&self) -> EngineName {
        super::name(self.mouth.server.endpoint())
    }

    fn price(&self) -> Price {
        self.price
    }

    fn voices(&self) -> Vec<Voice> {
        self.voices.clone()
    }

    fn speak(&self, line: Line, wanted: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        let mouth = Arc::clone(&self.mouth);
        let sounds = try_stream! {
            let format = if wanted == Format::Mp3 { "mp3" } else { "pcm" };
            let mut answer = mouth.ask(&line, format).await?;
            let mut kind = Kind::of(&answer, format)?;
            let mut silent = true;
            while let Some(bytes) = answer.next().await? {
                silent = false;
                yield kind.sound(bytes, line.delivery.clamped().gain_db)?;
            }
            if silent {
                Err(unreadable("it holds no sound"))?;
            }
        };
        sounds.boxed()
    }
}

/// What kind of sound an answer is.
#[derive(Debug)]
enum Kind {
    Mp3,
    /// Samples, cut anywhere: half of one may be left of the last piece.
    Pcm {
        rate_hz: u32,
        half: Option<u8>,
        begun: bool,
    },
}

impl Kind {
    fn of(answer: &Answer, asked: &str) -> Result<Self, EngineError> {
        Self::named(&answer.media_type(), &answer.content_type(), asked)
    }

    fn named(media_type: &str, content_type: &str, asked: &str) -> Result<Self, EngineError> {
        let pcm = || Self::Pcm { rate_hz: rate_hz(content_type), half: None, begun: false };
        match media_type {
            "audio/mpeg" | "audio/mp3" => Ok(Self::Mp3),
            "audio/pcm" | "audio/l16" | "audio/x-pcm" => Ok(pcm()),
            "" | "application/octet-stream" | "binary/octet-stream" | "audio/raw" => {
                Ok(if asked == "mp3" { Self::Mp3 } else { pcm() })
            }
            sound if sound.starts_with("audio/") => Err(unreadable(
                "it is sound in another format than was asked for; the server must know mp3 and \
                 pcm",
            )),
            _ => Err(unreadable("it is no sound; is the base URL right?")),
        }
    }

    fn sound(&mut self, bytes: Bytes, gain_db: f32) -> Result<Sound, EngineError> {
        let Self::Pcm { rate_hz, half, begun } = self else {
            // Kept as it is, a small piece would hold the whole buffer that it was read into.
            return Ok(Sound::Mp3(Bytes::copy_from_slice(&bytes)));
        };
        if !std::mem::replace(begun, true) && bytes.starts_with(b"RIFF") {
            return Err(unreadable("it is a WAV file where bare samples were asked for"));
        }
        let whole: Vec<u8> = half.take().into_iter().chain(bytes).collect();
        let samples = whole.chunks_exact(2);
        *half = samples.remainder().first().copied();
        let factor = 10_f32.powf(gain_db / 20.0);
        let samples = samples.map(|pair| {
            let sample = i16::from_le_bytes([pair[0], pair[1]]);
            // A cast of a number that is too large stops at the largest there is.
            if gain_db == 0.0 { sample } else { (f32::from(sample) * factor).round() as i16 }
        });
        Ok(Sound::Pcm(Pcm { rate_hz: *rate_hz, samples: samples.collect() }))
    }
}

/// The rate that a content type names, as in `audio/pcm; rate=16000`.
fn rate_hz(content_type: &str) -> u32 {
    let parameters = content_type.split(';').skip(1);
    let named = parameters.filter_map(|parameter| parameter.trim().strip_prefix("rate="));
    let rate = named.filter_map(|rate| rate.trim().parse().ok()).next();
    rate.filter(|rate| (8_000..=192_000).contains(rate)).unwrap_or(RATE_HZ)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn samples(kind: &mut Kind, bytes: &[u8], gain_db: f32) -> Vec<i16> {
        match kind.sound(Bytes::copy_from_slice(bytes), gain_db).unwrap() {
            Sound::Pcm(pcm) => pcm.samples,
            Sound::Mp3(_) => panic!("not samples"),
        }
    }

    #[test]
    fn a_content_type_tells_what_it_is() {
        let kind = |media_type: &str, asked: &str| Kind::named(media_type, media_type, asked);
        assert!(matches!(kind("audio/mpeg", "mp3"), Ok(Kind::Mp3)));
        assert!(matches!(kind("", "pcm"), Ok(Kind::Pcm { rate_hz: 24_000, .. })));
        assert!(matches!(kind("application/octet-stream", "mp3"), Ok(Kind::Mp3)));
        for wrong in ["application/json", "text/html", "text/plain", "audio/wav", "audio/ogg"] {
            assert!(matches!(kind(wrong, "mp3"), Err(EngineError::Unreadable(_))), "{wrong}");
        }
        assert_eq!(rate_hz("audio/pcm; rate=16000; channels=1"), 16_000);
        assert_eq!(rate_hz("audio/pcm;rate=0"), 24_000);
    }

    #[test]
    fn louder_stops_at_the_loudest() {
        let mut kind = Kind::named("audio/pcm", "audio/pcm", "pcm").unwrap();
        let bytes: Vec<u8> = [100_i16, -20_000].into_iter().flat_map(i16::to_le_bytes).collect();
        assert_eq!(samples(&mut kind, &bytes, 6.0), [200, i16::MIN]);
        assert_eq!(samples(&mut kind, &bytes, 0.0), [100, -20_000]);
    }

    #[test]
    fn a_file_is_not_taken_for_samples() {
        let mut kind = Kind::named("", "", "pcm").unwrap();
        assert!(kind.sound(Bytes::from_static(b"RIFF\0\0\0\0WAVE"), 0.0).is_err());
    }

    proptest! {
        #[test]
        fn samples_may_be_cut_in_half(
            sound in prop::collection::vec(any::<i16>(), 0..50),
            sizes in prop::collection::vec(1..7_usize, 1..30),
        ) {
            let bytes: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            prop_assume!(!bytes.starts_with(b"RIFF"));
            let mut kind = Kind::named("", "", "pcm").unwrap();
            let (mut heard, mut rest) = (Vec::new(), bytes.as_slice());
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, left) = rest.split_at((*size).min(rest.len()));
                heard.extend(samples(&mut kind, piece, 0.0));
                rest = left;
            }
            prop_assert_eq!(heard, sound);
        }
    }
}
