//! What work will probably cost, before it is done: what is put aside must be enough.

use crate::domain::message::Message;
use crate::domain::money::{Price, Usd, Work};
use crate::pipeline::Pipeline;
use crate::pipeline::engine::{Prompt, summary_tokens};
use crate::pipeline::event::Briefing;

/// Letters of speech in a second, said slowly.
const CHARACTERS_PER_SECOND: f64 = 12.0;
/// Letters and digits of English in a token. All else may take a token for each of its bytes, as
/// rare letters do.
const PLAIN_BYTES_PER_TOKEN: u64 = 3;
/// Letters in a token, for a language that takes few.
const CHARACTERS_PER_TOKEN: u64 = 6;
/// The frame around the messages, and what the engine adds by itself.
const FRAME_TOKENS: u64 = 100;
/// The frame around a message that is summed up, and what a model is told that does it.
const MESSAGE_TOKENS: u64 = 8;
const SUMMING_UP_TOKENS: u64 = 200;
/// What is heard in a second, said fast, in tokens of a language that takes many.
const TOKENS_HEARD_PER_SECOND: f64 = 20.0;

/// What a prompt for hearing takes.
const FRAME_TOKENS_OF_HEARING: u64 = 100;

/// A whole turn over a clip that lasts so long, or over what was typed.
pub(super) fn turn(pipeline: &Pipeline, briefing: &Briefing, input: Size<'_>) -> Usd {
    let (seconds, said) = match input {
        Size::Clip { seconds } => (seconds, (seconds * TOKENS_HEARD_PER_SECOND) as u64),
        Size::Text(text) => (0.0, tokens(text)),
    };
    let heard = hearing(pipeline.hearing().price(), seconds);
    let known = known_before(&briefing.instructions, &briefing.summary, &briefing.history);
    let thought = answering(pipeline.thinking().price(), known + said, briefing.max_tokens);
    let characters = u64::from(briefing.max_tokens) * CHARACTERS_PER_TOKEN;
    heard + thought + speaking(pipeline.speaking().price(), characters)
}

/// How much there is to be heard or read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size<'a> {
    /// A clip.
    Clip {
        /// How long it lasts.
        seconds: f64,
    },
    /// Typed words.
    Text(&'a str),
}

/// Hearing a clip.
pub(super) fn hearing(price: Price, seconds: f64) -> Usd {
    let written = (seconds * TOKENS_HEARD_PER_SECOND) as u64;
    let tokens = Some((written + FRAME_TOKENS_OF_HEARING, written));
    known(price.cost(Work { seconds: Some(seconds), tokens, ..Work::default() }))
}

/// Answering a prompt.
pub(super) fn thinking(price: Price, prompt: &Prompt) -> Usd {
    let known = known_before(&prompt.instructions, &prompt.summary, &prompt.history);
    answering(price, known + tokens(&prompt.said), prompt.max_tokens)
}

/// Summing up what was said, in so many bytes at most.
pub(super) fn summing_up(
    price: Price,
    (summary, messages): (Option<&str>, &[Message]),
    max_bytes: usize,
) -> Usd {
    let said: u64 = messages.iter().map(|said| tokens(&said.text) + MESSAGE_TOKENS).sum();
    let known = summary.map_or(0, tokens);
    answering(price, SUMMING_UP_TOKENS + known + said, summary_tokens(max_bytes))
}

/// Saying so many characters.
pub(super) fn speaking(price: Price, characters: u64) -> Usd {
    let seconds = Some(characters as f64 / CHARACTERS_PER_SECOND);
    known(price.cost(Work { seconds, characters: Some(characters), tokens: None }))
}

fn answering(price: Price, read: u64, written: u32) -> Usd {
    let read = read + FRAME_TOKENS;
    known(price.cost(Work { tokens: Some((read, u64::from(written))), ..Work::default() }))
}

fn known_before(instructions: &str, summary: &Option<String>, history: &[Message]) -> u64 {
    let summary = summary.as_deref().map_or(0, tokens);
    tokens(instructions) + summary + history.iter().map(|said| tokens(&said.text)).sum::<u64>()
}

/// The tokens of a text, in doubt too many.
fn tokens(text: &str) -> u64 {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace();
    let plain = text.bytes().filter(plain).count() as u64;
    plain.div_ceil(PLAIN_BYTES_PER_TOKEN) + (text.len() as u64).saturating_sub(plain)
}

/// Where nobody knows the price, no budget is set: see `settings`.
fn known(cost: Option<Usd>) -> Usd {
    cost.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_letters_take_a_token_for_each_byte() {
        assert_eq!(tokens("Hello again"), 4);
        assert_eq!(tokens("\u{10330}\u{10331}"), 8);
        assert_eq!(tokens(""), 0);
    }
}
