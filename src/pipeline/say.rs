//! Words in, sound out: a text said aloud, with nothing heard and nothing thought of.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_stream::try_stream;
use futures_util::Stream;
use futures_util::future::poll_fn;

use crate::audio::format::Format;
use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::voice::Voice;
use crate::pipeline::budget::Tab;
use crate::pipeline::engine::Synthesizer;
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::event::Speech;
use crate::pipeline::limits::Limits;
use crate::pipeline::phrases::Phrases;
use crate::pipeline::phrasing::Phrasing;
use crate::pipeline::speaking::{Mouth, Speaking, Spoken};
use crate::pipeline::watch::Watch;

/// How a text is to be said.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Who says it.
    pub voice: Voice,
    /// In which language, if known.
    pub language: Option<Language>,
    /// How fast and how loud.
    pub delivery: Delivery,
}

/// Says a text, sentence by sentence, as one stream of sound; nothing if nothing in it can be
/// said aloud, and an error before any sound if there is a sentence that the voice cannot say. Dropping the stream stops everything.
pub fn say(
    synthesizer: Arc<dyn Synthesizer>,
    text: &str,
    manner: Manner,
    wanted: Format,
) -> impl Stream<Item = Result<Speech, TurnError>> + Send + use<> {
    let limits = Limits::default();
    let mouth = Mouth { synthesizer, phrases: Phrases::new(0), tab: Tab::unlimited() };
    utter(Speaking::new(mouth, wanted, &limits), text, manner, limits.turn)
}

/// Has all sentences of a text spoken, one after the other, if all of them can be paid for.
pub(super) fn utter(
    mut speaking: Speaking,
    text: &str,
    manner: Manner,
    limit: Duration,
) -> impl Stream<Item = Result<Speech, TurnError>> + Send + use<> {
    let mut phrasing = Phrasing::new(manner.voice, manner.language, manner.delivery);
    let mut lines = phrasing.push(text);
    lines.extend(phrasing.finish());
    let voice = speaking.synthesizer();
    let sayable = lines.iter().try_for_each(|(line, _)| voice.can_say(&line.text));
    for (line, span) in lines {
        speaking.say(line, span);
    }
    try_stream! {
        sayable.map_err(|error| error.in_stage(Stage::Speaking))?;
        speaking.reserve()?;
        let mut watch = Watch::start(limit);
        while let Some(speech) = poll_fn(|context| next(&mut speaking, &mut watch, context)).await? {
            watch.leave();
            yield speech;
            watch.come_back();
        }
    }
}

fn next(
    speaking: &mut Speaking,
    watch: &mut Watch,
    context: &mut Context<'_>,
) -> Poll<Result<Option<Speech>, TurnError>> {
    loop {
        match speaking.poll(context, watch.worked())? {
            Some(Spoken::Said(_)) => {}
            Some(Spoken::Sound(speech)) => return Poll::Ready(Ok(Some(speech))),
            None if speaking.is_done() => return Poll::Ready(speaking.finish()),
            None => return watch.poll(context, speaking.due()).map(Err),
        }
    }
}
