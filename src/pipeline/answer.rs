//! Thinking and speaking, overlapped: the reply streams in while its first sentences sound.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use tracing::{Span, info_span};

use crate::audio::format::Format;
use crate::domain::money::Price;
use crate::pipeline::Pipeline;
use crate::pipeline::budget::{Call, Tab};
use crate::pipeline::engine::{Prompt, ReplyPart};
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::pipeline::estimate;
use crate::pipeline::event::{Speech, TurnEvent};
use crate::pipeline::phrasing::{Phrasing, Placed};
use crate::pipeline::speaking::{Speaking, Spoken};
use crate::pipeline::tally::{Progress, Tally};
use crate::pipeline::thinking::Thinking;
use crate::pipeline::watch::{Due, Watch};

/// An answer in the making. Whoever polls it does all the work; nothing runs beside it.
pub(super) struct Answer {
    thinking: Thinking,
    phrasing: Phrasing,
    speaking: Speaking,
    events: VecDeque<TurnEvent>,
    watch: Watch,
    tally: Option<Tally>,
    thought: Option<(Call, Price)>,
    spans: Spans,
}

struct Spans {
    think: Span,
    speak: Span,
}

impl Answer {
    /// Asks the responder.
    pub(super) fn begin(
        pipeline: &Pipeline,
        prompt: Prompt,
        phrasing: Phrasing,
        (wanted, tab): (Format, Tab),
        (watch, mut tally): (Watch, Tally),
    ) -> Result<Self, TurnError> {
        let responder = pipeline.thinking();
        let name = responder.name();
        let spans = Spans {
            think: info_span!("turn.think", engine = %name),
            speak: info_span!("turn.speak", engine = %pipeline.speaking().name()),
        };
        let price = responder.price();
        let call = tab.call(estimate::thinking(price, &prompt))?;
        tally.thinking = Some(Progress::begin(name, price, watch.elapsed_ms()));
        let reply = spans.think.in_scope(|| responder.respond(prompt));
        Ok(Self {
            thinking: Thinking::new(reply, &pipeline.limits, watch.worked()),
            phrasing,
            speaking: Speaking::new(pipeline.mouth(tab), wanted, &pipeline.limits),
            events: VecDeque::new(),
            watch,
            tally: Some(tally),
            thought: Some((call, price)),
            spans,
        })
    }

    /// The next event; none after the last.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<TurnEvent>, TurnError>> {
        self.watch.come_back();
        let next = self.advance(context);
        if next.is_ready() {
            self.watch.leave();
        }
        next
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<TurnEvent>, TurnError>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Poll::Ready(Ok(Some(event)));
            }
            if self.tally.is_none() {
                return Poll::Ready(Ok(None));
            }
            // Engines that always have more at once must not outrun the turn's deadline.
            self.watch.check(self.whole())?;
            let thought = self.think(context)?;
            let spoke = self.speak(context)?;
            if thought || spoke {
                continue;
            }
            if self.thinking.is_over() && self.speaking.is_done() {
                self.finish()?;
                continue;
            }
            let dues =
                self.speaking.due().into_iter().chain(self.thinking.due()).chain([self.whole()]);
            return self.watch.poll(context, dues).map(Err);
        }
    }

    /// The whole turn's deadline, blamed on the stage that the listener is waiting for.
    fn whole(&self) -> Due {
        let stage = if self.thinking.is_over() { Stage::Speaking } else { Stage::Thinking };
        self.watch.whole(stage)
    }

    /// Takes the next part of the reply, if it is there.
    fn think(&mut self, context: &mut Context<'_>) -> Result<bool, TurnError> {
        if self.thinking.is_over() {
            return Ok(false);
        }
        let now = self.watch.worked();
        let part = self.spans.think.in_scope(|| self.thinking.poll(context, now));
        let Poll::Ready(part) = part else { return Ok(false) };
        let part = part.map_err(|source| self.unthought(source))?;
        self.note(|tally| tally.thinking.as_mut());
        match part {
            Some(part) => self.take(part),
            None => self.end_reply(),
        }
        Ok(true)
    }

    /// There will be no answer. Where nothing of it was there, nothing may have to be paid for it.
    fn unthought(&mut self, source: EngineError) -> TurnError {
        if let Some((call, _)) = self.thought.take_if(|_| !self.thinking.has_begun()) {
            call.fail(&source);
        }
        source.in_stage(Stage::Thinking)
    }

    fn take(&mut self, part: ReplyPart) {
        match part {
            ReplyPart::Text(text) => {
                let lines = self.phrasing.push(&text);
                if !text.is_empty() {
                    self.events.push_back(TurnEvent::Reply(text));
                }
                self.say(lines);
            }
            ReplyPart::Delivery(delivery) => {
                let delivery = delivery.clamped();
                let before = self.phrasing.deliver(delivery);
                self.say(before);
                self.events.push_back(TurnEvent::Delivery(delivery));
            }
            ReplyPart::Usage(usage) => self.tally_mut(|tally| tally.used(usage)),
            ReplyPart::Cost(cost) => self.tally_mut(|tally| tally.told(cost)),
            ReplyPart::CutOff => {
                self.phrasing.cut_off();
                self.tally_mut(|tally| tally.warn("cut_off"));
            }
            ReplyPart::Unanswered => self.tally_mut(|tally| tally.warn("unanswered")),
            // No tool is offered yet, so nobody waits for this one.
            ReplyPart::ToolCall { .. } => self.tally_mut(|tally| tally.warn("tool_not_offered")),
        }
    }

    fn end_reply(&mut self) {
        let milliseconds = self.watch.elapsed_ms();
        self.spans.think.in_scope(|| tracing::debug!(milliseconds, "thought"));
        if let (Some((call, price)), Some(tally)) = (self.thought.take(), &self.tally) {
            call.settle(tally.thinking_cost(price));
        }
        let lines = self.phrasing.finish();
        self.say(lines);
        if self.speaking.is_silent() {
            self.tally_mut(|tally| tally.warn("nothing_speakable"));
            let voice = self.speaking.synthesizer();
            let apology = self.phrasing.apology(|text| voice.can_say(text).is_ok());
            self.say(vec![apology]);
        }
        self.events.push_back(TurnEvent::Replied);
    }

    fn say(&mut self, lines: Vec<Placed>) {
        let now_ms = self.watch.elapsed_ms();
        for (line, span) in lines {
            // What the voice has no words for stays in writing, and the turn says so.
            if self.speaking.synthesizer().can_say(&line.text).is_err() {
                self.tally_mut(|tally| tally.warn("unspeakable"));
                continue;
            }
            let characters = line.text.chars().count() as u64;
            let synthesizer = self.speaking.synthesizer().clone();
            if let Some(tally) = &mut self.tally {
                tally.characters += characters;
                tally.speaking.get_or_insert_with(|| {
                    Progress::begin(synthesizer.name(), synthesizer.price(), now_ms)
                });
            }
            self.speaking.say(line, span);
        }
    }

    /// Lets the sentences in work get on, and takes what happened next, if it is there.
    fn speak(&mut self, context: &mut Context<'_>) -> Result<bool, TurnError> {
        let now = self.watch.worked();
        let spoken = self.spans.speak.in_scope(|| self.speaking.poll(context, now))?;
        match spoken {
            Some(Spoken::Sound(speech)) => self.sound(speech),
            Some(Spoken::Said(said)) => self.events.push_back(TurnEvent::Said(said)),
            None => return Ok(false),
        }
        Ok(true)
    }

    fn sound(&mut self, speech: Speech) {
        // Another voice may have stood in for the one that was asked.
        let speaker = self.speaking.synthesizer();
        if let Some(progress) = self.tally.as_mut().and_then(|tally| tally.speaking.as_mut()) {
            progress.done_by(|| (speaker.name(), speaker.price()));
        }
        self.note(|tally| tally.speaking.as_mut());
        let now_ms = self.watch.elapsed_ms();
        self.tally_mut(|tally| {
            tally.first_sound_ms.get_or_insert(now_ms);
            tally.milliseconds_out = speech.start_ms.saturating_add(speech.duration_ms);
        });
        self.events.push_back(TurnEvent::Speech(speech));
    }

    fn finish(&mut self) -> Result<(), TurnError> {
        let rest = self.speaking.finish()?;
        if let Some(speech) = rest {
            self.sound(speech);
        }
        let Some(mut tally) = self.tally.take() else { return Ok(()) };
        tally.paid = self.speaking.paid();
        let milliseconds = self.watch.elapsed_ms();
        self.spans.speak.in_scope(|| tracing::debug!(milliseconds, "spoke"));
        let receipt = tally.receipt(milliseconds);
        self.events.push_back(TurnEvent::Finished(Box::new(receipt)));
        Ok(())
    }

    /// Notes that a stage has got on.
    fn note(&mut self, stage: impl FnOnce(&mut Tally) -> Option<&mut Progress>) {
        let now_ms = self.watch.elapsed_ms();
        if let Some(progress) = self.tally.as_mut().and_then(stage) {
            progress.result(now_ms);
        }
    }

    fn tally_mut(&mut self, change: impl FnOnce(&mut Tally)) {
        if let Some(tally) = &mut self.tally {
            change(tally);
        }
    }
}
