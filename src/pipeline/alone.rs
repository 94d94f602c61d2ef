//! One stage alone, for those who need no more: a clip heard, a text said, a prompt answered.

use std::future::poll_fn;
use std::task::Poll;

use async_stream::try_stream;
use futures_util::Stream;

use crate::audio::clip::Clip;
use crate::audio::format::Format;
use crate::audio::hearing::Report;
use crate::domain::message::Message;
use crate::domain::money::Work;
use crate::pipeline::Pipeline;
use crate::pipeline::budget::Tab;
use crate::pipeline::engine::{Hint, Prompt, ReplyPart, Transcript};
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::estimate;
use crate::pipeline::event::Speech;
use crate::pipeline::hear::{gate, understood};
use crate::pipeline::say::{Manner, utter};
use crate::pipeline::speaking::{Mouth, Speaking};
use crate::pipeline::tally::Tally;
use crate::pipeline::thinking::Thinking;
use crate::pipeline::watch::Watch;

impl Pipeline {
    /// Hears one clip, past the same gate as a turn.
    pub async fn hear(&self, clip: &Clip, hint: &Hint, tab: &Tab) -> Result<Transcript, TurnError> {
        let hearing = async {
            let report = self.pass(clip, tab).await?;
            let transcript = self.transcribe((clip, hint), report.duration_seconds, tab).await?;
            self.understood(&transcript, clip, &report, tab).await?;
            Ok(transcript)
        };
        self.in_time(hearing).await
    }

    /// Says a text, as one stream of sound.
    pub fn say(
        &self,
        text: &str,
        manner: Manner,
        wanted: Format,
        tab: Tab,
    ) -> impl Stream<Item = Result<Speech, TurnError>> + Send + use<> {
        let mouth = self.mouth(tab);
        let speaking = Speaking::new(mouth, wanted, &self.limits);
        utter(speaking, text, manner, self.limits.turn)
    }

    /// Answers a prompt in words.
    pub fn reply(
        &self,
        prompt: Prompt,
        tab: Tab,
    ) -> impl Stream<Item = Result<ReplyPart, TurnError>> + Send + use<> {
        let (responder, limits) = (self.thinking().clone(), self.limits.clone());
        try_stream! {
            let price = responder.price();
            let mut call = Some(tab.call(estimate::thinking(price, &prompt))?);
            let mut watch = Watch::start(limits.turn);
            let mut tally = Tally::default();
            let mut thinking = Thinking::new(responder.respond(prompt), &limits, watch.worked());
            loop {
                let part = poll_fn(|context| {
                    match thinking.poll(context, watch.worked()) {
                        Poll::Ready(part) => {
                            Poll::Ready(part.map_err(|error| error.in_stage(Stage::Thinking)))
                        }
                        Poll::Pending => {
                            let dues = thinking.due().into_iter();
                            let dues = dues.chain([watch.whole(Stage::Thinking)]);
                            watch.poll(context, dues).map(Err)
                        }
                    }
                });
                let part = part.await;
                if let Err(TurnError::Engine { source, .. }) = &part
                    && !thinking.has_begun()
                    && let Some(call) = call.take()
                {
                    call.fail(source);
                }
                let Some(part) = part? else { break };
                match &part {
                    ReplyPart::Usage(usage) => tally.used(*usage),
                    ReplyPart::Cost(cost) => tally.told(*cost),
                    _ => {}
                }
                watch.leave();
                yield part;
                watch.come_back();
            }
            if let Some(call) = call {
                call.settle(tally.thinking_cost(price));
            }
        }
    }

    /// Folds messages into what is remembered of the earlier ones, paid from the tab.
    pub async fn sum_up(
        &self,
        (summary, messages): (Option<&str>, &[Message]),
        max_bytes: usize,
        tab: &Tab,
    ) -> Result<String, TurnError> {
        let responder = self.thinking();
        let price = responder.price();
        let call = tab.call(estimate::summing_up(price, (summary, messages), max_bytes))?;
        let made = match responder.summarize(summary, messages, max_bytes).await {
            Ok(made) => made,
            Err(error) => {
                call.fail(&error);
                return Err(error.in_stage(Stage::Thinking));
            }
        };
        let tokens = made.usage.map(|usage| (usage.input_tokens, usage.output_tokens));
        call.settle(price.cost(Work { tokens, ..Work::default() }));
        Ok(made.text)
    }

    pub(super) fn mouth(&self, tab: Tab) -> Mouth {
        Mouth { synthesizer: self.speaking().clone(), phrases: self.phrases.clone(), tab }
    }

    /// Hearing that is no turn may take as long as one.
    pub(super) async fn in_time<T>(
        &self,
        hearing: impl Future<Output = Result<T, TurnError>>,
    ) -> Result<T, TurnError> {
        let after = self.limits.turn;
        let late = TurnError::Timeout { stage: Stage::Hearing, after };
        tokio::time::timeout(after, hearing).await.unwrap_or(Err(late))
    }

    /// Passes the gate when there is room to decode.
    pub(super) async fn pass(&self, clip: &Clip, tab: &Tab) -> Result<Report, TurnError> {
        let permit = self.decoders.room(tab.payer()).await;
        gate(clip, self.limits.decode, permit).await
    }

    /// Passes the second gate, for which there must be room again where it decodes.
    pub(super) async fn understood(
        &self,
        transcript: &Transcript,
        clip: &Clip,
        report: &Report,
        tab: &Tab,
    ) -> Result<(), TurnError> {
        let room = async || self.decoders.room(tab.payer()).await;
        understood(transcript, clip, report, self.limits.decode, room).await
    }

    /// Has a clip that passed the gate heard, paid from the tab.
    pub(super) async fn transcribe(
        &self,
        (clip, hint): (&Clip, &Hint),
        seconds: f64,
        tab: &Tab,
    ) -> Result<Transcript, TurnError> {
        let engine = self.hearing();
        let call = tab.call(estimate::hearing(engine.price(), seconds))?;
        let mut transcript = match engine.transcribe(clip, hint).await {
            Ok(transcript) => transcript,
            Err(error) => {
                call.fail(&error);
                return Err(error.in_stage(Stage::Hearing));
            }
        };
        // Not every engine says how much it heard.
        if transcript.audio_seconds == 0.0 {
            transcript.audio_seconds = seconds;
        }
        call.settle(engine.price().cost(transcript.work()));
        Ok(transcript)
    }
}
