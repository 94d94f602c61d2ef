//! What the speaker has told in this conversation. Read anew from its messages each time:
//! nothing is kept here.

use crate::domain::message::{Message, Role};
use crate::engines::embedded::thinking::statements::{self, Statement};
use crate::engines::embedded::thinking::{ladder, stock, words};

/// The most bytes that a summary takes.
const SUMMARY_BYTES: usize = 2000;
/// Of these, for what another responder wrote into it.
const NOTES_BYTES: usize = 600;

const NAME: &str = "The user's name is ";
const LIKES: &str = "The user likes ";
const DISLIKES: &str = "The user dislikes ";
const REMEMBER: &str = "The user said to remember: ";
const JOKES: &str = "Jokes told: ";
const FACTS: &str = "Facts told: ";
const REFUSED: &str = "Some questions could not be answered.";

/// The most things of one kind that are remembered, and the oldest fall out: whoever says more
/// than that in one conversation is a program.
const MOST_KEPT: usize = 100;

/// A line that was to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about: a later line on the same takes its place.
    subject: String,
    /// The line, in the speaker's words.
    pub line: String,
}

/// What is known of the speaker, and what was said already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// What the speaker is called.
    pub name: Option<String>,
    /// What they like, in their words, oldest first.
    pub likes: Vec<String>,
    /// What they do not.
    pub dislikes: Vec<String>,
    /// What they wanted remembered, oldest first.
    pub remembered: Vec<Note>,
    /// Which jokes were told.
    pub jokes: Vec<usize>,
    /// Which facts were told.
    pub facts: Vec<usize>,
    /// Whether earlier questions went unanswered.
    pub refused: bool,
    /// Lines of the summary that somebody else wrote.
    notes: String,
}

impl Memory {
    /// What a summary and the messages since then hold.
    pub fn of(summary: Option<&str>, messages: &[Message]) -> Self {
        let mut memory = Self::default();
        for line in summary.unwrap_or_default().lines() {
            memory.take_line(line.trim());
        }
        for message in messages {
            match message.role {
                Role::User => memory.take_said(&message.text),
                Role::Assistant => memory.take_answered(&message.text),
            }
        }
        memory
    }

    /// As short lines that [`Memory::of`] reads back, in so many bytes at most. The oldest fall
    /// out when there are too many.
    pub fn summary(mut self, max_bytes: usize) -> String {
        loop {
            let text = self.lines().join("\n");
            if text.len() <= max_bytes.min(SUMMARY_BYTES) {
                return text;
            }
            self.forget_some();
        }
    }

    /// Forgets the oldest of what there is most of.
    fn forget_some(&mut self) {
        let length = |items: &[String]| items.iter().map(String::len).sum::<usize>();
        let notes = self.remembered.iter().map(|note| note.line.len()).sum::<usize>();
        let (likes, dislikes) = (length(&self.likes), length(&self.dislikes));
        match notes.max(likes).max(dislikes) {
            0 => self.forget_more(),
            most if most == notes => drop(self.remembered.remove(0)),
            most if most == likes => drop(self.likes.remove(0)),
            _ => drop(self.dislikes.remove(0)),
        }
    }

    /// Forgets what nobody asked to be remembered, and the name last.
    fn forget_more(&mut self) {
        let told = [&mut self.jokes, &mut self.facts].into_iter().find(|told| !told.is_empty());
        if !self.notes.is_empty() {
            self.notes.clear();
        } else if let Some(told) = told {
            told.remove(0);
        } else if !std::mem::take(&mut self.refused) {
            self.name = None;
        }
    }

    fn lines(&self) -> Vec<String> {
        let each = |head: &'static str, items: &[String]| {
            items.iter().map(|item| format!("{head}{item}")).collect::<Vec<_>>()
        };
        let told = |head: &str, told: &[usize]| {
            let numbers: Vec<String> = told.iter().map(usize::to_string).collect();
            (!told.is_empty()).then(|| format!("{head}{}", numbers.join(" ")))
        };
        let mut lines: Vec<String> = self.notes.lines().map(str::to_owned).collect();
        lines.extend(self.name.iter().map(|name| format!("{NAME}{name}")));
        lines.extend(each(LIKES, &self.likes));
        lines.extend(each(DISLIKES, &self.dislikes));
        lines.extend(self.remembered.iter().map(|note| format!("{REMEMBER}{}", note.line)));
        lines.extend(told(JOKES, &self.jokes));
        lines.extend(told(FACTS, &self.facts));
        lines.extend(self.refused.then(|| REFUSED.to_owned()));
        lines
    }

    fn take_line(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix(NAME) {
            self.name = Some(name.to_owned());
        } else if let Some(thing) = line.strip_prefix(LIKES) {
            self.take(Statement::Likes(thing.to_owned()));
        } else if let Some(thing) = line.strip_prefix(DISLIKES) {
            self.take(Statement::Dislikes(thing.to_owned()));
        } else if let Some(thing) = line.strip_prefix(REMEMBER) {
            self.take(Statement::Remember(thing.to_owned()));
        } else if let Some(numbers) = line.strip_prefix(JOKES) {
            self.jokes.extend(numbers.split(' ').filter_map(|number| number.parse::<usize>().ok()));
        } else if let Some(numbers) = line.strip_prefix(FACTS) {
            self.facts.extend(numbers.split(' ').filter_map(|number| number.parse::<usize>().ok()));
        } else if line == REFUSED {
            self.refused = true;
        } else if !line.is_empty() && self.notes.len() + line.len() < NOTES_BYTES {
            self.notes.push_str(line);
            self.notes.push('\n');
        }
    }

    fn take_said(&mut self, text: &str) {
        for statement in statements::find(&words::read(text)).all {
            self.take(statement);
        }
    }

    fn take_answered(&mut self, text: &str) {
        if let Some(number) = stock::joke_in(text).filter(|number| !self.jokes.contains(number)) {
            self.jokes.push(number);
        }
        if let Some(number) = stock::fact_in(text).filter(|number| !self.facts.contains(number)) {
            self.facts.push(number);
        }
        self.refused |= ladder::is_refusal(text);
    }

    fn take(&mut self, statement: Statement) {
        match statement {
            Statement::Name(name) => self.name = Some(name),
            Statement::Likes(thing) => {
                remove(&mut self.dislikes, &thing);
                renew(&mut self.likes, thing);
            }
            Statement::Dislikes(thing) => {
                remove(&mut self.likes, &thing);
                renew(&mut self.dislikes, thing);
            }
            Statement::Remember(line) => {
                let subject = statements::subject(&line);
                self.remembered.retain(|old| old.subject != subject);
                self.remembered.push(Note { subject, line });
                keep_newest(&mut self.remembered);
            }
            Statement::NoName => {}
        }
    }
}

impl Memory {
    /// Whether nothing is known of the speaker.
    pub fn is_blank(&self) -> bool {
        let (likes, dislikes) = (self.likes.is_empty(), self.dislikes.is_empty());
        self.name.is_none() && likes && dislikes && self.remembered.is_empty()
    }
}

/// Whether a summary tells that earlier questions went unanswered.
pub fn tells_of_refusals(summary: Option<&str>) -> bool {
    summary.is_some_and(|summary| summary.lines().any(|line| line == REFUSED))
}

/// Puts it last, once.
fn renew(items: &mut Vec<String>, item: String) {
    remove(items, &item);
    items.push(item);
    keep_newest(items);
}

fn keep_newest<T>(items: &mut Vec<T>) {
    if items.len() > MOST_KEPT {
        items.remove(0);
    }
}

fn remove(items: &mut Vec<String>, item: &str) {
    items.retain(|old| !old.eq_ignore_ascii_case(item));
}
