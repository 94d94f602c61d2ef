//! The note taken of a turn while it happens, and what becomes of it.

use std::sync::Arc;

use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;

use crate::audio::clip::Clip;
use crate::conversations::ask::Ask;
use crate::conversations::costs::prices_known;
use crate::conversations::delivered::Delivered;
use crate::conversations::errand::Errand;
use crate::conversations::error::ConversationError;
use crate::conversations::heard::heard;
use crate::conversations::in_flight::Seat;
use crate::conversations::live::Living;
use crate::conversations::place::Place;
use crate::conversations::repeats::Claimed;
use crate::conversations::{Inner, folding, measures};
use crate::domain::message::Message;
use crate::domain::money::Usd;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::pipeline::Pipeline;
use crate::pipeline::budget::{Tab, today};
use crate::pipeline::error::TurnError;
use crate::pipeline::event::{Input, Said, Speech, TurnEvent};
use crate::pipeline::receipt::Receipt;
use crate::store::recordings::Recorder;
use crate::store::{Charge, Engines, Failure, Recall, SpokenSentence, Store, Turn, TurnRecord};

/// Warns that who answered was not told all that was said before.
const LEFT_OUT: &str = "private_left_out";

/// Takes down a turn as it happens. Dropped in the middle, it hands the turn on to be written as
/// interrupted; nobody has to wait for that.
pub(super) struct Note {
    inner: Arc<Inner>,
    /// None once the turn is over.
    open: Option<Open>,
    /// Under way once the turn has finished.
    writing: Option<Writing>,
}

type Writing = BoxFuture<'static, Result<(), ConversationError>>;

struct Open {
    turn: TurnRecord,
    /// Who takes it.
    pipeline: Arc<Pipeline>,
    /// Whether it leaves memory.
    remembered: bool,
    typed: bool,
    /// What was said, if it is to be kept.
    clip: Option<(Clip, Recorder)>,
    reply: String,
    /// How much of the reply's text was handed on as sound in whole sentences, in bytes.
    said_to: usize,
    /// Whole sentences that were handed on and are not in the reply's text.
    lines: Vec<String>,
    sound: Delivered,
    recalled: Option<Recall>,
    tab: Tab,
    living: Living,
    /// Held until the turn is written, so that the next one remembers it.
    _seat: Option<Seat>,
    /// Held until the turn is written, so that its request is not answered twice.
    claimed: Option<Claimed>,
}

impl Note {
    /// A note on a turn in this place.
    pub(super) fn new(
        inner: Arc<Inner>,
        pipeline: Arc<Pipeline>,
        turn: TurnId,
        ask: &mut Ask,
        place: Place,
    ) -> Self {
        let mut record = TurnRecord::new(turn, place.conversation, ask.owner.clone());
        record.begins = place.recalled.is_none();
        record.voice = ask.voice.clone().unwrap_or_else(|| inner.options.voice.clone());
        record.instructions = ask.instructions.clone();
        record.private = inner.keeps_private(ask);
        record.price_version = Some(inner.options.price_version.clone());
        let claimed = ask.claimed.take();
        let reply = || inner.reply_recorder(turn, ask.format, claimed.is_some());
        let clip = || inner.clip_recorder(turn, &ask.input);
        let open = Open {
            pipeline,
            remembered: ask.memory,
            typed: matches!(ask.input, Input::Text(_)),
            clip: ask.memory.then(clip).flatten(),
            reply: String::new(),
            said_to: 0,
            lines: Vec::new(),
            sound: Delivered::new(ask.format, ask.memory.then(reply).flatten()),
            recalled: place.recalled,
            tab: place.tab,
            living: inner.live.begin(&record),
            _seat: place.seat,
            claimed,
            turn: record,
        };
        Self { inner, open: Some(open), writing: None }
    }

    /// Waits until someone ends the turn.
    pub(super) async fn stopped(&mut self) {
        match &self.open {
            Some(open) => open.living.stopped().await,
            None => std::future::pending().await,
        }
    }

    /// Takes down what happened. A turn that finished is written before this returns, and given
    /// as it was written.
    pub(super) async fn take(
        &mut self,
        event: &TurnEvent,
    ) -> Result<Option<Box<Turn>>, ConversationError> {
        let Some(open) = &mut self.open else { return Ok(None) };
        match event {
            TurnEvent::Heard(transcript) => {
                open.turn.heard = Some(transcript.text.clone());
                open.turn.language = transcript.language.clone();
                open.living.note(|turn| {
                    turn.transcript = Some(transcript.text.clone());
                    turn.language = transcript.language.clone();
                });
            }
            TurnEvent::Reply(delta) => {
                open.reply.push_str(delta);
                open.living.note(|turn| turn.reply.get_or_insert_default().push_str(delta));
            }
            TurnEvent::Replied => {}
            TurnEvent::Delivery(delivery) => open.turn.delivery = Some(*delivery),
            TurnEvent::Speech(speech) => open.sounded(speech),
            TurnEvent::Said(said) => open.said(said),
            TurnEvent::Finished(receipt) => return self.finish(receipt).await.map(Some),
        }
        Ok(None)
    }

    /// Takes down that the turn failed. A turn in which nothing was heard and nothing paid for
    /// leaves nothing behind.
    pub(super) async fn fail(&mut self, error: &TurnError) {
        let Some(mut open) = self.open.take() else { return };
        if open.turn.heard.is_none() && error.costs_nothing() {
            measures::count_unheard(error);
            return self.pay(open);
        }
        open.turn.failure = Some(Failure {
            stage: error.stage(),
            code: error.code().to_owned(),
            // Whoever may read the turn is told what the listener was.
            message: error.for_strangers(),
        });
        // The listener may leave before the turn is on the disk; it is written all the same.
        let (_, writing) = open.end(&self.inner, TurnStatus::Failed);
        let _ = self.hand_on(open, writing).await;
    }

    /// Someone has ended the turn: writes it down as far as it was heard.
    pub(super) async fn interrupt(&mut self) -> Option<Box<Turn>> {
        let mut open = self.open.take()?;
        if let Some(played_ms) = open.living.played_ms() {
            open.cut(played_ms);
        }
        let (turn, writing) = open.end(&self.inner, TurnStatus::Interrupted);
        self.hand_on(open, writing).await.ok()?;
        Some(turn)
    }

    async fn finish(&mut self, receipt: &Receipt) -> Result<Box<Turn>, ConversationError> {
        let Some(open) = &mut self.open else { return Err(ConversationError::closed()) };
        let mut receipt = receipt.clone();
        if open.recalled.as_ref().is_some_and(|recalled| recalled.left_out) {
            receipt.warnings.push(LEFT_OUT.to_owned());
        }
        open.turn.receipt = Some(receipt);
        open.turn.idempotency = open.claimed.as_ref().map(|claimed| claimed.note().clone());
        let (turn, writing) = open.end(&self.inner, TurnStatus::Finished);
        // Should the listener leave before the turn is on the disk, both are handed on.
        let written = self.writing.insert(writing).await;
        self.writing = None;
        let open = self.open.take();
        written?;
        if let Some(mut open) = open {
            open.keep_sound(&self.inner);
            open.fold_if_full(&self.inner);
        }
        Ok(turn)
    }

    /// Nothing is left of the turn but what it cost.
    fn pay(&self, mut open: Open) {
        let Some(charge) = open.ended(TurnStatus::Failed).charge else { return };
        let store = self.inner.store.clone();
        let writing = async move {
            if let Err(error) = store.spend(charge).await {
                tracing::error!(%error, "what was spent could not be written down");
            }
        };
        self.inner.tasks.spawn_on(writing, &self.inner.runtime);
    }

    /// Has the turn written in the background; its conversation waits for that.
    fn hand_on(&self, mut open: Open, writing: Writing) -> JoinHandle<()> {
        let inner = Arc::clone(&self.inner);
        let written = async move {
            match writing.await {
                Ok(()) => open.keep_sound(&inner),
                Err(error) => {
                    tracing::error!(%error, "a turn that was not answered could not be written");
                }
            }
            drop(open);
        };
        self.inner.tasks.spawn_on(written, &self.inner.runtime)
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if let Some(writing) = self.writing.take() {
            self.hand_on(open, writing);
        } else if open.turn.heard.is_some() {
            let (_, writing) = open.end(&self.inner, TurnStatus::Interrupted);
            self.hand_on(open, writing);
        } else {
            self.pay(open);
        }
    }
}

/// Of a turn that leaves no memory, only what it cost is written.
async fn write(
    store: Store,
    record: TurnRecord,
    remembered: bool,
) -> Result<(), ConversationError> {
    if remembered {
        store.record(record).await?;
    } else if let Some(charge) = record.charge {
        store.spend(charge).await?;
    }
    Ok(())
}

impl Open {
    fn said(&mut self, said: &Said) {
        self.said_to = self.said_to.max(said.span.end);
        if said.span.is_empty() {
            self.lines.push(said.text.clone());
        }
        let (text_to, end_ms) = (said.span.end as u64, said.end_ms);
        self.sound.end_sentence(SpokenSentence { text_to, end_ms });
    }

    fn sounded(&mut self, speech: &Speech) {
        // Another voice may have stood in for the one that was asked.
        if !self.sound.has_begun() && self.turn.voice != speech.voice {
            self.turn.voice = speech.voice.clone();
            self.living.note(|turn| turn.voice = speech.voice.clone());
        }
        self.sound.push(speech);
    }

    /// Of what was handed on, only so much was played.
    fn cut(&mut self, played_ms: u64) {
        let heard = heard(&self.reply, self.sound.sentences(), played_ms);
        self.turn.spoken = Some(heard);
        if self.sound.end_ms() > played_ms {
            self.lines.clear();
        }
    }

    /// Ends the turn: what is known of it now, and what writes it down.
    fn end(&mut self, inner: &Inner, status: TurnStatus) -> (Box<Turn>, Writing) {
        let record = self.ended(status);
        let turn = Box::new(Turn::from(&record));
        let (ended, writing) = (turn.clone(), write(inner.store.clone(), record, self.remembered));
        let counted = async move {
            let written = writing.await;
            measures::count(&ended, written.is_ok());
            written
        };
        (turn, counted.boxed())
    }

    /// The record of the turn as it ended. Of an answer in full, all is remembered; of one broken
    /// off, the sentences that were handed on whole, or what is known to have been heard.
    fn ended(&mut self, status: TurnStatus) -> TurnRecord {
        let mut turn = self.turn.clone();
        turn.status = status;
        turn.ended_at = Utc::now();
        turn.engines = self.engines();
        let handed_on = || match status {
            TurnStatus::Finished => self.reply.as_str(),
            _ => self.reply.get(..self.said_to).unwrap_or_default(),
        };
        let said = turn.spoken.take().unwrap_or_else(|| handed_on().to_owned());
        let spoken = match self.lines.is_empty() {
            true => said.trim().to_owned(),
            false => self.lines.join(" "),
        };
        turn.reply = Some(self.reply.clone()).filter(|reply| !reply.is_empty());
        turn.spoken = Some(spoken).filter(|spoken| !spoken.is_empty());
        turn.sound = self.sound.note();
        let amount = self.tab.charged();
        turn.charge = (amount > Usd(0)).then(|| Charge {
            day: today(),
            payer: self.tab.payer().to_owned(),
            amount,
        });
        if turn.receipt.is_none() {
            let cost = prices_known(&self.pipeline).then_some(amount);
            let audio_seconds_out = self.sound.end_ms() as f64 / 1e3;
            turn.receipt = Some(Receipt { cost, audio_seconds_out, ..Receipt::default() });
        }
        turn
    }

    fn engines(&self) -> Engines {
        if let Some(receipt) = &self.turn.receipt {
            return Engines::from(receipt);
        }
        let heard = self.turn.heard.is_some();
        Engines {
            hearing: (!self.typed).then(|| self.pipeline.hearing().name()),
            thinking: heard.then(|| self.pipeline.thinking().name()),
            speaking: self.sound.has_begun().then(|| self.pipeline.speaking().name()),
        }
    }

    /// Both sides can be heard again, as far as that is wanted. What would be kept only because the
    /// request may be repeated is not kept of a turn that does not answer it.
    fn keep_sound(&mut self, inner: &Inner) {
        let keeping = inner.options.keeping.as_ref();
        if keeping.is_some_and(|keeping| keeping.replies) || self.turn.idempotency.is_some() {
            self.sound.keep();
        }
        if let Some((clip, recorder)) = self.clip.take() {
            // Whole already, so there is nothing to put aside.
            recorder.keep(Some(clip.bytes().clone()));
        }
    }

    fn fold_if_full(self, inner: &Arc<Inner>) {
        let Some(recalled) = &self.recalled else { return };
        let conversation = &recalled.conversation;
        let said = [&self.turn.heard, &Some(self.reply.clone())];
        let new = said.into_iter().flatten().map(|text| Message::user(text.as_str()).tokens());
        if folding::is_due(recalled, new.sum(), inner.options.window()) {
            let errand = Errand::on(Arc::clone(inner), self.tab.another());
            let place = (self.turn.owner.clone(), conversation.id, conversation.last_seq);
            folding::begin(inner, place, errand);
        }
    }
}
