//! A clip in, words out: the hearing alone, with nothing thought of and nothing said.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;

use crate::audio::clip::Clip;
use crate::audio::decode::{Decoding, Limits};
use crate::audio::error::AudioError;
use crate::audio::hearing::{self, Listening, Presence, Report};
use crate::pipeline::decoders::Permit;
use crate::pipeline::engine::{Hint, Transcriber, Transcript};
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::phantom;

/// Most clips are small, from a browser, and begin with speech. Knowing that takes less than a
/// thread of its own would: their first second is listened to where they are.
const SMALL_BYTES: usize = 64 * 1024;
/// For no longer than this, since it holds others up.
const AT_ONCE: Duration = Duration::from_millis(5);

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
    understood(&transcript, clip, &report, limits, async || None).await?;
    Ok(transcript)
}

/// The gate before everything that costs: only a clip in which someone speaks passes.
pub(super) async fn gate(
    clip: &Clip,
    limits: Limits,
    permit: Option<Permit>,
) -> Result<Report, TurnError> {
    let mut listening = None;
    if clip.bytes().len() <= SMALL_BYTES && Decoding::is_quick(clip) {
        let mut begun = Listening::begin(clip, limits)?;
        if let Some(presence) = begun.hear_first(AT_ONCE)? {
            return verdict(presence);
        }
        listening = Some(begun);
    }
    let clip = clip.clone();
    // Whoever leaves takes back work that has not begun. What has begun keeps its permit to the
    // end, so that leaving early gains nobody more than their share.
    let presence = AbortOnDropHandle::new(spawn_blocking(move || {
        let presence = match listening {
            Some(listening) => listening.to_end(),
            None => hearing::listen(&clip, limits),
        };
        clip.release();
        drop(permit);
        presence
    }));
    verdict(presence.await.unwrap_or(Err(AudioError::Panicked))?)
}

fn verdict(presence: Presence) -> Result<Report, TurnError> {
    match presence {
        Presence::Speech(report) => Ok(report),
        Presence::Silence(report) => Err(TurnError::NoSpeech(Box::new(report))),
        Presence::TooShort(report) => Err(TurnError::TooShort(Box::new(report))),
    }
}

/// A second gate: a clip in which no word was understood has no speech in it, nor has one in which
/// an engine hears what engines make of noise, and which holds too little speech for those words.
pub(super) async fn understood(
    transcript: &Transcript,
    clip: &Clip,
    report: &Report,
    limits: Limits,
    permit: impl AsyncFnOnce() -> Option<Permit>,
) -> Result<(), TurnError> {
    if !transcript.text.chars().any(char::is_alphanumeric) {
        return Err(TurnError::NoSpeech(Box::new(report.clone())));
    }
    let Some(least_seconds) = phantom::least_seconds(&transcript.text) else { return Ok(()) };
    let (clip, permit) = (clip.clone(), permit().await);
    let whole = AbortOnDropHandle::new(spawn_blocking(move || {
        let report = hearing::report(&clip, limits);
        clip.release();
        drop(permit);
        report
    }));
    let whole = whole.await.unwrap_or(Err(AudioError::Panicked))?;
    if whole.speech_seconds < least_seconds {
        return Err(TurnError::NoSpeech(Box::new(whole)));
    }
    Ok(())
}
