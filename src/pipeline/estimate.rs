//! What work will probably cost, before it is done: what is put aside must be enough.

use crate::domain::money::{Price, Usd, Work};
use crate::pipeline::Pipeline;
use crate::pipeline::engine::Prompt;
use crate::pipeline::event::Briefing;

/// Letters of speech in a second, said slowly.
const CHARACTERS_PER_SECOND: f64 = 12.0;
/// Bytes of text in a token, for a language that takes many.
const BYTES_PER_TOKEN: u64 = 3;
/// Letters in a token, for a language that takes few.
const CHARACTERS_PER_TOKEN: u64 = 6;
/// What is heard in a second, said fast, in bytes.
const BYTES_HEARD_PER_SECOND: f64 = 30.0;

/// A whole turn over a clip that lasts so long, or over what was typed.
pub(super) fn turn(pipeline: &Pipeline, briefing: &Briefing, input: Size) -> Usd {
    let (seconds, said_bytes) = match input {
        Size::Clip { seconds } => (seconds, (seconds * BYTES_HEARD_PER_SECOND) as u64),
        Size::Text { bytes } => (0.0, bytes as u64),
    };
    let heard = hearing(pipeline.hearing().price(), seconds);
    let bytes = briefing.instructions.len()
        + briefing.summary.as_ref().map_or(0, String::len)
        + briefing.history.iter().map(|message| message.text.len()).sum::<usize>();
    let price = pipeline.thinking().price();
    let thought = tokens(price, bytes as u64 + said_bytes, briefing.max_tokens);
    let characters = u64::from(briefing.max_tokens) * CHARACTERS_PER_TOKEN;
    heard + thought + speaking(pipeline.speaking().price(), characters)
}

/// How much there is to be heard or read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// A clip.
    Clip {
        /// How long it lasts.
        seconds: f64,
    },
    /// Typed words.
    Text {
        /// How many bytes.
        bytes: usize,
    },
}

/// Hearing a clip.
pub(super) fn hearing(price: Price, seconds: f64) -> Usd {
    known(price.cost(Work { seconds: Some(seconds), ..Work::default() }))
}

/// Answering a prompt.
pub(super) fn thinking(price: Price, prompt: &Prompt) -> Usd {
    let bytes = prompt.instructions.len()
        + prompt.said.len()
        + prompt.summary.as_ref().map_or(0, String::len)
        + prompt.history.iter().map(|message| message.text.len()).sum::<usize>();
    tokens(price, bytes as u64, prompt.max_tokens)
}

/// Saying so many characters.
pub(super) fn speaking(price: Price, characters: u64) -> Usd {
    let seconds = Some(characters as f64 / CHARACTERS_PER_SECOND);
    known(price.cost(Work { seconds, characters: Some(characters), tokens: None }))
}

fn tokens(price: Price, bytes: u64, written: u32) -> Usd {
    // The frame around the messages, and what the engine adds by itself.
    let read = bytes / BYTES_PER_TOKEN + 100;
    known(price.cost(Work { tokens: Some((read, u64::from(written))), ..Work::default() }))
}

/// Where nobody knows the price, no budget is set: see `settings`.
fn known(cost: Option<Usd>) -> Usd {
    cost.unwrap_or_default()
}
