//! A clip in, words out: the hearing alone, with nothing thought of and nothing said.

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;

use crate::audio::clip::Clip;
use crate::audio::decode::Limits;
use crate::audio::error::AudioError;
use crate::audio::hearing::{self, Presence, Report};
use crate::pipeline::engine::{Hint, Transcriber, Transcript};
use crate::pipeline::error::{Stage, TurnError};

/// Hears one clip: first whether anyone speaks in it, then what is said.
pub async fn hear(
    ear: &dyn Transcriber,
    clip: &Clip,
    hint: &Hint,
    limits: Limits,
) -> Result<Transcript, TurnError> {
    let report = gate(clip, limits, None).await?;
    let heard = ear.transcribe(clip, hint).await;
    let transcript = heard.map_err(|source| source.in_stage(Stage::Hearing))?;
    understood(&transcript, &report)?;
    Ok(transcript)
}

/// The gate before everything that costs: only a clip in which someone speaks passes.
pub(super) async fn gate(
    clip: &Clip,
    limits: Limits,
    permit: Option<OwnedSemaphorePermit>,
) -> Result<Report, TurnError> {
    let clip = clip.clone();
    // Whoever leaves takes back work that has not begun. What has begun keeps its permit to the
    // end, so that leaving early gains nobody more than their share.
    let presence = AbortOnDropHandle::new(spawn_blocking(move || {
        let presence = hearing::listen(&clip, limits);
        drop(permit);
        presence
    }));
    match presence.await.unwrap_or(Err(AudioError::Panicked))? {
        Presence::Speech(report) => Ok(report),
        Presence::Silence(report) => Err(TurnError::NoSpeech(Box::new(report))),
        Presence::TooShort(report) => Err(TurnError::TooShort(Box::new(report))),
    }
}

/// A second gate: a clip in which no word was understood has no speech in it.
pub(super) fn understood(transcript: &Transcript, report: &Report) -> Result<(), TurnError> {
    if transcript.text.chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    Err(TurnError::NoSpeech(Box::new(report.clone())))
}
