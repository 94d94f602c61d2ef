//! One sentence whose synthesis has begun: its sound, and what it costs.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::audio::format::Sound;
use crate::domain::money::Price;
use crate::pipeline::budget::{Call, Tab};
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::pipeline::estimate;
use crate::pipeline::event::Said;
use crate::pipeline::phrases::Keeping;
use crate::pipeline::speaking::Paid;

/// A sentence whose synthesis has begun.
pub(super) struct Working {
    pub(super) saying: Said,
    pub(super) begins_ms: u64,
    pub(super) bill: Option<Bill>,
    pub(super) keeping: Option<Keeping>,
    pub(super) sounds: Option<BoxStream<'static, Result<Sound, EngineError>>>,
    waiting: VecDeque<Sound>,
    waiting_bytes: usize,
    /// Why it broke off. It is said when the sentence is: what comes before is sound already.
    pub(super) failure: Option<TurnError>,
    pub(super) since: Duration,
    pub(super) sounded: bool,
}

impl Working {
    pub(super) fn new(saying: Said, begins_ms: u64, now: Duration) -> Self {
        Self {
            saying,
            begins_ms,
            bill: None,
            keeping: None,
            sounds: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            failure: None,
            since: now,
            sounded: false,
        }
    }

    /// Takes what the synthesizer has, as much as may wait.
    pub(super) fn collect(&mut self, context: &mut Context<'_>, now: Duration, bound: usize) {
        while let Some(sounds) = &mut self.sounds {
            if self.waiting_bytes >= bound {
                // It is not asked for more, so it cannot be late.
                self.since = now;
                return;
            }
            match sounds.poll_next_unpin(context) {
                Poll::Pending => return,
                Poll::Ready(None) => self.sounds = None,
                Poll::Ready(Some(Ok(sound))) => self.take(sound, now),
                Poll::Ready(Some(Err(error))) => {
                    self.excuse(&error);
                    self.failure = Some(error.in_stage(Stage::Speaking));
                    self.sounds = None;
                }
            }
        }
    }

    /// This came in between. Of a sentence that gave no sound yet, nothing may have to be paid.
    pub(super) fn excuse(&mut self, error: &EngineError) {
        if let Some(bill) = self.bill.take_if(|_| !self.sounded) {
            bill.call.fail(error);
        }
    }

    fn take(&mut self, sound: Sound, now: Duration) {
        self.sounded |= sound.bytes() > 0;
        if let Some(keeping) = &mut self.keeping {
            keeping.push(&sound);
        }
        self.waiting_bytes += weight(&sound);
        self.waiting.push_back(sound);
        self.since = now;
    }

    pub(super) fn next(&mut self) -> Option<Sound> {
        let sound = self.waiting.pop_front()?;
        self.waiting_bytes = self.waiting_bytes.saturating_sub(weight(&sound));
        Some(sound)
    }

    /// Whether the synthesizer is expected to deliver: it has not ended, and there is room.
    pub(super) fn is_awaited(&self, bound: usize) -> bool {
        self.sounds.is_some() && self.waiting_bytes < bound
    }

    /// Whether all has been said. Words that gave no sound at all are the engine's failure.
    pub(super) fn is_over(&mut self) -> Result<bool, TurnError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.sounds.is_some() {
            return Ok(false);
        }
        if self.sounded {
            return Ok(true);
        }
        let silence = EngineError::Unreadable("a sentence came back without any sound".to_owned());
        Err(silence.in_stage(Stage::Speaking))
    }
}

/// What a sentence will cost.
pub(super) struct Bill {
    call: Call,
    pub(super) characters: u64,
}

impl Bill {
    pub(super) fn open(tab: &Tab, price: Price, characters: u64) -> Result<Self, TurnError> {
        let call = tab.call(estimate::speaking(price, characters))?;
        Ok(Self { call, characters })
    }

    /// The sentence was spoken, at this price.
    pub(super) fn settle(self, price: Price, milliseconds: u64) {
        let paid = Paid { characters: self.characters, milliseconds };
        self.call.settle(price.cost(paid.work()));
    }
}

/// What a sound counts for while it waits: an empty one takes room as well.
fn weight(sound: &Sound) -> usize {
    sound.bytes() + size_of::<Sound>()
}
