//! What is said when there is no answer: never the same twice running, and by voice always with
//! what was heard.

use crate::domain::message::{Message, Role};

/// The most words of a question that are read back.
const ECHO_WORDS: usize = 12;

/// The most letters of them.
const ECHO_LETTERS: usize = 120;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The words were understood, and are beyond what is known here.
    Beyond,
    /// The words may not be what was said.
    Unclear,
    /// It was another language.
    Foreign,
}

/// The one sentence about a model, said once in a conversation.
const NO_MODEL: &str = "I can't answer that without a language model. Ask me what I can do.";
/// Said later, in turn.
const SHORT: [&str; 3] =
    ["I can't answer that one.", "Not that one either.", "That one is beyond me."];
/// Asked when it may have been misheard.
const UNCLEAR: [&str; 2] = ["Say it another way?", "Try it in other words?"];
/// Said to other languages.
const ENGLISH: [&str; 2] = ["I understand and speak English only.", "Only English, I'm afraid."];
/// Said behind it, where nothing was said of a model yet.
const CONNECT: &str = "A language model can be connected. The page shows how.";

/// Says that there is no answer. `earlier` tells that refusals fell out of the history.
pub fn refuse(said: &str, why: Why, typed: bool, history: &[Message], earlier: bool) -> String {
    let before = || {
        let texts = history.iter().filter(|message| message.role == Role::Assistant);
        texts.map(|message| message.text.as_str()).filter(|text| is_refusal(text))
    };
    let told = earlier || before().any(|text| text.contains("language model"));
    let last = before().next_back().unwrap_or_default();
    let text = match why {
        Why::Foreign if !told => return format!("{} {CONNECT}", ENGLISH[0]),
        Why::Foreign => return next(&ENGLISH, last).to_owned(),
        Why::Beyond if !told => NO_MODEL,
        Why::Beyond => next(&SHORT, last),
        Why::Unclear => next(&UNCLEAR, last),
    };
    match (typed, why) {
        (false, _) => format!("I heard: {}. {text}", echo(said)),
        (true, Why::Unclear) => format!("I don't follow. {text}"),
        (true, _) => text.to_owned(),
    }
}

/// Whether a text is one of these.
pub fn is_refusal(text: &str) -> bool {
    let lines = SHORT.iter().chain(&UNCLEAR).chain(&ENGLISH).chain([&NO_MODEL, &CONNECT]);
    lines.into_iter().any(|line| text.ends_with(line))
}

/// The line after the one that was said last.
fn next(lines: &[&'static str], last: &str) -> &'static str {
    let place = lines.iter().rposition(|line| last.ends_with(line));
    lines[place.map_or(0, |place| (place + 1) % lines.len())]
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
    SHORT.into_iter().chain(UNCLEAR).chain(ENGLISH).chain([CONNECT])
}
