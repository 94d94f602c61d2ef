//! Any clip as mono samples, pulled block by block, within limits that hold while it decodes.

mod boxes;
mod codec;
mod demux;
mod notes;
mod ogg_tail;
mod opus;
mod opus_head;
mod source;
mod vorbis_setup;
mod wav_head;
mod webm_blocks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use symphonia::core::packet::Packet;

use crate::audio::clip::{Clip, Container};
use crate::audio::decode::codec::{Codec, Mono};
use crate::audio::decode::demux::{Next, Reel};
use crate::audio::decode::opus_head::{OPUS_RATE_HZ, packet_samples};
use crate::audio::decode::webm_blocks::{is_bare, opus_samples};
use crate::audio::error::AudioError;
use crate::audio::resample::Resampler;

/// A clip that is this much shorter than it says has lost its end.
const TRUNCATION_SECONDS: f64 = 0.25;
/// A gap between packets that counts, when a clip's length is only measured by their times.
const LONGEST_GAP_SECONDS: f64 = 1.0;
/// So many packets are skimmed between two looks at the clock.
const PACKETS_AT_ONCE: usize = 64;

/// How much a clip may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the clip as it was sent.
    pub max_bytes: u64,
    /// Seconds of sound in it.
    pub max_seconds: u32,
    /// Time spent decoding it.
    pub max_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let max_time = Duration::from_secs(20);
        Self { max_bytes: 25 * 1024 * 1024, max_seconds: 600, max_time }
    }
}

/// What is known of a clip beside its sound.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceInfo {
    /// What it is packed in.
    pub container: Container,
    /// How it is coded.
    pub codec: &'static str,
    /// Samples per second of the original.
    pub rate_hz: u32,
    /// Channels of the original.
    pub channels: u16,
    /// How long it claims to be. May be wrong.
    pub declared_seconds: Option<f64>,
    /// It does not say how long it is, as when it was recorded live.
    pub live: bool,
    /// Its end is missing. Known when everything is decoded.
    pub truncated: bool,
}

/// A clip while it is being decoded.
pub struct Decoding {
    clip: Clip,
    reel: Reel,
    codec: Codec,
    resampler: Resampler,
    limits: Limits,
    info: SourceInfo,
    rate_hz: u32,
    progress: Progress,
}

/// How far a decoding has come.
#[derive(Default)]
struct Progress {
    spent: Duration,
    /// Samples at the codec's rate still to be dropped.
    skip: u64,
    /// Samples at the codec's rate still to be given, if an edit says how many.
    keep: Option<u64>,
    heard_seconds: f64,
    /// Whether any sample came out; a few at a high rate make none at a low one.
    gave: bool,
    damaged: Option<String>,
    /// When the last packet began, in seconds.
    clock: Option<f64>,
    over: bool,
}

impl Decoding {
    /// Opens a clip to be heard as mono samples at a rate.
    pub fn open(clip: &Clip, limits: Limits, rate_hz: u32) -> Result<Self, AudioError> {
        let bytes = clip.bytes().len() as u64;
        if bytes > limits.max_bytes {
            return Err(AudioError::TooManyBytes { bytes, limit: limits.max_bytes });
        }
        let started = Instant::now();
        let opened = guarded(|| Self::set_up(clip, limits, rate_hz))?;
        let mut decoding = opened.map_err(|reason| match clip.container() {
            container @ Container::WebM if is_bare(clip.bytes()) => {
                AudioError::Bare { container: container.name() }
            }
            container => broken(container, reason),
        })?;
        decoding.progress.spent = started.elapsed();
        Ok(decoding)
    }

    fn set_up(clip: &Clip, limits: Limits, rate_hz: u32) -> Result<Self, String> {
        let container = clip.container();
        let reel = Reel::open(clip)?;
        let parameters = reel.parameters().ok_or("it has no sound track")?;
        let codec = Codec::new(parameters, container, rate_hz)?;
        let declared_seconds = declared(clip, &reel);
        let info = SourceInfo {
            container,
            codec: codec.name,
            rate_hz: codec.source_hz,
            channels: codec.channels,
            declared_seconds,
            live: declared_seconds.is_none(),
            truncated: false,
        };
        let progress = first_steps(clip, &reel, &codec);
        let resampler = Resampler::new(codec.rate_hz(), rate_hz);
        Ok(Self { clip: clip.clone(), reel, codec, resampler, limits, info, rate_hz, progress })
    }

    /// The next samples, in blocks of whatever size they come; none at the end.
    ///
    /// After an error, or the end, there is nothing more.
    pub fn next_block(&mut self) -> Result<Option<Vec<i16>>, AudioError> {
        if self.progress.over {
            return Ok(None);
        }
        let pulled = guarded(|| self.pull()).and_then(|pulled| pulled);
        if !matches!(pulled, Ok(Some(_))) {
            self.progress.over = true;
        }
        pulled
    }

    /// How long the clip is altogether, measured without decoding what is left of it.
    ///
    /// Afterwards there is nothing more to hear. A clip over the limit is refused here as well.
    pub fn skim(&mut self) -> Result<f64, AudioError> {
        let skimmed = match self.progress.over {
            true => Ok(()),
            false => guarded(|| self.skim_rest()).and_then(|skimmed| skimmed),
        };
        self.progress.over = true;
        skimmed.map(|()| self.progress.heard_seconds)
    }

    /// What is known of the clip so far.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn pull(&mut self) -> Result<Option<Vec<i16>>, AudioError> {
        loop {
            let started = Instant::now();
            let next = self.reel.next();
            let block = match next {
                Next::Packet(packet) => self.hear(&packet)?,
                Next::Changed => self.change()?,
                Next::End(reason) => return self.end(reason),
            };
            self.spend(started)?;
            if !block.is_empty() {
                self.progress.gave = true;
                return Ok(Some(block));
            }
        }
    }

    fn skim_rest(&mut self) -> Result<(), AudioError> {
        if let Some(seconds) = self.whole_seconds() {
            return self.count(seconds - self.progress.heard_seconds);
        }
        loop {
            let started = Instant::now();
            // Passing over a packet takes hardly longer than looking at the clock.
            for _ in 0..PACKETS_AT_ONCE {
                match self.reel.next() {
                    Next::Packet(packet) => {
                        let seconds = self.packet_seconds(&packet);
                        self.count(seconds)?;
                    }
                    Next::Changed => drop(self.change()?),
                    Next::End(_) => return Ok(()),
                }
            }
            self.spend(started)?;
        }
    }

    /// How long the clip is, if it tells without being read packet by packet.
    fn whole_seconds(&self) -> Option<f64> {
        if !self.codec.is_opus() || self.clip.container() != Container::WebM {
            return None;
        }
        let samples = opus_samples(self.clip.bytes(), self.reel.track())?;
        let skipped = self.codec.skip as f64 / f64::from(self.codec.rate_hz());
        Some((samples as f64 / f64::from(OPUS_RATE_HZ) - skipped).max(0.0))
    }

    /// Decodes one packet. A damaged one is passed over: speech has gaps anyway.
    fn hear(&mut self, packet: &Packet) -> Result<Vec<i16>, AudioError> {
        self.packet_seconds(packet);
        let Mono { rate_hz, samples } = match self.codec.decode(packet) {
            Ok(mono) => mono,
            Err(reason) => {
                self.progress.damaged = Some(reason);
                return Ok(Vec::new());
            }
        };
        let samples = self.progress.meant_to_be_heard(&samples);
        self.count(samples.len() as f64 / f64::from(rate_hz))?;
        (self.info.rate_hz, self.info.channels) = (self.codec.source_hz, self.codec.channels);
        let mut block = Vec::new();
        if rate_hz != self.resampler.from_hz() {
            block = self.resampler.finish();
            self.resampler = Resampler::new(rate_hz, self.rate_hz);
        }
        block.extend(self.resampler.push(samples));
        Ok(block)
    }

    /// The track goes on, coded anew: as when files are simply put one behind the other.
    fn change(&mut self) -> Result<Vec<i16>, AudioError> {
        let container = self.info.container;
        let changed = self.reel.pick().and_then(|()| {
            let parameters = self.reel.parameters().ok_or("it has no sound track")?;
            Codec::new(parameters, container, self.rate_hz)
        });
        self.codec = changed.map_err(|reason| broken(container, reason))?;
        self.progress.skip = self.codec.skip;
        self.progress.clock = None;
        Ok(Vec::new())
    }

    fn end(&mut self, reason: Option<String>) -> Result<Option<Vec<i16>>, AudioError> {
        let heard = self.progress.heard_seconds;
        let rest = self.resampler.finish();
        if !self.progress.gave && rest.is_empty() {
            let reason = self.progress.damaged.take().or(reason);
            let reason = reason.unwrap_or_else(|| "there is no sound in it".to_owned());
            return Err(broken(self.info.container, reason));
        }
        self.info.truncated = match self.info.declared_seconds {
            Some(declared) => heard + TRUNCATION_SECONDS < declared,
            None => false,
        };
        self.progress.over = true;
        Ok((!rest.is_empty()).then_some(rest))
    }

    /// How long a packet lasts, without decoding it.
    fn packet_seconds(&mut self, packet: &Packet) -> f64 {
        if self.codec.is_opus() {
            return f64::from(packet_samples(&packet.data)) / f64::from(OPUS_RATE_HZ);
        }
        let Some(base) = self.reel.time_base else { return 0.0 };
        let now = base.calc_time_saturating(packet.pts).as_secs_f64();
        let before = self.progress.clock.replace(now);
        if packet.dur.get() > 0 {
            return base.calc_duration_saturating(packet.dur).as_secs_f64();
        }
        (now - before.unwrap_or(now)).clamp(0.0, LONGEST_GAP_SECONDS)
    }

    fn count(&mut self, seconds: f64) -> Result<(), AudioError> {
        self.progress.heard_seconds += seconds;
        let limit_seconds = self.limits.max_seconds;
        let heard = self.progress.heard_seconds;
        if heard > f64::from(limit_seconds) {
            let seconds = self.info.declared_seconds.map_or(heard, |declared| declared.max(heard));
            return Err(AudioError::TooLong { seconds, limit_seconds });
        }
        Ok(())
    }

    fn spend(&mut self, started: Instant) -> Result<(), AudioError> {
        self.progress.spent += started.elapsed();
        let limit = self.limits.max_time;
        if self.progress.spent > limit {
            let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            return Err(AudioError::TooSlow { limit_ms });
        }
        Ok(())
    }
}

impl Progress {
    /// Without what an encoder put before and behind the sound to fill its frames.
    fn meant_to_be_heard<'a>(&mut self, samples: &'a [i16]) -> &'a [i16] {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(samples.len());
        self.skip -= skipped as u64;
        let samples = &samples[skipped..];
        let Some(keep) = self.keep.as_mut() else { return samples };
        let kept = usize::try_from(*keep).unwrap_or(usize::MAX).min(samples.len());
        *keep -= kept as u64;
        &samples[..kept]
    }
}

fn first_steps(clip: &Clip, reel: &Reel, codec: &Codec) -> Progress {
    let mut progress = Progress { skip: codec.skip, ..Progress::default() };
    if clip.container() != Container::Mp4 {
        return progress;
    }
    let samples = |seconds: f64| (seconds * f64::from(codec.rate_hz())).round() as u64;
    if let Some(edit) = boxes::edit(clip.bytes(), reel.track()) {
        // Opus says itself what to skip, and an edit says it once more.
        progress.skip = progress.skip.max(samples(edit.skip_seconds));
        progress.keep = edit.keep_seconds.map(samples);
    }
    progress
}

/// How long the clip claims to be. A WAV's own head is asked, because its mended one claims
/// nothing.
fn declared(clip: &Clip, reel: &Reel) -> Option<f64> {
    match clip.container() {
        Container::Wav => wav_head::declared_seconds(clip.bytes()),
        Container::Mp4 if boxes::fragmented(clip.bytes()) => boxes::fragments_seconds(clip.bytes()),
        _ => reel.declared_seconds(),
    }
}

fn broken(container: Container, reason: String) -> AudioError {
    AudioError::Broken { container: container.name(), reason }
}

/// Runs what strangers' bytes decide about; if it panics, that is their error and nobody else's.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, AudioError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| AudioError::Panicked)
}
