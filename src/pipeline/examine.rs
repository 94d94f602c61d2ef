//! The hearing alone, looked at closely: what a turn would make of a clip, and why.

use std::time::Instant;

use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;

use crate::audio::clip::Clip;
use crate::audio::error::AudioError;
use crate::audio::hearing::{self, Examined};
use crate::pipeline::Pipeline;
use crate::pipeline::budget::Tab;
use crate::pipeline::engine::{Hint, Transcript};
use crate::pipeline::error::TurnError;

/// What a turn would make of a clip, and why.
#[derive(Debug, Clone)]
pub struct Examination {
    /// The clip, looked at from all sides.
    pub examined: Examined,
    /// Why a turn would refuse it, if it would.
    pub refusal: Option<TurnError>,
    /// What was understood, if a turn would have asked.
    pub transcript: Option<Transcript>,
    /// How long looking took, in milliseconds.
    pub look_ms: f64,
    /// How long the gate took.
    pub gate_ms: f64,
    /// How long understanding took.
    pub hear_ms: Option<f64>,
}

impl Pipeline {
    /// Looks at a clip closely, has it pass the gate, and, if it did and `words` are wanted, heard.
    pub async fn examine(
        &self,
        clip: &Clip,
        hint: &Hint,
        tab: &Tab,
        words: bool,
    ) -> Result<Examination, TurnError> {
        self.in_time(self.examined(clip, hint, tab, words)).await
    }

    async fn examined(
        &self,
        clip: &Clip,
        hint: &Hint,
        tab: &Tab,
        words: bool,
    ) -> Result<Examination, TurnError> {
        let began = Instant::now();
        let examined = self.look(clip, tab).await?;
        let look_ms = elapsed_ms(began);
        let began = Instant::now();
        let refusal = self.pass(clip, tab).await.err();
        let gate_ms = elapsed_ms(began);
        let mut examination =
            Examination { examined, refusal, transcript: None, look_ms, gate_ms, hear_ms: None };
        if !words || examination.refusal.is_some() {
            return Ok(examination);
        }
        let began = Instant::now();
        let report = &examination.examined.report;
        let transcript = self.transcribe((clip, hint), report.duration_seconds, tab).await?;
        let understood = self.understood(&transcript, clip, report, tab).await;
        examination.refusal = understood.err();
        examination.hear_ms = Some(elapsed_ms(began));
        examination.transcript = Some(transcript).filter(|_| examination.refusal.is_none());
        Ok(examination)
    }

    async fn look(&self, clip: &Clip, tab: &Tab) -> Result<Examined, TurnError> {
        let permit = self.decoders.room(tab.payer()).await;
        let (clip, limits) = (clip.clone(), self.limits.decode);
        let looking = AbortOnDropHandle::new(spawn_blocking(move || {
            let examined = hearing::examine(&clip, limits);
            clip.release();
            drop(permit);
            examined
        }));
        Ok(looking.await.unwrap_or(Err(AudioError::Panicked))?)
    }
}

fn elapsed_ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
