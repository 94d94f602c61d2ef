//! The first stage: is anyone speaking, and what is being said.

use tracing::{Instrument, info_span};

use crate::audio::clip::Clip;
use crate::pipeline::Pipeline;
use crate::pipeline::engine::{Hint, Transcript};
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::estimate::{self, Size};
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
            briefing.tab.reserve(estimate::turn(pipeline, briefing, Size::Text(&text)))?;
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
    let hint = Hint { language: briefing.language.clone(), keywords: briefing.keywords.clone() };
    let hearing = async {
        let report = pipeline.pass(clip, &briefing.tab).await?;
        let seconds = report.duration_seconds;
        // All that the turn will need: nothing is paid for a turn that cannot be answered.
        briefing.tab.reserve(estimate::turn(pipeline, briefing, Size::Clip { seconds }))?;
        let transcript = pipeline.transcribe((clip, &hint), seconds, &briefing.tab).await?;
        Ok::<_, TurnError>((report, transcript))
    };
    let (report, transcript) = watch.within(Stage::Hearing, limit, hearing).await??;
    progress.result(watch.elapsed_ms());
    tally.hearing = Some(progress);
    tally.heard = transcript.work();
    tracing::debug!(milliseconds = watch.elapsed_ms(), "heard");
    pipeline.understood(&transcript, clip, &report, &briefing.tab).await?;
    Ok(Heard {
        transcript,
        loudness_dbfs: Some(report.speech_dbfs.unwrap_or(report.loudness_dbfs)),
    })
}
