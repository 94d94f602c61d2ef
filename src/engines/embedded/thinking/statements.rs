//! What people say of themselves: their name, what they like, what is to be remembered.

use crate::engines::embedded::capitals::capitalised;
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
/// The most letters that one statement keeps.
const LONGEST: usize = 160;

const NAME: &[&str] = &[
    "my name is",
    "my names",
    "you can call me",
    "you may call me",
    "please call me",
    "call me",
    "i am called",
    "people call me",
    "everybody calls me",
];
const LIKES: &[&str] = &[
    "i really like",
    "i also like",
    "i like",
    "i really love",
    "i also love",
    "i love",
    "i enjoy",
    "i am fond of",
];
const DISLIKES: &[&str] =
    &["i do not like", "i really do not like", "i hate", "i dislike", "i can not stand"];
const REMEMBER: &[&str] = &[
    "remember that",
    "please remember that",
    "please remember",
    "can you remember that",
    "could you remember that",
    "can you please remember that",
    "i want you to remember that",
    "do not forget that",
    "keep in mind that",
    "make a note that",
    "take a note that",
    "note that",
    "remember",
];
/// Statements worth keeping although nobody asked.
const KEPT: &[&str] = &[
    "my favorite",
    "my favourite",
    "my birthday is",
    "i live in",
    "i come from",
    "i am from",
    "i was born",
    "i work as",
    "i work in",
    "i work at",
    "i work for",
    "i parked",
];
/// "Call me" is not a name before these.
const NO_NAME: &[&str] = &[
    "a", "an", "the", "back", "later", "when", "tomorrow", "if", "at", "on", "in", "maybe", "not",
    "what", "crazy", "and", "is", "for", "now", "again", "that", "this", "it", "you", "tonight",
];
/// "I'm" is not followed by a name in these, though they have a capital.
const NO_PERSON: &[&str] = &[
    "african",
    "american",
    "asian",
    "australian",
    "austrian",
    "british",
    "canadian",
    "chinese",
    "danish",
    "dutch",
    "english",
    "european",
    "french",
    "german",
    "greek",
    "indian",
    "irish",
    "italian",
    "japanese",
    "jewish",
    "korean",
    "mexican",
    "muslim",
    "norwegian",
    "pakistani",
    "polish",
    "russian",
    "scottish",
    "spanish",
    "swedish",
    "swiss",
    "turkish",
    "ukrainian",
    "welsh",
    "christian",
    "catholic",
    "hindu",
    "ok",
    "tv",
    "monday",
    "friday",
];
/// What "I like" says nothing lasting about.
const NO_THING: &[&str] =
    &["it", "that", "this", "you", "him", "her", "them", "what", "your", "how", "me", "us"];
/// Words that close a statement and are no part of it.
const TAIL: &[&str] = &["please", "thanks", "okay"];

/// What the words state, if anything.
pub fn find(said: &[Word]) -> Option<Statement> {
    let said = words::core(said, "");
    let closes = |word: &Word| TAIL.contains(&word.plain.as_str());
    let said = &said[..said.iter().rposition(|word| !closes(word)).map_or(0, |at| at + 1)];
    name(said)
        .or_else(|| Some(Statement::Dislikes(thing(behind(said, DISLIKES)?)?)))
        .or_else(|| Some(Statement::Likes(thing(behind(said, LIKES)?)?)))
        .or_else(|| Some(Statement::Remember(note(behind(said, REMEMBER)?)?)))
        .or_else(|| kept(said))
}

/// What a remembered line is about: what stands before its verb.
pub fn subject(line: &str) -> String {
    let words = words::read(line);
    let plain = words::plain(&words);
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
    let rest = behind(said, KEPT)?;
    let plain = words::plain(said);
    let favourite = matches!(plain[1], "favorite" | "favourite");
    let complete = !rest.is_empty() && (!favourite || plain.contains(&"is"));
    if complete && said.len() <= 14 { Some(Statement::Remember(shortened(said)?)) } else { None }
}

fn shortened(words: &[Word]) -> Option<String> {
    let text = words::said(words);
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    (!text.is_empty()).then(|| text[..end].to_owned())
}

/// The words behind the longest of the frames that they begin with.
fn behind<'a>(said: &'a [Word], frames: &[&str]) -> Option<&'a [Word]> {
    let plain = words::plain(said);
    let fitting = frames.iter().filter_map(|frame| {
        let frame: Vec<&str> = frame.split(' ').collect();
        plain.starts_with(&frame).then_some(frame.len())
    });
    fitting.max().map(|length| &said[length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(text: &str) -> Option<Statement> {
        find(&words::read(text))
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
    fn what_was_mine_is_said_back_as_yours() {
        assert_eq!(turned("my car is behind me"), "your car is behind you");
        assert_eq!(turned("I am from Paris"), "you are from Paris");
    }
}
