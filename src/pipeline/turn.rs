//! A turn from its input to its receipt.

use async_stream::try_stream;
use futures_util::Stream;
use futures_util::future::poll_fn;

use crate::audio::format::Format;
use crate::pipeline::Pipeline;
use crate::pipeline::answer::Answer;
use crate::pipeline::engine::Prompt;
use crate::pipeline::error::TurnError;
use crate::pipeline::event::{Briefing, Input, TurnEvent};
use crate::pipeline::listening::{self, Heard};
use crate::pipeline::phrasing::Phrasing;
use crate::pipeline::tally::Tally;
use crate::pipeline::watch::Watch;

/// Takes the turn.
pub(super) fn take(
    pipeline: Pipeline,
    input: Input,
    briefing: Briefing,
    wanted: Format,
) -> impl Stream<Item = Result<TurnEvent, TurnError>> + Send + use<> {
    try_stream! {
        let mut watch = Watch::start(pipeline.limits.turn);
        let mut tally = Tally::default();
        let heard = listening::hear(&pipeline, input, &briefing, (&mut watch, &mut tally)).await?;
        let transcript = heard.transcript.clone();
        watch.leave();
        yield TurnEvent::Heard(transcript);
        watch.come_back();

        let (voice, tab) = (briefing.voice.clone(), briefing.tab.clone());
        let prompt = prompt(briefing, heard);
        let phrasing = Phrasing::new(voice, prompt.language.clone(), prompt.delivery);
        let mut answer = Answer::begin(&pipeline, prompt, phrasing, (wanted, tab), (watch, tally))?;
        while let Some(event) = poll_fn(|context| answer.poll(context)).await? {
            yield event;
        }
    }
}

fn prompt(briefing: Briefing, heard: Heard) -> Prompt {
    let typed = briefing.prompt(heard.transcript.text);
    Prompt {
        loudness_dbfs: heard.loudness_dbfs,
        language: typed.language.or(heard.transcript.language),
        ..typed
    }
}
