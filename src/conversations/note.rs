//! The note taken of a turn while it happens, and what becomes of it.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::conversations::ask::Ask;
use crate::conversations::delivered::Delivered;
use crate::conversations::error::ConversationError;
use crate::conversations::open::{Open, Writing};
use crate::conversations::place::Place;
use crate::conversations::{Inner, measures};
use crate::domain::turn::{TurnId, TurnStatus};
use crate::pipeline::Pipeline;
use crate::pipeline::error::TurnError;
use crate::pipeline::event::{Input, TurnEvent};
use crate::pipeline::receipt::Receipt;
use crate::store::{Failure, Turn, TurnRecord};

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
        measures::count_spent(charge.amount);
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
