//! A sum, read from words.

use crate::engines::embedded::thinking::numbers;
use crate::engines::embedded::thinking::sums::ways::{
    BEHIND, DEEDS, FRAME, JOINS, Order, TAIL, VERBS,
};
use crate::engines::embedded::thinking::sums::{Deed, Join, Sum};
use crate::engines::embedded::thinking::words;

/// How many words that are no frame may precede a sum that was heard, not typed.
const MISHEARD_BEFORE: usize = 3;

/// The sum in these words, if they are one. Heard words may have a few misheard ones before it.
/// Too many words are not read: each may be one more sum inside another.
pub fn find(words: &[&str], heard: bool) -> Option<Sum> {
    if words.len() > words::MOST {
        return None;
    }
    let start = words.iter().position(|word| !FRAME.contains(word)).unwrap_or(0);
    let end = words.iter().rposition(|word| !TAIL.contains(word)).map_or(0, |at| at + 1);
    let starts = if heard { start + MISHEARD_BEFORE } else { start };
    // Words of the frame may be misheard numbers, so the longest stretch comes first.
    let ends = [words.len(), end];
    (0..=starts.min(end)).find_map(|from| {
        let before = &words[..from];
        let framed = match heard {
            true => !leaves_number(before),
            false => before.iter().all(|word| FRAME.contains(word)),
        };
        let stretches = ends.iter().filter_map(|end| words.get(from..*end));
        let sums = stretches.filter(|words| framed && (from <= start || begins(words)));
        sums.map(|words| Reader { words, at: 0 }).find_map(Reader::whole)
    })
}

/// The sum with one thing more done to its result: "times 3".
pub fn go_on(sum: &Sum, words: &[&str]) -> Option<Sum> {
    let words = words.strip_prefix(&["that"]).unwrap_or(words);
    let mut reader = Reader { words, at: 0 };
    let joins = [Join::Plus, Join::Minus, Join::Times, Join::Over, Join::Power, Join::Modulo];
    let join = reader.join(&joins)?;
    let part = reader.part().filter(|_| reader.at == words.len())?;
    let result = Sum::Number(sum.value().ok()?);
    Some(Sum::Joined(Box::new(result), join, Box::new(part)))
}

/// Whether a number among these words would be lost. "One is" is how the ear takes "what is".
fn leaves_number(words: &[&str]) -> bool {
    let words = match words {
        ["one" | "1", "is", rest @ ..] => rest,
        all => all,
    };
    (0..words.len()).any(|at| numbers::read(&words[at..]).is_some())
}

/// Whether these words are a sum, and too many to be read.
pub fn is_too_long(words: &[&str]) -> bool {
    let start = words.iter().position(|word| !FRAME.contains(word)).unwrap_or(0);
    let end = words.iter().rposition(|word| !TAIL.contains(word)).map_or(0, |at| at + 1);
    let all = words.get(start..end).unwrap_or_default();
    let mut reader = Reader { words: all, at: 0 };
    let (mut numbers, mut joins) = (0, 0);
    while reader.at < all.len() {
        match reader.step() {
            Some(Step::Number) => numbers += 1,
            Some(Step::Join) => joins += 1,
            None => return false,
        }
    }
    words.len() > words::MOST && numbers > 0 && joins > 0
}

/// Whether a sum was begun of which a part was not understood.
pub fn is_begun(words: &[&str]) -> bool {
    let asks = matches!(words.first(), Some(&("what" | "how" | "calculate")))
        || numbers::read(words).is_some();
    let joins =
        JOINS.iter().filter(|(ways, _)| !matches!(ways, ["time"] | ["x"] | ["over"] | ["less"]));
    let joined =
        joins.map(|(ways, _)| *ways).chain([["percent", "of"].as_slice(), &["square", "root"]]);
    let joined = joined.into_iter().any(|ways| words.windows(ways.len()).any(|some| some == ways));
    asks && joined && (0..words.len()).any(|at| numbers::read(&words[at..]).is_some())
}

/// Whether a sum begins here, leaving nothing to a guess.
fn begins(words: &[&str]) -> bool {
    numbers::read(words).is_some() || DEEDS.iter().any(|(ways, _)| words.starts_with(ways))
}

enum Step {
    Number,
    Join,
}

/// Reads a sum from left to right, the tighter joins first.
struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl Reader<'_> {
    /// The sum that all the words make, unless they are a bare number.
    fn whole(mut self) -> Option<Sum> {
        let sum = self.verb_first().or_else(|| self.terms())?;
        let bare = matches!(sum, Sum::Number(_) | Sum::Percent(_));
        (self.at == self.words.len() && !bare).then_some(sum)
    }

    fn verb_first(&mut self) -> Option<Sum> {
        let verb = *self.words.first()?;
        VERBS.iter().filter(|(name, ..)| *name == verb).find_map(|(_, between, join, order)| {
            self.at = 1;
            let first = self.terms();
            let second = if self.takes(&[between]) { self.terms() } else { None };
            let (Some(first), Some(second)) = (first, second) else {
                self.at = 0;
                return None;
            };
            let (left, right) =
                if *order == Order::Turned { (second, first) } else { (first, second) };
            Some(Sum::Joined(Box::new(left), *join, Box::new(right)))
        })
    }

    fn terms(&mut self) -> Option<Sum> {
        self.chain(&[Join::Plus, Join::Minus], Self::products)
    }

    fn products(&mut self) -> Option<Sum> {
        self.chain(&[Join::Times, Join::Over, Join::Modulo], Self::powers)
    }

    fn powers(&mut self) -> Option<Sum> {
        let base = self.part()?;
        let Some(join) = self.join(&[Join::Power]) else { return Some(base) };
        // A power of a power is written from the right and said from the left: better asked for.
        let power = self.part()?;
        let tower = self.join(&[Join::Power]).is_some();
        (!tower).then(|| Sum::Joined(Box::new(base), join, Box::new(power)))
    }

    fn chain(&mut self, joins: &[Join], next: fn(&mut Self) -> Option<Sum>) -> Option<Sum> {
        let mut sum = next(self)?;
        while let Some(join) = self.join(joins) {
            sum = Sum::Joined(Box::new(sum), join, Box::new(next(self)?));
        }
        Some(sum)
    }

    fn join(&mut self, wanted: &[Join]) -> Option<Join> {
        let found = JOINS.iter().find(|(ways, join)| {
            wanted.contains(join) && self.words[self.at..].starts_with(ways)
        })?;
        self.at += found.0.len();
        Some(found.1)
    }

    /// A number with what is done to it.
    fn part(&mut self) -> Option<Sum> {
        self.skip_articles();
        let rest = &self.words[self.at..];
        if let Some((ways, deed)) = DEEDS.iter().find(|(ways, _)| rest.starts_with(ways)) {
            self.at += ways.len();
            return Some(Sum::Done(*deed, Box::new(self.part()?)));
        }
        let (value, taken) = numbers::read(rest).or_else(|| sounds_like(rest))?;
        self.at += taken;
        self.behind(value)
    }

    /// What may stand behind a number: squared, percent of something.
    fn behind(&mut self, value: f64) -> Option<Sum> {
        let number = Sum::Number(value);
        if self.takes(&["percent", "of"]) {
            let whole = self.part()?;
            return Some(Sum::Joined(Box::new(Sum::Percent(value)), Join::Of, Box::new(whole)));
        }
        if self.takes(&["percent"]) {
            return Some(Sum::Percent(value));
        }
        let deeds = [
            ("squared", Deed::Square),
            ("square", Deed::Square),
            ("cubed", Deed::Cube),
            ("factorial", Deed::Factorial),
        ];
        let deed = deeds.iter().find(|(word, _)| self.takes(&[word]));
        Some(deed.map_or(number.clone(), |(_, deed)| Sum::Done(*deed, Box::new(number))))
    }

    /// Takes the next number or join, whether or not it fits to the one before.
    fn step(&mut self) -> Option<Step> {
        let rest = &self.words[self.at..];
        let joins = JOINS.iter().map(|(ways, _)| *ways).chain(DEEDS.iter().map(|(ways, _)| *ways));
        let join = joins.chain(BEHIND).filter(|ways| rest.starts_with(ways)).map(<[_]>::len).max();
        if let Some(length) = join {
            self.at += length;
            return Some(Step::Join);
        }
        let (_, length) = numbers::read(rest)?;
        self.at += length;
        Some(Step::Number)
    }

    fn takes(&mut self, words: &[&str]) -> bool {
        let there = self.words[self.at..].starts_with(words);
        if there {
            self.at += words.len();
        }
        there
    }

    fn skip_articles(&mut self) {
        let articled = matches!(self.words.get(self.at), Some(&("the" | "a" | "an")))
            && numbers::read(&self.words[self.at..]).is_none();
        if articled {
            self.at += 1;
        }
    }
}

/// Words that the ear takes for numbers, and the other way round.
fn sounds_like(words: &[&str]) -> Option<(f64, usize)> {
    let value = match *words.first()? {
        "for" | "fore" => 4.0,
        "to" | "too" => 2.0,
        "won" => 1.0,
        "ate" => 8.0,
        "sex" | "sicks" | "sits" => 6.0,
        "tree" | "free" => 3.0,
        "then" | "tin" => 10.0,
        "fife" => 5.0,
        _ => return None,
    };
    Some((value, 1))
}
