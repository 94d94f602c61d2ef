//! Keeps count while a turn runs, and writes its receipt.

use crate::domain::money::{Price, Usd, Work};
use crate::pipeline::engine::{EngineName, Usage};
use crate::pipeline::receipt::{Receipt, StageReceipt};
use crate::pipeline::speaking::Paid;

/// A stage's engine, its price and when it got on.
pub(super) struct Progress {
    receipt: StageReceipt,
    price: Price,
    begun: bool,
}

impl Progress {
    pub(super) fn begin(engine: EngineName, price: Price, now_ms: f64) -> Self {
        let receipt = StageReceipt { engine, start_ms: now_ms, first_ms: now_ms, last_ms: now_ms };
        Self { receipt, price, begun: false }
    }

    /// Names who really does the work, if no result of somebody else's is there yet.
    pub(super) fn done_by(&mut self, who: impl FnOnce() -> (EngineName, Price)) {
        if !self.begun {
            (self.receipt.engine, self.price) = who();
        }
    }

    /// A result is there.
    pub(super) fn result(&mut self, now_ms: f64) {
        if !self.begun {
            self.receipt.first_ms = now_ms;
            self.begun = true;
        }
        self.receipt.last_ms = now_ms;
    }
}

/// What a turn has taken so far.
#[derive(Default)]
pub(super) struct Tally {
    pub hearing: Option<Progress>,
    pub thinking: Option<Progress>,
    pub speaking: Option<Progress>,
    pub first_sound_ms: Option<f64>,
    pub heard: Work,
    pub milliseconds_out: u64,
    pub characters: u64,
    pub paid: Paid,
    pub usage: Option<Usage>,
    /// What the engine that thinks says that it cost.
    pub told: Option<Usd>,
    pub warnings: Vec<String>,
}

impl Tally {
    /// Notes what the listener should know, once.
    pub(super) fn warn(&mut self, warning: &str) {
        if !self.warnings.iter().any(|known| known == warning) {
            self.warnings.push(warning.to_owned());
        }
    }

    /// Adds tokens to those counted so far.
    pub(super) fn used(&mut self, more: Usage) {
        let usage = self.usage.get_or_insert_default();
        usage.input_tokens = usage.input_tokens.saturating_add(more.input_tokens);
        usage.output_tokens = usage.output_tokens.saturating_add(more.output_tokens);
    }

    /// The receipt, now that everything is done.
    pub(super) fn receipt(self, total_ms: f64) -> Receipt {
        let seconds_out = self.milliseconds_out as f64 / 1e3;
        let cost = self.cost();
        Receipt {
            hearing: self.hearing.map(|stage| stage.receipt),
            thinking: self.thinking.map(|stage| stage.receipt),
            speaking: self.speaking.map(|stage| stage.receipt),
            first_sound_ms: self.first_sound_ms,
            total_ms,
            audio_seconds_in: self.heard.seconds.unwrap_or_default(),
            audio_seconds_out: seconds_out,
            characters: self.characters,
            usage: self.usage,
            cost,
            warnings: self.warnings,
        }
    }

    fn cost(&self) -> Option<Usd> {
        let heard = self.hearing.as_ref().map(|stage| stage.price.cost(self.heard));
        let thought = self.thinking.as_ref().map(|stage| self.thinking_cost(stage.price));
        // What was spoken before costs nothing, whatever the price.
        let spoken = self.speaking.as_ref().filter(|_| self.paid.characters > 0);
        let said = spoken.map(|stage| stage.price.cost(self.paid.work()));
        [heard, thought, said].into_iter().flatten().sum()
    }

    /// Adds what the engine that thinks says that it cost.
    pub(super) fn told(&mut self, cost: Usd) {
        self.told = Some(self.told.unwrap_or_default() + cost);
    }

    /// What thinking cost: what the engine says, else what was read and written at this price.
    pub(super) fn thinking_cost(&self, price: Price) -> Option<Usd> {
        let tokens = self.usage.map(|usage| (usage.input_tokens, usage.output_tokens));
        self.told.or_else(|| price.cost(Work { tokens, ..Work::default() }))
    }
}
