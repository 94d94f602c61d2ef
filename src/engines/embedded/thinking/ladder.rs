//! What is said when there is no answer: never the same twice running.

use crate::domain::message::{Message, Role};

/// The most words of a question that are read back.
const ECHO_WORDS: usize = 12;

/// The most letters of them.
const ECHO_LETTERS: usize = 120;

/// The one sentence about why, said once in a conversation.
const NO_MODEL: &str = "I have no language model, so I don't know. Ask me the time, or a sum.";
/// Said the second time.
const NEEDS_MODEL: &str = "That needs a model too. Ask me what I can do.";
/// Said from the third time on, in turn.
const SHORT: [&str; 3] =
    ["I can't answer that one.", "Not that one either.", "That one is beyond me."];

/// Says that there is no answer, on the step of the ladder that the conversation has come to.
/// `earlier` tells that refusals fell out of the history.
pub fn refuse(said: &str, typed: bool, history: &[Message], earlier: bool) -> String {
    let before: Vec<&str> = history
        .iter()
        .filter(|message| message.role == Role::Assistant && is_refusal(&message.text))
        .map(|message| message.text.as_str())
        .collect();
    match before.len() + if earlier { 2 } else { 0 } {
        0 if typed => NO_MODEL.to_owned(),
        0 => format!("I heard: {}. {NO_MODEL}", echo(said)),
        1 => NEEDS_MODEL.to_owned(),
        _ => {
            let last = before.last().copied().unwrap_or_default();
            let place = SHORT.iter().position(|line| *line == last);
            SHORT[place.map_or(0, |place| (place + 1) % SHORT.len())].to_owned()
        }
    }
}

/// Whether a text is one of these.
pub fn is_refusal(text: &str) -> bool {
    text.ends_with(NO_MODEL) || text == NEEDS_MODEL || SHORT.contains(&text)
}

fn echo(said: &str) -> String {
    let words: Vec<&str> = said.split_whitespace().collect();
    let ends = |end: char| !end.is_alphanumeric();
    let text = words[..words.len().min(ECHO_WORDS)].join(" ");
    let shortened: String = text.chars().take(ECHO_LETTERS).collect();
    let whole = words.len() <= ECHO_WORDS && shortened.len() == text.len();
    format!("{}{}", shortened.trim_end_matches(ends), if whole { "" } else { ", and so on" })
}

/// All texts, for the test of lengths.
#[cfg(test)]
pub fn lines() -> impl Iterator<Item = &'static str> {
    [NEEDS_MODEL].into_iter().chain(SHORT)
}
