//! How long a clip is, measured without decoding it; and whether it takes more than it may.

use std::time::Duration;

use symphonia::core::packet::Packet;

use crate::audio::clip::Container;
use crate::audio::decode::demux::Next;
use crate::audio::decode::opus_head::{OPUS_RATE_HZ, packet_samples};
use crate::audio::decode::webm_blocks::opus_samples;
use crate::audio::decode::{Decoding, broken, guarded};
use crate::audio::error::AudioError;

/// So many packets are skimmed between two looks at the clock.
const PACKETS_AT_ONCE: usize = 64;
/// What may be left unread behind the end of the sound.
const MOST_UNREAD_BYTES: u64 = 256 * 1024;
/// Seconds of sound that give a second more to decode it: slow machines take half of that.
const SECONDS_FOR_A_SECOND: f64 = 30.0;
/// What the longest clip may hold for each of its seconds: 48 kHz in stereo.
const SAMPLES_PER_SECOND: f64 = 96_000.0;

impl Decoding {
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

    fn skim_rest(&mut self) -> Result<(), AudioError> {
        if let Some(seconds) = self.whole_seconds() {
            return self.count(seconds - self.progress.heard_seconds);
        }
        self.allowance.resume();
        loop {
            // Passing over a packet takes hardly longer than looking at the clock.
            for _ in 0..PACKETS_AT_ONCE {
                match self.reel.next() {
                    Next::Packet(packet) => match self.packet_seconds(&packet) {
                        Some(seconds) => self.count(seconds)?,
                        None => {
                            self.hear(&packet)?;
                            self.spend()?;
                        }
                    },
                    Next::Changed => {
                        self.change()?;
                        self.spend()?;
                    }
                    Next::End(_) => {
                        self.spend()?;
                        return self.ends_with_its_bytes();
                    }
                }
            }
            self.spend()?;
        }
    }

    /// Whoever else hears a clip may find more sound where we find nothing but damage. What lies
    /// behind the sound of an MP4 or a WAV is not taken for sound by anyone.
    fn ends_with_its_bytes(&self) -> Result<(), AudioError> {
        let container = self.info.container;
        let unread = (self.clip.bytes().len() as u64).saturating_sub(self.allowance.read_bytes());
        if unread <= MOST_UNREAD_BYTES || matches!(container, Container::Mp4 | Container::Wav) {
            return Ok(());
        }
        let seconds = self.progress.heard_seconds;
        let reason = format!("it is damaged after {seconds:.0} s, with {unread} bytes behind that");
        Err(broken(container, reason))
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

    /// How long a packet lasts, without decoding it: by the samples that are coded in it. None if
    /// only decoding tells; what a container says of it may be wrong.
    fn packet_seconds(&self, packet: &Packet) -> Option<f64> {
        if self.codec.is_opus() {
            return Some(f64::from(packet_samples(&packet.data)) / f64::from(OPUS_RATE_HZ));
        }
        if !self.progress.decoded {
            return None;
        }
        if let Some(samples) = self.codec.packet_samples() {
            return Some(f64::from(samples) / f64::from(self.codec.source_hz));
        }
        let says_what_others_say = matches!(self.info.container, Container::WebM | Container::Mp4);
        let known = packet.dur.get() > 0 && !says_what_others_say;
        let base = self.reel.time_base.filter(|_| known)?;
        Some(base.calc_duration_saturating(packet.dur).as_secs_f64())
    }

    /// Counts sound that was heard or skimmed, and refuses what is too much.
    pub(super) fn count(&mut self, seconds: f64) -> Result<(), AudioError> {
        self.progress.heard_seconds += seconds;
        let (rate_hz, channels) = (self.codec.source_hz, self.codec.width());
        let per_second = f64::from(rate_hz) * f64::from(channels);
        self.progress.samples += seconds * per_second;
        let most = f64::from(self.limits.max_seconds) * SAMPLES_PER_SECOND;
        if self.progress.samples > most.max(per_second) {
            let limit_seconds = (most / per_second) as u32;
            return Err(AudioError::TooDense { rate_hz, channels, limit_seconds });
        }
        let limit_seconds = self.limits.max_seconds;
        let heard = self.progress.heard_seconds;
        if heard > f64::from(limit_seconds) {
            let seconds = self.info.declared_seconds.map_or(heard, |declared| declared.max(heard));
            return Err(AudioError::TooLong { seconds, limit_seconds });
        }
        Ok(())
    }

    /// Counts the time that was spent; whoever works on has to resume.
    pub(super) fn spend(&mut self) -> Result<(), AudioError> {
        self.allowance.pause();
        let more = Duration::from_secs_f64(self.progress.heard_seconds / SECONDS_FOR_A_SECOND);
        let limit = self.limits.max_time.saturating_add(more);
        self.allowance.grant(limit);
        if self.allowance.spent() > limit { Err(too_slow(limit)) } else { Ok(()) }
    }
}

pub(super) fn too_slow(limit: Duration) -> AudioError {
    AudioError::TooSlow { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) }
}
