//! Answers made from what the speaker said.

use chrono::NaiveDate;

use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::thinking::memory::Memory;
use crate::engines::embedded::thinking::mind::Exchange;
use crate::engines::embedded::thinking::statements::{self, Statement, Told};
use crate::engines::embedded::thinking::sums::{NoResult, Sum};
use crate::engines::embedded::thinking::{dates, numbers, words};

/// The most remembered things that are told in one breath.
const TOLD_AT_ONCE: usize = 4;

impl Exchange<'_> {
    /// Says that statements were understood, with what was understood, and the first time for how
    /// long.
    pub fn acknowledge(&self, told: &Told) -> String {
        if !self.prompt.remembered {
            return "I can't keep that. Memory is off for this turn.".to_owned();
        }
        let understood = match told.all.as_slice() {
            [Statement::NoName] => {
                return "I missed the name. Say: my name is, and the name.".to_owned();
            }
            [Statement::Name(name)] => self.choose(&NAME, "{}", name),
            [Statement::Likes(thing)] => self.choose(&LIKES, "{}", &statements::turned(thing)),
            [Statement::Dislikes(thing)] => {
                self.choose(&DISLIKES, "{}", &statements::turned(thing))
            }
            all => {
                let clauses: Vec<String> = all.iter().filter_map(clause).collect();
                self.choose(&NOTED, "{}", &capitalised(&list(&clauses)))
            }
        };
        match told.asked || self.memory.is_blank() {
            true => format!("{understood} {PROMISE}"),
            false => understood,
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

const NAME: [&str; 3] = ["Hello, {}.", "{}, nice to meet you.", "Good to know you, {}."];
const LIKES: [&str; 3] = ["{}, noted.", "You like {}. Noted.", "{}. Good to know."];
const DISLIKES: [&str; 3] =
    ["No {}, noted.", "You don't like {}. Noted.", "{} isn't for you. Noted."];
const NOTED: [&str; 3] = ["Noted. {}.", "Kept in mind. {}.", "All right. {}."];
/// For how long it is remembered.
const PROMISE: &str = "I'll know that in this conversation.";
const YOUR_NAME: [&str; 3] = ["You're {}.", "Your name is {}.", "{}, you told me."];

/// All of them, for the test of lengths.
#[cfg(test)]
pub fn lines() -> impl Iterator<Item = &'static str> {
    [NAME, LIKES, DISLIKES, NOTED, YOUR_NAME].into_iter().flatten()
}

/// A statement, said back.
fn clause(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Name(name) => Some(format!("your name is {name}")),
        Statement::NoName => None,
        Statement::Likes(thing) => Some(format!("you like {}", statements::turned(thing))),
        Statement::Dislikes(thing) => Some(format!("you don't like {}", statements::turned(thing))),
        Statement::Remember(line) => Some(statements::turned(line)),
    }
}

/// What the speaker likes.
pub fn likes(memory: &Memory) -> String {
    if memory.likes.is_empty() {
        return "You haven't told me. Say: I like, and the thing.".to_owned();
    }
    format!("You like {}.", latest(&memory.likes))
}

/// What the speaker does not like.
pub fn dislikes(memory: &Memory) -> String {
    if memory.dislikes.is_empty() {
        return "You haven't told me.".to_owned();
    }
    format!("You don't like {}.", latest(&memory.dislikes))
}

/// All that the speaker told.
pub fn everything(memory: &Memory) -> String {
    let name = memory.name.iter().map(|name| format!("you're {name}"));
    let likes = (!memory.likes.is_empty()).then(|| format!("you like {}", latest(&memory.likes)));
    let dislikes = (!memory.dislikes.is_empty())
        .then(|| format!("you don't like {}", latest(&memory.dislikes)));
    let kept = memory.remembered.iter().rev().take(TOLD_AT_ONCE).rev();
    let kept = kept.map(|note| statements::turned(&note.line));
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
        .map(|note| note.line.as_str())
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

/// "a, b and c", the latest only where there are many.
fn latest(items: &[String]) -> String {
    let many = items.len().saturating_sub(TOLD_AT_ONCE);
    match many {
        0..3 => list(items),
        _ => list(&[&items[many..], &[format!("{many} more things")]].concat()),
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
