//! What is known of a turn while it is taken, and the record that it leaves.

use std::sync::Arc;

use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::audio::clip::Clip;
use crate::conversations::costs::prices_known;
use crate::conversations::delivered::Delivered;
use crate::conversations::errand::Errand;
use crate::conversations::error::ConversationError;
use crate::conversations::heard::heard;
use crate::conversations::in_flight::Seat;
use crate::conversations::live::Living;
use crate::conversations::repeats::Claimed;
use crate::conversations::{Inner, folding, measures};
use crate::domain::message::Message;
use crate::domain::money::Usd;
use crate::domain::turn::TurnStatus;
use crate::pipeline::Pipeline;
use crate::pipeline::budget::{Tab, today};
use crate::pipeline::event::{Said, Speech};
use crate::pipeline::receipt::Receipt;
use crate::store::recordings::Recorder;
use crate::store::{Charge, Engines, Recall, SpokenSentence, Store, Turn, TurnRecord};

/// What writes a turn down.
pub(super) type Writing = BoxFuture<'static, Result<(), ConversationError>>;

/// What is known of a turn while it is taken.
pub(super) struct Open {
    pub(super) turn: TurnRecord,
    /// Who takes it.
    pub(super) pipeline: Arc<Pipeline>,
    /// Whether it leaves memory.
    pub(super) remembered: bool,
    pub(super) typed: bool,
    /// What was said, if it is to be kept.
    pub(super) clip: Option<(Clip, Recorder)>,
    pub(super) reply: String,
    /// How much of the reply's text was handed on as sound in whole sentences, in bytes.
    pub(super) said_to: usize,
    /// Whole sentences that were handed on and are not in the reply's text.
    pub(super) lines: Vec<String>,
    pub(super) sound: Delivered,
    pub(super) recalled: Option<Recall>,
    pub(super) tab: Tab,
    pub(super) living: Living,
    /// Held until the turn is written, so that the next one remembers it.
    pub(super) _seat: Option<Seat>,
    /// Held until the turn is written, so that its request is not answered twice.
    pub(super) claimed: Option<Claimed>,
}

impl Open {
    pub(super) fn said(&mut self, said: &Said) {
        self.said_to = self.said_to.max(said.span.end);
        if said.span.is_empty() {
            self.lines.push(said.text.clone());
        }
        let (text_to, end_ms) = (said.span.end as u64, said.end_ms);
        self.sound.end_sentence(SpokenSentence { text_to, end_ms });
    }

    pub(super) fn sounded(&mut self, speech: &Speech) {
        // Another voice may have stood in for the one that was asked.
        if !self.sound.has_begun() && self.turn.voice != speech.voice {
            self.turn.voice = speech.voice.clone();
            self.living.note(|turn| turn.voice = speech.voice.clone());
        }
        self.sound.push(speech);
    }

    /// Of what was handed on, only so much was played.
    pub(super) fn cut(&mut self, played_ms: u64) {
        let heard = heard(&self.reply, self.sound.sentences(), played_ms);
        self.turn.spoken = Some(heard);
        if self.sound.end_ms() > played_ms {
            self.lines.clear();
        }
    }

    /// Ends the turn: what is known of it now, and what writes it down.
    pub(super) fn end(&mut self, inner: &Inner, status: TurnStatus) -> (Box<Turn>, Writing) {
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
    pub(super) fn ended(&mut self, status: TurnStatus) -> TurnRecord {
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

    pub(super) fn engines(&self) -> Engines {
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
    pub(super) fn keep_sound(&mut self, inner: &Inner) {
        let keeping = inner.options.keeping.as_ref();
        if keeping.is_some_and(|keeping| keeping.replies) || self.turn.idempotency.is_some() {
            self.sound.keep();
        }
        if let Some((clip, recorder)) = self.clip.take() {
            // Whole already, so there is nothing to put aside.
            recorder.keep(Some(clip.bytes().clone()));
        }
    }

    pub(super) fn fold_if_full(self, inner: &Arc<Inner>) {
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
