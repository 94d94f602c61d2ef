//! What must not be read aloud becomes what a person would say.

mod addresses;
mod markup;
mod symbols;
mod tidy;

use crate::domain::language::Language;

/// Said in place of code.
const CODE: &str = "The code is in the written answer.";

/// Marks the beginning and the end of code.
const FENCE: &str = "```";

/// Cleaning one thing can lay bare another; nobody nests deeper than this by accident.
const PASSES: usize = 8;

/// How symbols are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// In English words.
    English,
    /// As they are: the speaking engine knows the words of its language.
    AsWritten,
}

/// Makes the pieces of one reply speakable, in order: code may begin in one piece and end in
/// another, and what a `-` means depends on whether it begins a line.
#[derive(Debug)]
pub struct Speakable {
    wording: Wording,
    in_code: bool,
    on_new_line: bool,
}

/// What a person would say for a whole English text; empty if nothing.
pub fn speakable(text: &str) -> String {
    Speakable::new(None).speak(text)
}

impl Speakable {
    /// For a reply in this language. If it is not known, the letters of each piece decide.
    pub fn new(language: Option<&Language>) -> Self {
        let english = language.is_none_or(|language| language.primary() == "en");
        let wording = if english { Wording::English } else { Wording::AsWritten };
        Self { wording, in_code: false, on_new_line: true }
    }

    /// What a person would say for the next piece; empty if nothing.
    pub fn speak(&mut self, piece: &str) -> String {
        let mut said = String::with_capacity(piece.len() + 16);
        for line in piece.split_inclusive('\n') {
            self.line(line, &mut said);
            self.on_new_line = line.ends_with('\n');
        }
        for _ in 0..PASSES {
            let cleaned = self.clean(&said);
            let stable = cleaned == said.trim();
            said = cleaned;
            if stable {
                break;
            }
        }
        if said.chars().any(char::is_alphanumeric) { said } else { String::new() }
    }

    /// Takes one line, or the part of it that is there, apart from the code in it.
    fn line(&mut self, line: &str, said: &mut String) {
        let mut rest = line;
        if self.in_code {
            let Some((_, after)) = rest.split_once(FENCE) else { return };
            self.in_code = false;
            rest = after;
        }
        let begins_code = rest.matches(FENCE).count() % 2 == 1;
        if begins_code && let Some((before, _)) = rest.rsplit_once(FENCE) {
            rest = before;
            self.in_code = true;
        }
        if self.on_new_line {
            markup::push_line(rest, said)
        } else {
            said.push_str(rest)
        }
        if self.in_code && self.wording == Wording::English {
            said.push(' ');
            said.push_str(CODE);
        }
    }

    fn clean(&self, text: &str) -> String {
        let text = markup::without_entities(text);
        let text = markup::without_links(&text);
        let text = markup::without_tags(&text);
        let text = markup::without_stage_directions(&text);
        let wording = self.wording_of(&text);
        let text = addresses::spoken(&text, wording);
        let text = symbols::spoken(&text, wording);
        tidy::tidy(&text)
    }

    /// English words have no place among letters of another script.
    fn wording_of(&self, text: &str) -> Wording {
        let letters = || text.chars().filter(|letter| letter.is_alphabetic());
        let latin = letters().filter(|letter| (*letter as u32) < 0x250).count();
        if latin * 2 < letters().count() { Wording::AsWritten } else { self.wording }
    }
}
