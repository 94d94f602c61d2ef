//! Keeps count while a turn runs, and writes its receipt.

use crate::domain::money::{Price, Usd};
use crate::pipeline::engine::{EngineName, Usage};
use crate::pipeline::receipt::{Receipt, StageReceipt};

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
    pub seconds_in: f64,
    pub milliseconds_out: u64,
    pub characters: u64,
    pub usage: Option<Usage>,
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
        let cost = self.cost(seconds_out);
        Receipt {
            hearing: self.hearing.map(|stage| stage.receipt),
            thinking: self.thinking.map(|stage| stage.receipt),
            speaking: self.speaking.map(|stage| stage.receipt),
            first_sound_ms: self.first_sound_ms,
            total_ms,
            audio_seconds_in: self.seconds_in,
            audio_seconds_out: seconds_out,
            characters: self.characters,
            usage: self.usage,
            cost,
            warnings: self.warnings,
        }
    }

    fn cost(&self, seconds_out: f64) -> Option<Usd> {
        let heard = Work { seconds: Some(self.seconds_in), characters: None, usage: None };
        let thought = Work { seconds: None, characters: None, usage: self.usage };
        let said =
            Work { seconds: Some(seconds_out), characters: Some(self.characters), usage: None };
        [(&self.hearing, heard), (&self.thinking, thought), (&self.speaking, said)]
            .into_iter()
            .filter_map(|(stage, work)| Some(work.cost(stage.as_ref()?.price)))
            .sum()
    }
}

/// What is known of the work that a price is asked for.
struct Work {
    seconds: Option<f64>,
    characters: Option<u64>,
    usage: Option<Usage>,
}

impl Work {
    /// None where the price is unknown, or asks for what was not counted.
    fn cost(&self, price: Price) -> Option<Usd> {
        match price {
            Price::Free => Some(Usd::default()),
            Price::Unknown => None,
            Price::PerMinute(rate) => {
                // Rounded up: work that has a price never looks free.
                Some(Usd((rate.0 as f64 * self.seconds? / 60.0).ceil() as i64))
            }
            Price::PerMillionCharacters(rate) => Some(per_million(rate, self.characters?)),
            Price::PerMillionTokens { input, output } => {
                let usage = self.usage?;
                Some(
                    per_million(input, usage.input_tokens)
                        + per_million(output, usage.output_tokens),
                )
            }
        }
    }
}

fn per_million(rate: Usd, count: u64) -> Usd {
    let millionths = i128::from(rate.0) * i128::from(count);
    let rounded_up = millionths.saturating_add(999_999) / 1_000_000;
    Usd(i64::try_from(rounded_up).unwrap_or(i64::MAX))
}
