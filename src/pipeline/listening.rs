//! The first stage: is anyone speaking, and what is being said.

use tracing::{Instrument, info_span};

use crate::audio::clip::Clip;
use crate::audio::hearing::Report;
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
            let span = info_span!("turn.hear", audio.bytes = clip.bytes().len());
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
    let engine = pipeline.hearing();
    let limit = pipeline.limits.hearing;
    let mut progress = Progress::begin(engine.name(), engine.price(), watch.elapsed_ms());
    let hint = Hint { language: briefing.language.clone(), keywords: briefing.keywords.clone() };
    let transcript = watch
        .within(Stage::Hearing, limit, engine.transcribe(clip, &hint))
        .await?
        .map_err(|source| TurnError::Engine { stage: Stage::Hearing, source })?;
    progress.result(watch.elapsed_ms());
    tally.hearing = Some(progress);
    tally.seconds_in = transcript.audio_seconds;
    if !transcript.text.chars().any(char::is_alphanumeric) {
        let report = Report { duration_seconds: transcript.audio_seconds, ..Report::default() };
        return Err(TurnError::NoSpeech(Box::new(report)));
    }
    Ok(Heard { transcript, loudness_dbfs: None })
}
