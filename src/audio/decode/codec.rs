//! The coding inside a container: packets in, mono samples out.

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_AC3, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP1, CODEC_ID_MP2,
    CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_SPEEX,
    CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

use crate::audio::clip::Container;
use crate::audio::decode::demux::reason;
use crate::audio::decode::opus::OpusDecoder;
use crate::audio::decode::opus_head::{OPUS_RATE_HZ, OpusHead};
use crate::audio::decode::vorbis_setup;
use crate::audio::decode::wav_head::MOST_CHANNELS;

/// Rates that sound is ever recorded at, with room on both sides.
const PLAUSIBLE_RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// Above this, all that there are can be divided by 25. Others would take long to be changed.
const HIGHEST_ODD_RATE_HZ: u32 = 50_000;

const AAC: &str = "AAC";
const AAC_PACKET_SAMPLES: u32 = 1_024;

/// A decoder, whichever it is.
pub(crate) struct Codec {
    kind: Kind,
    /// What the coding is called.
    pub(crate) name: &'static str,
    /// Samples per second of the original.
    pub(crate) source_hz: u32,
    /// Channels of the original.
    pub(crate) channels: u16,
    /// Samples to drop from the beginning, at the rate of what comes out.
    pub(crate) skip: u64,
}

enum Kind {
    Opus { decoder: OpusDecoder, rate_hz: u32, gain: f32 },
    Other { decoder: Box<dyn AudioDecoder>, frame: Vec<f32> },
}

/// Samples of one packet.
pub(crate) struct Mono {
    /// Samples per second.
    pub(crate) rate_hz: u32,
    /// The samples, all channels folded into one.
    pub(crate) samples: Vec<i16>,
}

impl Codec {
    /// The decoder for a track; Opus comes out at the wanted rate if it can.
    pub(crate) fn new(
        parameters: &AudioCodecParameters,
        container: Container,
        wanted_hz: u32,
    ) -> Result<Self, String> {
        let codec = if parameters.codec == CODEC_ID_OPUS {
            Self::opus(OpusHead::read(parameters.extra_data.as_deref(), container), wanted_hz)?
        } else {
            Self::other(parameters)?
        };
        if codec.channels == 0 || codec.channels > MOST_CHANNELS {
            return Err(format!("it claims to have {} channels", codec.channels));
        }
        Ok(codec)
    }

    fn opus(head: OpusHead, wanted_hz: u32) -> Result<Self, String> {
        let streams = u16::from(head.streams);
        if streams == 0 || streams > MOST_CHANNELS {
            return Err(format!("it claims to have {streams} streams"));
        }
        let direct = [8_000, 12_000, 16_000, 24_000, 48_000].contains(&wanted_hz);
        let rate_hz = if direct { wanted_hz } else { OPUS_RATE_HZ };
        let decoder = OpusDecoder::new(rate_hz, head.streams).ok_or("Opus could not be set up")?;
        Ok(Self {
            kind: Kind::Opus { decoder, rate_hz, gain: head.gain },
            name: "Opus",
            source_hz: OPUS_RATE_HZ,
            channels: u16::from(head.channels),
            skip: u64::from(head.skip) * u64::from(rate_hz) / u64::from(OPUS_RATE_HZ),
        })
    }

    fn other(parameters: &AudioCodecParameters) -> Result<Self, String> {
        let name = name(parameters.codec);
        let source_hz = plausible(parameters.sample_rate.unwrap_or(0))?;
        let channels = parameters.channels.as_ref().map_or(1, |channels| channels.count());
        let channels = u16::try_from(channels).unwrap_or(u16::MAX);
        if channels > MOST_CHANNELS {
            return Err(format!("it claims to have {channels} channels"));
        }
        if parameters.codec == CODEC_ID_VORBIS {
            vorbis_setup::check(parameters.extra_data.as_deref().unwrap_or_default())?;
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| match error {
                Error::Unsupported(_) => {
                    format!("its sound is coded as {name}, which is not read here")
                }
                error => reason(&error),
            })?;
        let kind = Kind::Other { decoder, frame: Vec::new() };
        Ok(Self { kind, name, source_hz, channels, skip: 0 })
    }

    /// Whether this is Opus, whose packets know how long they last.
    pub(crate) fn is_opus(&self) -> bool {
        matches!(self.kind, Kind::Opus { .. })
    }

    /// Samples in each packet, where all have as many.
    pub(crate) fn packet_samples(&self) -> Option<u32> {
        (self.name == AAC).then_some(AAC_PACKET_SAMPLES)
    }

    /// How many channels are decoded.
    pub(crate) fn width(&self) -> u16 {
        match &self.kind {
            Kind::Opus { decoder, .. } => self.channels.max(decoder.streams() as u16),
            Kind::Other { .. } => self.channels.max(1),
        }
    }

    /// The rate of what comes out, as far as it is known beforehand.
    pub(crate) fn rate_hz(&self) -> u32 {
        match &self.kind {
            Kind::Opus { rate_hz, .. } => *rate_hz,
            Kind::Other { .. } => self.source_hz,
        }
    }

    /// One packet's sound. An error is that packet's, in words; the next may do better.
    pub(crate) fn decode(&mut self, packet: &Packet) -> Result<Mono, String> {
        match &mut self.kind {
            Kind::Opus { decoder, rate_hz, gain } => {
                let streams = decoder.streams();
                let samples = decoder
                    .decode(&packet.data)
                    .map_err(|number| format!("Opus refused a packet ({number})"))?;
                let samples = amplified(folded(samples, streams), *gain);
                Ok(Mono { rate_hz: *rate_hz, samples: trimmed(samples, packet, *rate_hz) })
            }
            Kind::Other { decoder, frame } => {
                let decoded = decoder.decode(packet).map_err(|error| reason(&error))?;
                let (rate_hz, channels) =
                    (decoded.spec().rate(), decoded.spec().channels().count());
                let rate_hz = plausible(rate_hz)?;
                frame.clear();
                decoded.copy_to_vec_interleaved(frame);
                (self.source_hz, self.channels) = (rate_hz, channels as u16);
                Ok(Mono { rate_hz, samples: folded(frame, channels) })
            }
        }
    }
}

fn plausible(rate_hz: u32) -> Result<u32, String> {
    let even = rate_hz <= HIGHEST_ODD_RATE_HZ || rate_hz.is_multiple_of(25);
    if even && PLAUSIBLE_RATES_HZ.contains(&rate_hz) {
        return Ok(rate_hz);
    }
    Err(format!("it claims to have {rate_hz} samples per second"))
}

/// The mean of all channels: it can never clip, whatever is on them.
fn folded(frame: &[f32], channels: usize) -> Vec<i16> {
    if channels <= 1 {
        return frame.iter().copied().map(sample).collect();
    }
    let share = 1.0 / channels as f32;
    let mean = |samples: &[f32]| samples.iter().sum::<f32>() * share;
    frame.chunks_exact(channels).map(|samples| sample(mean(samples))).collect()
}

/// The nearest there is. Written so that the C library is not called for each.
fn sample(value: f32) -> i16 {
    let scaled = value * 32_768.0;
    let cut = scaled as i32;
    let rest = scaled - cut as f32;
    let rounded = i32::from(rest >= 0.5) - i32::from(rest <= -0.5);
    let rounded = cut.saturating_add(rounded);
    rounded.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

fn amplified(mut samples: Vec<i16>, gain: f32) -> Vec<i16> {
    if gain != 1.0 {
        samples.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * gain) as i16);
    }
    samples
}

/// Without what the container says is only there to fill the last packet.
fn trimmed(mut samples: Vec<i16>, packet: &Packet, rate_hz: u32) -> Vec<i16> {
    let surplus = packet.trim_end.get() * u64::from(rate_hz) / u64::from(OPUS_RATE_HZ);
    let surplus = usize::try_from(surplus).unwrap_or(usize::MAX);
    samples.truncate(samples.len().saturating_sub(surplus));
    samples
}

fn name(codec: AudioCodecId) -> &'static str {
    match codec {
        CODEC_ID_AAC => AAC,
        CODEC_ID_AC3 => "AC-3",
        CODEC_ID_ALAC => "ALAC",
        CODEC_ID_FLAC => "FLAC",
        CODEC_ID_MP1 => "MPEG layer I",
        CODEC_ID_MP2 => "MPEG layer II",
        CODEC_ID_MP3 => "MP3",
        CODEC_ID_PCM_ALAW => "A-law",
        CODEC_ID_PCM_MULAW => "µ-law",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_VORBIS => "Vorbis",
        other if symphonia::default::get_codecs().get_audio_decoder(other).is_some() => "PCM",
        _ => "something unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_rounded_to_the_nearest_and_kept_within_their_range() {
        for (value, rounded) in [
            (0.0, 0),
            (1.0, 1),
            (-1.0, -1),
            (0.4, 0),
            (-0.4, 0),
            (0.6, 1),
            (-0.6, -1),
            (0.5, 1),
            (-0.5, -1),
            (32_000.499, 32_000),
            (32_766.6, 32_767),
            (-32_768.0, -32_768),
            (1e9, 32_767),
            (-1e9, -32_768),
            (1e19, 32_767),
            (-1e19, -32_768),
            (f32::NAN, 0),
        ] {
            assert_eq!(sample(value / 32_768.0), rounded, "{value}");
        }
    }

    #[test]
    fn channels_become_their_mean() {
        assert_eq!(folded(&[0.5, -0.25, 1.0, 1.0], 2), [4_096, 32_767]);
        assert_eq!(folded(&[0.5, -0.25], 1), [16_384, -8_192]);
    }
}
