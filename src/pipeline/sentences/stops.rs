//! Whether a stop ends its sentence.

use crate::pipeline::sentences::abbreviations::{self, Kind};
use crate::pipeline::sentences::openings::belongs_to_stop;

/// What is decided about a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The sentence goes on.
    GoesOn,
    /// Only what follows can tell.
    Wait,
    /// The sentence ends, unless the very next character goes on with the word.
    Hold,
    /// The sentence ends this many bytes after the stop.
    End(usize),
}

/// What surrounds a stop.
pub(super) struct View<'a> {
    /// The piece up to the stop.
    pub before: &'a str,
    /// What follows the stop, as far as it is known.
    pub after: &'a str,
    /// Whether nothing else will be known.
    pub last: bool,
    /// Whether a quote, a bracket or an emphasis is open.
    pub open: bool,
    /// Whether the piece begins a line.
    pub on_new_line: bool,
}

/// What follows a stop: how much belongs to it, and the rest.
struct Tail<'a> {
    bytes: usize,
    closed: bool,
    rest: &'a str,
}

pub(super) fn is_stop(character: char) -> bool {
    matches!(character, '.' | '…' | '\n') || is_emphatic(character) || is_full(character)
}

/// Judges a stop.
pub(super) fn judge(stop: char, view: &View<'_>) -> Verdict {
    match stop {
        '\n' => line(view),
        '…' => ellipsis(view),
        '.' if view.after.starts_with(['.', '…']) || view.before.ends_with(['.', '…']) => {
            ellipsis(view)
        }
        '.' => dot(view),
        _ if is_full(stop) => full(view),
        _ => emphatic(view),
    }
}

fn is_emphatic(character: char) -> bool {
    matches!(character, '?' | '!' | '‼' | '⁇' | '⁈' | '⁉' | '‽')
}

/// Stops that are nothing but stops.
fn is_full(character: char) -> bool {
    matches!(
        character,
        '。' | '｡'
            | '！'
            | '？'
            | '।'
            | '॥'
            | '؟'
            | '۔'
            | '።'
            | '፧'
            | '။'
            | '។'
            | '៕'
            | '։'
    )
}

/// A line ends where the next does not go on in lower case.
fn line(view: &View<'_>) -> Verdict {
    if view.before.trim().is_empty() {
        return Verdict::GoesOn;
    }
    match view.after.chars().next() {
        None if !view.last => Verdict::Wait,
        Some(next) if next.is_lowercase() => Verdict::GoesOn,
        _ => Verdict::End(0),
    }
}

fn full(view: &View<'_>) -> Verdict {
    let tail = tail(view.after, |character| is_full(character) || is_emphatic(character));
    if tail.rest.is_empty() && view.open && !tail.closed && !view.last {
        return Verdict::Wait;
    }
    Verdict::End(tail.bytes)
}

fn emphatic(view: &View<'_>) -> Verdict {
    let tail = tail(view.after, |next| is_emphatic(next) || matches!(next, '.' | '…'));
    match tail.rest.chars().next() {
        None if view.last => Verdict::End(tail.bytes),
        None if view.open || tail.closed || is_address(view.before) => Verdict::Wait,
        None => Verdict::End(tail.bytes),
        Some(next) if next.is_whitespace() && tail.closed => by_next(&tail, view),
        Some(next) if joins(next) => Verdict::GoesOn,
        Some(_) => Verdict::End(tail.bytes),
    }
}

fn ellipsis(view: &View<'_>) -> Verdict {
    let tail = tail(view.after, |next| matches!(next, '.' | '…'));
    match tail.rest.chars().next() {
        None if view.last => Verdict::End(tail.bytes),
        None => Verdict::Wait,
        Some(next) if next.is_whitespace() => by_next(&tail, view),
        Some(_) => Verdict::GoesOn,
    }
}

fn dot(view: &View<'_>) -> Verdict {
    if is_list_number(view) {
        return Verdict::GoesOn;
    }
    let tail = tail(view.after, |_| false);
    let word = last_word(view.before);
    match tail.rest.chars().next() {
        None if view.last => Verdict::End(tail.bytes),
        None if view.open || tail.closed || !is_plain(word) => Verdict::Wait,
        // `example.` may go on with `com`: pieces of a stream end anywhere.
        None => Verdict::Hold,
        Some(next) if next.is_whitespace() => spaced(word, &tail, view),
        Some(next) if joins(next) || ".,;:?!-)".contains(next) => Verdict::GoesOn,
        Some(_) => Verdict::End(tail.bytes),
    }
}

/// A full stop with a space behind it: the word before it decides, or the one after it.
fn spaced(word: &str, tail: &Tail<'_>, view: &View<'_>) -> Verdict {
    if !tail.closed && is_plain(word) {
        return Verdict::End(tail.bytes);
    }
    match abbreviations::kind(word) {
        Some(Kind::Leading) => Verdict::GoesOn,
        Some(Kind::BeforeNumber) => {
            let number = first_visible(tail.rest).is_some_and(char::is_numeric);
            if number { Verdict::GoesOn } else { by_next(tail, view) }
        }
        Some(Kind::Initial) => by_word(tail, view, abbreviations::begins_sentence),
        Some(Kind::Hour) => by_word(tail, view, begins_but_no_date),
        Some(Kind::Trailing) => by_word(tail, view, |next| {
            !abbreviations::is_trailing(next) && !next.starts_with(char::is_lowercase)
        }),
        None if is_day(word) => by_word(tail, view, begins_but_no_month),
        None => by_next(tail, view),
    }
}

fn begins_but_no_date(next: &str) -> bool {
    !abbreviations::is_date_word(next) && !next.starts_with(char::is_lowercase)
}

/// Only a month makes a date of a number: `9 until 5. Saturday, 10 until 1.`
fn begins_but_no_month(next: &str) -> bool {
    !abbreviations::is_month(next) && !next.starts_with(char::is_lowercase)
}

/// Ends unless the next word begins in lower case.
fn by_next(tail: &Tail<'_>, view: &View<'_>) -> Verdict {
    match first_visible(tail.rest) {
        _ if breaks_line(tail.rest) => Verdict::End(tail.bytes),
        None if view.last => Verdict::End(tail.bytes),
        None => Verdict::Wait,
        Some(next) if next.is_lowercase() => Verdict::GoesOn,
        Some(_) => Verdict::End(tail.bytes),
    }
}

/// Ends if the next word, once it is complete, says so.
fn by_word(tail: &Tail<'_>, view: &View<'_>, ends: impl Fn(&str) -> bool) -> Verdict {
    let next = tail.rest.trim_start().trim_start_matches(|first: char| !first.is_alphanumeric());
    let word = next.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    if breaks_line(tail.rest) || (next.is_empty() && view.last) {
        return Verdict::End(tail.bytes);
    }
    if word.len() == next.len() && !view.last {
        return Verdict::Wait;
    }
    if ends(word) { Verdict::End(tail.bytes) } else { Verdict::GoesOn }
}

fn tail(after: &str, more_stop: impl Fn(char) -> bool) -> Tail<'_> {
    let closers = after.trim_start_matches(more_stop);
    let rest = closers.trim_start_matches(belongs_to_stop);
    Tail { bytes: after.len() - rest.len(), closed: rest.len() < closers.len(), rest }
}

/// Whether a character right behind a stop shows that it was none: `3.14`, `example.com`.
fn joins(character: char) -> bool {
    let spaceless = character as u32 >= 0x2E80;
    (character.is_alphanumeric() && !spaceless) || "=/&_#%@+\\".contains(character)
}

/// `1.` at the beginning of a line.
fn is_list_number(view: &View<'_>) -> bool {
    let line = match view.before.rsplit_once('\n') {
        Some((_, line)) => line,
        None if view.on_new_line => view.before,
        None => return false,
    };
    let number = line.trim_start_matches([' ', '\t', '*', '_', '>', '#', '-']);
    (1..=3).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// `3` of `3. Oktober`.
fn is_day(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|digit| digit.is_ascii_digit())
}

/// Inside an address, a question mark asks nothing.
fn is_address(before: &str) -> bool {
    let start = before.rfind(char::is_whitespace).unwrap_or(0);
    before[start..].contains(['/', '@', '=', '&', '<'])
}

/// The last word before a stop, without what opens before it.
fn last_word(before: &str) -> &str {
    let parts = |character: char| character.is_whitespace() || "—–/([{\"“«*`".contains(character);
    let start = before.rfind(parts).map_or(0, |start| start + 1);
    // The separators above may be several bytes long.
    before[before.ceil_char_boundary(start)..]
        .trim_start_matches(|first: char| !first.is_alphanumeric())
}

/// Whether a full stop after this word can only be the end of a sentence.
fn is_plain(word: &str) -> bool {
    let Some(last) = word.chars().next_back() else { return false };
    if belongs_to_stop(last) || last == '%' {
        return true;
    }
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let joined = |letter: char| letter.is_alphabetic() || "'’-".contains(letter) || is_mark(letter);
    if !word.chars().all(joined) || abbreviations::kind(word).is_some() {
        return false;
    }
    let Some(first) = word.chars().next() else { return false };
    if !first.is_uppercase() {
        return letters >= 3 || abbreviations::is_short_word(word);
    }
    let capitals = word.chars().all(|letter| !letter.is_lowercase());
    letters >= if capitals { 3 } else { 5 }
}

/// Signs that stand on a letter and are none themselves, as in Hindi.
fn is_mark(character: char) -> bool {
    matches!(character as u32, 0x0300..=0x036F | 0x0610..=0x061A | 0x064B..=0x065F | 0x0900..=0x0DFF)
}

fn first_visible(rest: &str) -> Option<char> {
    rest.chars().find(|character| !character.is_whitespace() && !"\"'“‘(*_«[`".contains(*character))
}

fn breaks_line(rest: &str) -> bool {
    rest.chars().take_while(|character| character.is_whitespace()).any(|space| space == '\n')
}
