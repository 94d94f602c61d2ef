//! Any clip as mono samples, pulled block by block, within limits that hold while it decodes.

mod allowance;
mod boxes;
mod codec;
mod demux;
mod measure;
mod notes;
mod ogg_tail;
mod opus;
mod opus_head;
mod source;
mod vorbis_setup;
mod wav_head;
mod webm_blocks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use symphonia::core::packet::Packet;

use crate::audio::clip::{Clip, Container};
use crate::audio::decode::allowance::Allowance;
use crate::audio::decode::codec::{Codec, Mono};
use crate::audio::decode::demux::{Next, Reel};
use crate::audio::decode::measure::too_slow;
use crate::audio::decode::webm_blocks::{is_bare, is_plain_opus};
use crate::audio::error::AudioError;
use crate::audio::resample::Resampler;

/// A clip that is this much shorter than it says has lost its end.
const TRUNCATION_SECONDS: f64 = 0.25;
/// Each change of the rate takes what hundreds of packets take.
const MOST_CHANGES_OF_RATE: u32 = 8;

/// How much a clip may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the clip as it was sent.
    pub max_bytes: u64,
    /// Seconds of sound in it.
    pub max_seconds: u32,
    /// Time that a processor may spend on decoding it; long clips get some more.
    pub max_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let max_time = Duration::from_secs(2);
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
    allowance: Allowance,
}

/// How far a decoding has come.
#[derive(Default)]
struct Progress {
    /// Samples at the codec's rate still to be dropped.
    skip: u64,
    /// Samples at the codec's rate still to be given, if an edit says how many.
    keep: Option<u64>,
    heard_seconds: f64,
    /// Samples of all channels at the original's rate, decoded or skimmed.
    samples: f64,
    changes_of_rate: u32,
    /// Whether a packet was decoded: only then is it known for sure how the sound is coded.
    decoded: bool,
    /// Whether any sample came out; a few at a high rate make none at a low one.
    gave: bool,
    damaged: Option<String>,
    over: bool,
}

impl Decoding {
    /// Whether a clip is certain to be opened, and its first second decoded, in no time.
    pub fn is_quick(clip: &Clip) -> bool {
        clip.container() == Container::WebM && is_plain_opus(clip.bytes())
    }

    /// Opens a clip to be heard as mono samples at a rate.
    pub fn open(clip: &Clip, limits: Limits, rate_hz: u32) -> Result<Self, AudioError> {
        let bytes = clip.bytes().len() as u64;
        if bytes > limits.max_bytes {
            return Err(AudioError::TooManyBytes { bytes, limit: limits.max_bytes });
        }
        let allowance = Allowance::new(limits.max_time);
        let opened = guarded(|| Self::set_up(clip, limits, rate_hz, &allowance))?;
        if allowance.is_over() {
            return Err(too_slow(limits.max_time));
        }
        let decoding = opened.map_err(|reason| match clip.container() {
            container @ Container::WebM if is_bare(clip.bytes()) => {
                AudioError::Bare { container: container.name() }
            }
            container => broken(container, reason),
        })?;
        decoding.allowance.pause();
        Ok(decoding)
    }

    fn set_up(
        clip: &Clip,
        limits: Limits,
        rate_hz: u32,
        allowance: &Allowance,
    ) -> Result<Self, String> {
        let container = clip.container();
        let reel = Reel::open(clip, allowance)?;
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
        let (clip, allowance) = (clip.clone(), allowance.clone());
        Ok(Self { clip, reel, codec, resampler, limits, info, rate_hz, progress, allowance })
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

    /// How much time of a processor it has taken so far.
    pub fn spent(&self) -> Duration {
        self.allowance.spent()
    }

    /// What is known of the clip so far.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn pull(&mut self) -> Result<Option<Vec<i16>>, AudioError> {
        self.allowance.resume();
        loop {
            let next = self.reel.next();
            let block = match next {
                Next::Packet(packet) => self.hear(&packet)?,
                Next::Changed => self.change()?,
                Next::End(reason) => {
                    self.spend()?;
                    return self.end(reason);
                }
            };
            self.spend()?;
            if !block.is_empty() {
                self.progress.gave = true;
                return Ok(Some(block));
            }
        }
    }

    /// Decodes one packet. A damaged one is passed over: speech has gaps anyway.
    fn hear(&mut self, packet: &Packet) -> Result<Vec<i16>, AudioError> {
        let Mono { rate_hz, samples } = match self.codec.decode(packet) {
            Ok(mono) => mono,
            Err(reason) => {
                self.progress.damaged = Some(reason);
                return Ok(Vec::new());
            }
        };
        self.progress.decoded = true;
        let samples = self.progress.meant_to_be_heard(&samples);
        self.count(samples.len() as f64 / f64::from(rate_hz))?;
        (self.info.rate_hz, self.info.channels) = (self.codec.source_hz, self.codec.channels);
        let mut block = Vec::new();
        if rate_hz != self.resampler.from_hz() {
            self.progress.changes_of_rate += 1;
            if self.progress.changes_of_rate > MOST_CHANGES_OF_RATE {
                let reason = "its sample rate changes too often".to_owned();
                return Err(broken(self.info.container, reason));
            }
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
        self.progress.decoded = false;
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
