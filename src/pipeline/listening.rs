//! The first stage: is anyone speaking, and what is being said.

use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, info_span};

use crate::audio::clip::Clip;
use crate::audio::error::AudioError;
use crate::audio::hearing::{self, Presence, Report};
use crate::pipeline::Pipeline;
use crate::pipeline::engine::{Hint, Transcript};
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::event::{Briefing, Input};
use crate::pipeline::tally::{Progress, Tally};
use crate::pipeline::watch::Watch;

/// What the rest of the turn needs to know of the input.
pub(super) struct Heard {
    pub transcript: Transcript,
    pub loudness_dbfs: Option<f32>,
}

/// Hears a clip, or takes typed words as they are.
pub(super) async fn hear(
    pipeline: &Pipeline,
    input: Input,
    briefing: &Briefing,
    (watch, tally): (&mut Watch, &mut Tally),
) -> Result<Heard, TurnError> {
    match input {
        Input::Text(text) => {
            let language = briefing.language.clone();
            let transcript = Transcript { text, language, ..Transcript::default() };
            Ok(Heard { transcript, loudness_dbfs: None })
        }
        Input::Clip(clip) => {
            let engine = pipeline.hearing().name();
            let span = info_span!("turn.hear", %engine, audio.bytes = clip.bytes().len());
            listen(pipeline, &clip, briefing, (watch, tally)).instrument(span).await
        }
    }
}

async fn listen(
    pipeline: &Pipeline,
    clip: &Clip,
    briefing: &Briefing,
    (watch, tally): (&mut Watch, &mut Tally),
) -> Result<Heard, TurnError> {
    let limit = pipeline.limits.hearing;
    let engine = pipeline.hearing();
    let mut progress = Progress::begin(engine.name(), engine.price(), watch.elapsed_ms());
    let report = watch.within(Stage::Hearing, limit, speech(pipeline, clip)).await??;
    let hint = Hint { language: briefing.language.clone(), keywords: briefing.keywords.clone() };
    let transcript = watch
        .within(Stage::Hearing, limit, engine.transcribe(clip, &hint))
        .await?
        .map_err(|source| TurnError::Engine { stage: Stage::Hearing, source })?;
    progress.result(watch.elapsed_ms());
    tally.hearing = Some(progress);
    tally.seconds_in = transcript.audio_seconds;
    if !transcript.text.chars().any(char::is_alphanumeric) {
        return Err(TurnError::NoSpeech(Box::new(report)));
    }
    Ok(Heard {
        transcript,
        loudness_dbfs: Some(report.speech_dbfs.unwrap_or(report.loudness_dbfs)),
    })
}

/// The gate before everything that costs: only a clip in which someone speaks passes.
async fn speech(pipeline: &Pipeline, clip: &Clip) -> Result<Report, TurnError> {
    let Ok(permit) = pipeline.decoders.clone().acquire_owned().await else {
        return Err(TurnError::Audio(AudioError::Panicked));
    };
    let (clip, limits) = (clip.clone(), pipeline.limits.decode);
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
