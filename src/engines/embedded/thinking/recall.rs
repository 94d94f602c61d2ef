//! Answers made from what the speaker said.

use chrono::NaiveDate;

use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::thinking::memory::Memory;
use crate::engines::embedded::thinking::mind::Exchange;
use crate::engines::embedded::thinking::statements::{self, Statement};
use crate::engines::embedded::thinking::sums::{NoResult, Sum};
use crate::engines::embedded::thinking::{dates, numbers, words};

/// The most remembered things that are told in one breath.
const TOLD_AT_ONCE: usize = 4;

impl Exchange<'_> {
    /// Says that a statement was understood, with what was understood.
    pub fn acknowledge(&self, statement: &Statement) -> String {
        if !self.prompt.remembered {
            return "I can't keep that. Memory is off for this turn.".to_owned();
        }
        match statement {
            Statement::Name(name) => self.choose(&NAME, "{}", name),
            Statement::NoName => "I missed the name. Say: my name is, and the name.".to_owned(),
            Statement::Likes(thing) => self.choose(&LIKES, "{}", &statements::turned(thing)),
            Statement::Dislikes(thing) => self.choose(&DISLIKES, "{}", &statements::turned(thing)),
            Statement::Remember(line) => {
                self.choose(&NOTED, "{}", &capitalised(&statements::turned(line)))
            }
        }
    }

    /// What the speaker is called.
    pub fn your_name(&self) -> String {
        match &self.memory.name {
            Some(name) => self.choose(&YOUR_NAME, "{}", name),
            None => "You haven't told me. Say: my name is, and the name.".to_owned(),
        }
    }
}

const NAME: [&str; 3] = ["Hello, {}.", "{}, nice to meet you.", "Hello, {}. I'll remember."];
const LIKES: [&str; 3] = ["{}, noted.", "You like {}. Noted.", "{}. I'll remember that."];
const DISLIKES: [&str; 3] =
    ["No {}, noted.", "You don't like {}. Noted.", "{} isn't for you. Noted."];
const NOTED: [&str; 3] = ["Noted. {}.", "I'll remember. {}.", "Kept in mind. {}."];
const YOUR_NAME: [&str; 3] = ["You're {}.", "Your name is {}.", "{}, you told me."];

/// All of them, for the test of lengths.
#[cfg(test)]
pub fn lines() -> impl Iterator<Item = &'static str> {
    [NAME, LIKES, DISLIKES, NOTED, YOUR_NAME].into_iter().flatten()
}

/// What the speaker likes.
pub fn likes(memory: &Memory) -> String {
    if memory.likes.is_empty() {
        return "You haven't told me. Say: I like, and the thing.".to_owned();
    }
    format!("You like {}.", list(&memory.likes))
}

/// What the speaker does not like.
pub fn dislikes(memory: &Memory) -> String {
    if memory.dislikes.is_empty() {
        return "You haven't told me.".to_owned();
    }
    format!("You don't like {}.", list(&memory.dislikes))
}

/// All that the speaker told.
pub fn everything(memory: &Memory) -> String {
    let name = memory.name.iter().map(|name| format!("you're {name}"));
    let likes = (!memory.likes.is_empty()).then(|| format!("you like {}", list(&memory.likes)));
    let dislikes =
        (!memory.dislikes.is_empty()).then(|| format!("you don't like {}", list(&memory.dislikes)));
    let kept = memory.remembered.iter().rev().take(TOLD_AT_ONCE).rev();
    let kept = kept.map(|line| statements::turned(line));
    let parts: Vec<String> = name.chain(likes).chain(dislikes).chain(kept).collect();
    if parts.is_empty() {
        return "Nothing yet. Say: remember that, and the rest.".to_owned();
    }
    format!("You told me {}.", list(&parts))
}

/// One remembered line, said back.
pub fn told(line: &str) -> String {
    format!("You told me: {}.", statements::turned(line))
}

/// How far away the speaker's birthday is, if they told when it is.
pub fn birthday(plain: &[&str], memory: &Memory, today: NaiveDate) -> Option<String> {
    let asked = plain.first() == Some(&"how") || plain.first() == Some(&"days");
    let asked = asked && plain.windows(2).any(|pair| pair == ["my", "birthday"]);
    let line = memory
        .remembered
        .iter()
        .rev()
        .find(|line| asked && line.to_lowercase().starts_with("my birthday is"))?;
    let read = words::read(line);
    let (_, day) = dates::find(&words::plain(&read), today)?;
    Some(dates::far_away("Your birthday", day, today))
}

/// The sum with its result.
pub fn result(sum: &Sum) -> String {
    match sum.value() {
        Ok(value) => capitalised(&format!("{sum} is {}.", numbers::write(value))),
        Err(NoResult::ByZero) => "Nothing can be divided by zero.".to_owned(),
        Err(NoResult::Root) => "There is no such number. Not among the real ones.".to_owned(),
        Err(NoResult::TooBig) => "That's too big for me.".to_owned(),
    }
}

/// "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
