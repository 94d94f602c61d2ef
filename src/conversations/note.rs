//! The note taken of a turn while it happens, and what becomes of it.

use std::sync::Arc;

use chrono::Utc;
use tokio::task::JoinHandle;

use crate::conversations::ask::Ask;
use crate::conversations::error::ConversationError;
use crate::conversations::in_flight::Seat;
use crate::conversations::place::Place;
use crate::conversations::{Inner, folding};
use crate::domain::message::Message;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::pipeline::error::{EngineError, TurnError};
use crate::pipeline::event::{Input, Said, TurnEvent};
use crate::pipeline::receipt::Receipt;
use crate::store::{Engines, Failure, Recall, TurnRecord};

/// Takes down a turn as it happens. Dropped in the middle, it hands the turn on to be written as
/// interrupted; nobody has to wait for that.
pub(super) struct Note {
    inner: Arc<Inner>,
    /// None once the turn is over, and for a turn that leaves no memory.
    open: Option<Open>,
}

struct Open {
    turn: TurnRecord,
    typed: bool,
    reply: String,
    /// How much of the reply's text was handed on as sound in whole sentences, in bytes.
    said_to: usize,
    /// Whole sentences that were handed on and are not in the reply's text.
    lines: Vec<String>,
    /// Whether any sound was handed on.
    sounded: bool,
    recalled: Option<Recall>,
    /// Held until the turn is written, so that the next one remembers it.
    _seat: Seat,
}

impl Note {
    /// A note on a turn in this place; none is kept if the turn has none.
    pub(super) fn new(inner: Arc<Inner>, turn: TurnId, ask: &Ask, place: Place) -> Self {
        let began_at = Utc::now();
        let (begins, recalled) = (place.recalled.is_none(), place.recalled);
        let open = place.seat.map(|seat| Open {
            turn: TurnRecord {
                turn,
                conversation: place.conversation,
                owner: ask.owner.clone(),
                begins,
                status: TurnStatus::InProgress,
                heard: None,
                reply: None,
                spoken: None,
                language: None,
                voice: ask.voice.clone().unwrap_or_else(|| inner.options.voice.clone()),
                engines: Engines::default(),
                receipt: None,
                failure: None,
                instructions: ask.instructions.clone(),
                delivery: None,
                began_at,
                ended_at: began_at,
                ..TurnRecord::new(turn, place.conversation, ask.owner.clone())
            },
            typed: matches!(ask.input, Input::Text(_)),
            reply: String::new(),
            said_to: 0,
            lines: Vec::new(),
            sounded: false,
            recalled,
            _seat: seat,
        });
        Self { inner, open }
    }

    /// Takes down what happened. A turn that finished is written before this returns.
    pub(super) async fn take(&mut self, event: &TurnEvent) -> Result<(), ConversationError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        match event {
            TurnEvent::Heard(transcript) => {
                open.turn.heard = Some(transcript.text.clone());
                open.turn.language = transcript.language.clone();
            }
            TurnEvent::Reply(delta) => open.reply.push_str(delta),
            TurnEvent::Delivery(delivery) => open.turn.delivery = Some(*delivery),
            TurnEvent::Speech(_) => open.sounded = true,
            TurnEvent::Said(said) => open.said(said),
            TurnEvent::Finished(receipt) => return self.finish(receipt).await,
        }
        Ok(())
    }

    /// Takes down that the turn failed. A turn in which nothing was heard and nothing paid for
    /// leaves nothing behind.
    pub(super) async fn fail(&mut self, error: &TurnError) {
        let Some(mut open) = self.open.take() else { return };
        if open.turn.heard.is_none() && was_free(error) {
            return;
        }
        open.turn.failure = Some(Failure {
            stage: error.stage(),
            code: error.code().to_owned(),
            message: error.to_string(),
        });
        // The listener may leave before the turn is on the disk; it is written all the same.
        let _ = self.hand_on(open, TurnStatus::Failed).await;
    }

    async fn finish(&mut self, receipt: &Receipt) -> Result<(), ConversationError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.turn.receipt = Some(receipt.clone());
        // The note stays open meanwhile: should the listener leave before the turn is on the disk,
        // it is handed on once more, and of two records of one turn the first stays.
        let turn = open.ended(&self.inner, TurnStatus::Finished);
        let recorded = self.inner.store.record(turn).await;
        let open = self.open.take();
        recorded?;
        if let Some(open) = open {
            open.fold_if_full(&self.inner);
        }
        Ok(())
    }

    /// Has the turn written in the background; its conversation waits for that.
    fn hand_on(&self, mut open: Open, status: TurnStatus) -> JoinHandle<()> {
        let turn = open.ended(&self.inner, status);
        let store = self.inner.store.clone();
        let write = async move {
            if let Err(error) = store.record(turn).await {
                tracing::error!(%error, "a turn that was not answered could not be written down");
            }
            drop(open);
        };
        self.inner.tasks.spawn_on(write, &self.inner.runtime)
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Some(open) = self.open.take_if(|open| open.turn.heard.is_some()) {
            self.hand_on(open, TurnStatus::Interrupted);
        }
    }
}

impl Open {
    fn said(&mut self, said: &Said) {
        self.said_to = self.said_to.max(said.span.end);
        if said.span.is_empty() {
            self.lines.push(said.text.clone());
        }
    }

    /// The record of the turn as it ended. Of an answer in full, all is remembered; of one broken
    /// off, the sentences that were handed on whole.
    fn ended(&mut self, inner: &Inner, status: TurnStatus) -> TurnRecord {
        let whole = status == TurnStatus::Finished;
        let mut turn = self.turn.clone();
        turn.status = status;
        turn.ended_at = Utc::now();
        turn.engines = self.engines(inner);
        let said = if whole { Some(&*self.reply) } else { self.reply.get(..self.said_to) };
        let said = said.unwrap_or_default().trim();
        let spoken = if said.is_empty() { self.lines.join(" ") } else { said.to_owned() };
        turn.reply = Some(self.reply.clone()).filter(|reply| !reply.is_empty());
        turn.spoken = Some(spoken).filter(|spoken| !spoken.is_empty());
        turn
    }

    fn engines(&self, inner: &Inner) -> Engines {
        if let Some(receipt) = &self.turn.receipt {
            return Engines::from(receipt);
        }
        let heard = self.turn.heard.is_some();
        Engines {
            hearing: (!self.typed).then(|| inner.pipeline.hearing().name()),
            thinking: heard.then(|| inner.pipeline.thinking().name()),
            speaking: self.sounded.then(|| inner.pipeline.speaking().name()),
        }
    }

    fn fold_if_full(self, inner: &Arc<Inner>) {
        let Some(recalled) = &self.recalled else { return };
        let said = [&self.turn.heard, &Some(self.reply.clone())];
        let new = said.into_iter().flatten().map(|text| Message::user(text.as_str()).tokens());
        if folding::is_due(recalled, new.sum(), inner.options.window()) {
            folding::begin(inner, self.turn.owner.clone(), self.turn.conversation);
        }
    }
}

/// Whether the turn failed before anything was paid for.
fn was_free(error: &TurnError) -> bool {
    match error {
        TurnError::Audio(_)
        | TurnError::NoSpeech(_)
        | TurnError::TooShort(_)
        | TurnError::Budget(_) => true,
        TurnError::Engine { source, .. } => matches!(
            source,
            EngineError::Audio(_)
                | EngineError::TooLong { .. }
                | EngineError::Loading
                | EngineError::Busy
                | EngineError::Unavailable(_)
        ),
        TurnError::Timeout { .. } => false,
    }
}
