//! What people say of themselves: their name, what they like, what is to be remembered.

mod frames;

use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::thinking::statements::frames::{
    CORRECTIONS, DISLIKES, KEPT, LIKES, NAME, NO_NAME, NO_PERSON, REMEMBER,
};
use crate::engines::embedded::thinking::words::{self, Word};

/// Something the speaker said of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// What they are called.
    Name(String),
    /// They began to say their name, and none was heard.
    NoName,
    /// What they like.
    Likes(String),
    /// What they do not like.
    Dislikes(String),
    /// What is to be remembered.
    Remember(String),
}

/// The most bytes of a name.
const LONGEST_NAME: usize = 80;
/// The most words of what is kept although nobody asked.
const MOST_KEPT: usize = 15;
/// The most letters that one statement keeps.
const LONGEST: usize = 160;

/// What "I like" says nothing lasting about.
const NO_THING: &[&str] =
    &["it", "that", "this", "you", "him", "her", "them", "what", "your", "how", "me", "us"];
/// Words that close a statement and are no part of it.
const TAIL: &[&str] = &["please", "thanks", "okay", "actually", "anymore", "too"];

/// What the words state, and whether it was asked to remember it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Everything stated, in order.
    pub all: Vec<Statement>,
    /// Whether the words begin with "remember".
    pub asked: bool,
}

/// What the words state, if anything: "I love pizza and hate olives" is two things.
pub fn find(said: &[Word]) -> Told {
    let said = words::core(said, "");
    let opens = |word: &Word| !CORRECTIONS.contains(&word.plain.as_str());
    let said = &said[said.iter().position(opens).unwrap_or(0)..];
    let closes = |word: &Word| TAIL.contains(&word.plain.as_str());
    let said = &said[..said.iter().rposition(|word| !closes(word)).map_or(0, |at| at + 1)];
    let asked = behind(said, REMEMBER);
    let told = asked.unwrap_or(said);
    let pieces = pieces(told);
    let joined = pieces.len() > 1;
    let mut all: Vec<Statement> = pieces
        .iter()
        .enumerate()
        .filter_map(|(place, piece)| one(piece, asked.is_some() || place > 0))
        .filter(|_| joined)
        .collect();
    if all.is_empty() {
        all.extend(one(told, asked.is_some()));
    }
    Told { all, asked: asked.is_some() }
}

/// Cuts at each "and" behind which another statement begins.
fn pieces(said: &[Word]) -> Vec<&[Word]> {
    if said.len() > words::MOST {
        return vec![said];
    }
    let joins =
        |at: &usize| matches!(said[*at].plain.as_str(), "and" | "but") && begins(&said[*at + 1..]);
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in (1..said.len()).filter(joins) {
        pieces.push(&said[from..at]);
        from = said.len() - without_that(&said[at + 1..]).len();
    }
    pieces.push(&said[from..]);
    pieces
}

/// "… and that I hate coffee".
fn without_that(rest: &[Word]) -> &[Word] {
    behind(rest, &["that"]).unwrap_or(rest)
}

/// Whether words behind an "and" state something of their own.
fn begins(rest: &[Word]) -> bool {
    let rest = without_that(rest);
    let of_mine = rest.first().is_some_and(|word| word.plain == "my")
        && rest.iter().any(|word| matches!(word.plain.as_str(), "is" | "are"));
    of_mine
        || behind(rest, NAME).is_some()
        || [LIKES, DISLIKES, KEPT, &["i not"]]
            .iter()
            .any(|frames| behind(rest, frames).is_some() || behind_subject(rest, frames).is_some())
}

/// What these words state. `free`: they need not say "I", and may be anything to be remembered.
fn one(said: &[Word], free: bool) -> Option<Statement> {
    let behind_either = |frames| {
        let behind = behind(said, frames);
        behind.or_else(|| if free { behind_subject(said, frames) } else { None })
    };
    let not = || if free { behind(said, &["not"]) } else { None };
    name(said)
        .or_else(|| Some(Statement::Dislikes(thing(behind_either(DISLIKES).or_else(not)?)?)))
        .or_else(|| Some(Statement::Likes(thing(behind_either(LIKES)?)?)))
        .or_else(|| kept(said))
        .or_else(|| Some(Statement::Remember(note(said).filter(|_| free)?)))
}

/// What a remembered line is about: what stands before its verb.
pub fn subject(line: &str) -> String {
    let words = words::read(line);
    let plain = words::plain(&words);
    if let Some(rest) = behind(&words, KEPT).filter(|_| plain[0] == "i") {
        return plain[..plain.len() - rest.len()].join(" ");
    }
    let verb = plain.iter().position(|word| matches!(*word, "is" | "are" | "was" | "at" | "lives"));
    plain[..verb.unwrap_or(plain.len())].join(" ")
}

/// The line as said back: my car is your car.
pub fn turned(line: &str) -> String {
    let turned: Vec<String> = line.split(' ').map(turned_word).collect();
    turned.join(" ").replace("you am", "you are").replace("you was", "you were")
}

fn turned_word(word: &str) -> String {
    let other = match word.to_lowercase().as_str() {
        "i" | "me" => "you",
        "my" => "your",
        "mine" => "yours",
        "myself" => "yourself",
        "i'm" => "you're",
        "i've" => "you've",
        "i'll" => "you'll",
        "i'd" => "you'd",
        "your" => "my",
        "you" => "me",
        _ => return word.to_owned(),
    };
    other.to_owned()
}

fn name(said: &[Word]) -> Option<Statement> {
    if words::plain(&said[..said.len().min(3)]) == ["my", "name"] {
        return Some(Statement::NoName);
    }
    if let Some(rest) = behind(said, NAME) {
        let rest = until_pause(rest);
        let first = rest.first().map(|word| word.plain.as_str());
        return match first {
            None => Some(Statement::NoName),
            Some(first) if NO_NAME.contains(&first) || rest.len() > 4 => None,
            Some(_) => named(rest),
        };
    }
    introduced(said)
}

/// "I'm Maria", as it is typed: one or two words with capitals, and nothing else.
fn introduced(said: &[Word]) -> Option<Statement> {
    let rest = behind(said, &["i am", "this is"])?;
    let fits = |word: &Word| {
        let capital = word.said.starts_with(char::is_uppercase) && word.plain != "i";
        capital && !NO_PERSON.contains(&word.plain.as_str())
    };
    let good = (1..=2).contains(&rest.len()) && rest.iter().all(fits);
    if good { named(rest) } else { None }
}

/// The name that the words are, unless they are too long for one.
fn named(words: &[Word]) -> Option<Statement> {
    let name: Vec<String> = words.iter().map(|word| capitalised(&word.said)).collect();
    let name = name.join(" ");
    (name.len() <= LONGEST_NAME).then_some(Statement::Name(name))
}

/// A name ends where the sentence goes on.
fn until_pause(rest: &[Word]) -> &[Word] {
    let stops = ["and", "please", "but", "from", "what", "how", "thanks"];
    let end = rest.iter().position(|word| stops.contains(&word.plain.as_str()));
    match end {
        Some(0) | None => rest,
        Some(end) => &rest[..end],
    }
}

/// What is liked, unless it says nothing lasting.
fn thing(rest: &[Word]) -> Option<String> {
    let first = rest.first()?;
    let vague = NO_THING.contains(&first.plain.as_str()) && rest.len() <= 2;
    if vague || rest.len() > 12 { None } else { shortened(rest) }
}

fn note(rest: &[Word]) -> Option<String> {
    let question = matches!(rest.first()?.plain.as_str(), "me" | "what" | "my" if rest.len() == 1);
    let vague = NO_THING.contains(&rest[0].plain.as_str()) && rest.len() == 1;
    if question || vague { None } else { shortened(rest) }
}

fn kept(said: &[Word]) -> Option<Statement> {
    let plain = words::plain(&said[..said.len().min(MOST_KEPT)]);
    let (rest, subject) = match behind(said, KEPT) {
        Some(rest) => (rest, ""),
        None => (behind_subject(said, KEPT)?, "I "),
    };
    let favourite = matches!(plain.get(1), Some(&("favorite" | "favourite")));
    let complete = !rest.is_empty() && (!favourite || plain.contains(&"is"));
    let short = complete && said.len() < MOST_KEPT;
    Some(Statement::Remember(format!("{subject}{}", shortened(said).filter(|_| short)?)))
}

fn shortened(words: &[Word]) -> Option<String> {
    let text = words::said(words);
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    (!text.is_empty()).then(|| text[..end].to_owned())
}

/// The words behind the longest of the frames that they begin with.
fn behind<'a>(said: &'a [Word], frames: &[&str]) -> Option<&'a [Word]> {
    longest(said, frames.iter().copied())
}

/// The same for frames without the "I" that they begin with.
fn behind_subject<'a>(said: &'a [Word], frames: &[&str]) -> Option<&'a [Word]> {
    longest(said, frames.iter().filter_map(|frame| frame.strip_prefix("i ")))
}

fn longest<'a, 'b>(said: &'a [Word], frames: impl Iterator<Item = &'b str>) -> Option<&'a [Word]> {
    let fitting = frames.filter_map(|frame| {
        let mut words = said.iter();
        let fits = |part: &str| words.next().is_some_and(|word| word.plain == part);
        frame.split(' ').all(fits).then_some(words.as_slice())
    });
    fitting.min_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Statement> {
        find(&words::read(text)).all
    }

    fn stated(text: &str) -> Option<Statement> {
        all(text).into_iter().next()
    }

    #[test]
    fn names_are_taken() {
        for (text, name) in [
            ("My name is Maria.", "Maria"),
            ("my name's alexander", "Alexander"),
            ("call me david please", "David"),
            ("I'm Maria", "Maria"),
            ("My name is Anne Marie and I like tea", "Anne Marie"),
        ] {
            assert_eq!(stated(text), Some(Statement::Name(name.to_owned())), "{text}");
        }
        assert_eq!(stated("my name is"), Some(Statement::NoName));
    }

    #[test]
    fn what_is_no_name_is_not_taken_for_one() {
        for text in [
            "call me a taxi",
            "I'm tired",
            "I'm German.",
            "call me back later",
            "my name is not important",
        ] {
            assert_eq!(stated(text), None, "{text}");
        }
    }

    #[test]
    fn likes_and_notes_are_kept_in_the_speakers_words() {
        for (text, expected) in [
            ("I like coffee.", Statement::Likes("coffee".to_owned())),
            ("I really love Green Tea", Statement::Likes("Green Tea".to_owned())),
            ("I don't like rain", Statement::Dislikes("rain".to_owned())),
            (
                "Please remember that my car is on level three.",
                Statement::Remember("my car is on level three".to_owned()),
            ),
            (
                "my favorite color is blue",
                Statement::Remember("my favorite color is blue".to_owned()),
            ),
        ] {
            assert_eq!(stated(text), Some(expected), "{text}");
        }
        for text in
            ["I like you", "I like that", "do you remember me", "remember me", "I'd like coffee"]
        {
            assert_eq!(stated(text), None, "{text}");
        }
    }

    #[test]
    fn two_statements_are_two() {
        let (likes, dislikes) = (
            |thing: &str| Statement::Likes(thing.to_owned()),
            |thing: &str| Statement::Dislikes(thing.to_owned()),
        );
        let name = |name: &str| Statement::Name(name.to_owned());
        let note = |line: &str| Statement::Remember(line.to_owned());
        for (text, expected) in [
            ("I love pizza and hate olives", vec![likes("pizza"), dislikes("olives")]),
            ("I like tea but not milk", vec![likes("tea"), dislikes("milk")]),
            ("My name is Anna and I live in Berlin", vec![name("Anna"), note("I live in Berlin")]),
            ("I like cheese and wine", vec![likes("cheese and wine")]),
            ("Remember that my name is Anna", vec![name("Anna")]),
            ("please remember that I like tea", vec![likes("tea")]),
            ("remember that I like tea and that I hate milk", vec![likes("tea"), dislikes("milk")]),
            ("Actually, my name is Maria", vec![name("Maria")]),
            ("no, I don't like tea anymore", vec![dislikes("tea")]),
            ("I like my dog and my car is red", vec![likes("my dog"), note("my car is red")]),
            ("remember my name", vec![Statement::NoName]),
        ] {
            assert_eq!(all(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_mine_is_said_back_as_yours() {
        assert_eq!(turned("my car is behind me"), "your car is behind you");
        assert_eq!(turned("I am from Paris"), "you are from Paris");
    }
}
