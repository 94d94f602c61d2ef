//! Sums: read from words, worked out, and echoed.

use std::fmt;

use crate::engines::embedded::thinking::numbers;

/// Words before a sum that are no part of it.
const FRAME: &[&str] = &[
    "what",
    "is",
    "how",
    "much",
    "many",
    "calculate",
    "compute",
    "tell",
    "me",
    "can",
    "you",
    "work",
    "out",
    "solve",
    "do",
    "know",
    "the",
    "result",
    "of",
    "answer",
    "to",
    "please",
    "could",
    "are",
    "does",
    "make",
    "makes",
    "value",
    "and",
    "so",
];
/// Words behind it.
const TAIL: &[&str] =
    &["please", "equal", "equals", "make", "makes", "is", "be", "for", "me", "to", "now"];

/// How many words that are no frame may precede a sum that was heard, not typed.
const MISHEARD_BEFORE: usize = 3;

/// A sum.
#[derive(Debug, Clone, PartialEq)]
pub enum Sum {
    /// A number.
    Number(f64),
    /// A part in a hundred.
    Percent(f64),
    /// Two sums joined.
    Joined(Box<Sum>, Join, Box<Sum>),
    /// Something done to a sum.
    Done(Deed, Box<Sum>),
}

/// How two sums are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Modulo,
    Of,
}

/// What is done to one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    SquareRoot,
    CubeRoot,
    Square,
    Cube,
    Half,
    Third,
    Quarter,
    Double,
    Factorial,
}

/// Why a sum has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResult {
    /// Something was divided by zero.
    ByZero,
    /// The root of a negative number.
    Root,
    /// It is beyond all bounds.
    TooBig,
}

/// The sum in these words, if they are one. Heard words may have a few misheard ones before it.
pub fn find(words: &[&str], heard: bool) -> Option<Sum> {
    let start = words.iter().position(|word| !FRAME.contains(word)).unwrap_or(0);
    let end = words.iter().rposition(|word| !TAIL.contains(word)).map_or(0, |at| at + 1);
    let starts = if heard { start + MISHEARD_BEFORE } else { start };
    // Words of the frame may be misheard numbers, so the longest stretch comes first.
    let ends = [words.len(), end];
    (0..=starts.min(end)).find_map(|from| {
        let framed = heard || words[..from].iter().all(|word| FRAME.contains(word));
        let stretches = ends.iter().filter_map(|end| words.get(from..*end));
        stretches.filter(|_| framed).find_map(|words| Reader { words, at: 0 }.whole())
    })
}

impl Sum {
    /// Works it out.
    pub fn value(&self) -> Result<f64, NoResult> {
        let value = match self {
            Self::Number(value) => *value,
            Self::Percent(value) => value / 100.0,
            Self::Joined(left, join, right) => joined(left, *join, right)?,
            Self::Done(deed, sum) => done(*deed, sum.value()?)?,
        };
        if value.is_finite() { Ok(value) } else { Err(NoResult::TooBig) }
    }
}

fn joined(left: &Sum, join: Join, right: &Sum) -> Result<f64, NoResult> {
    let (start, other) = (left.value()?, right.value()?);
    // "100 plus 10 percent" means ten percent of the hundred.
    let share = if matches!(right, Sum::Percent(_)) { start * other } else { other };
    match join {
        Join::Plus => Ok(start + share),
        Join::Minus => Ok(start - share),
        Join::Times | Join::Of => Ok(start * other),
        Join::Power => Ok(start.powf(other)),
        Join::Over | Join::Modulo if other == 0.0 => Err(NoResult::ByZero),
        Join::Over => Ok(start / other),
        Join::Modulo => Ok(start.rem_euclid(other)),
    }
}

fn done(deed: Deed, value: f64) -> Result<f64, NoResult> {
    match deed {
        Deed::SquareRoot if value < 0.0 => Err(NoResult::Root),
        Deed::SquareRoot => Ok(value.sqrt()),
        Deed::CubeRoot => Ok(value.cbrt()),
        Deed::Square => Ok(value * value),
        Deed::Cube => Ok(value * value * value),
        Deed::Half => Ok(value / 2.0),
        Deed::Third => Ok(value / 3.0),
        Deed::Quarter => Ok(value / 4.0),
        Deed::Double => Ok(value * 2.0),
        Deed::Factorial if value > 170.0 => Err(NoResult::TooBig),
        Deed::Factorial if value < 0.0 || value.fract() != 0.0 => Err(NoResult::Root),
        Deed::Factorial => Ok((1..=value as u32).map(f64::from).product()),
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => formatter.write_str(&numbers::write(*value)),
            Self::Percent(value) => write!(formatter, "{} percent", numbers::write(*value)),
            Self::Joined(left, join, right) => write!(formatter, "{left} {} {right}", join.word()),
            Self::Done(Deed::Square, sum) => write!(formatter, "{sum} squared"),
            Self::Done(Deed::Cube, sum) => write!(formatter, "{sum} cubed"),
            Self::Done(Deed::Factorial, sum) => write!(formatter, "{sum} factorial"),
            Self::Done(deed, sum) => write!(formatter, "{} {sum}", deed.words()),
        }
    }
}

impl Join {
    fn word(self) -> &'static str {
        match self {
            Self::Plus => "plus",
            Self::Minus => "minus",
            Self::Times => "times",
            Self::Over => "divided by",
            Self::Power => "to the power of",
            Self::Modulo => "modulo",
            Self::Of => "of",
        }
    }
}

impl Deed {
    fn words(self) -> &'static str {
        match self {
            Self::SquareRoot => "the root of",
            Self::CubeRoot => "the cube root of",
            Self::Half => "half of",
            Self::Third => "a third of",
            Self::Quarter => "a quarter of",
            Self::Double => "double",
            Self::Square | Self::Cube | Self::Factorial => "",
        }
    }
}

/// Ways to say each join.
const JOINS: &[(&[&str], Join)] = &[
    (&["plus"], Join::Plus),
    (&["added", "to"], Join::Plus),
    (&["minus"], Join::Minus),
    (&["less"], Join::Minus),
    (&["take", "away"], Join::Minus),
    (&["times"], Join::Times),
    (&["time"], Join::Times),
    (&["x"], Join::Times),
    (&["multiplied", "by"], Join::Times),
    (&["multiply", "by"], Join::Times),
    (&["divided", "by"], Join::Over),
    (&["divide", "by"], Join::Over),
    (&["over"], Join::Over),
    (&["mod"], Join::Modulo),
    (&["modulo"], Join::Modulo),
    (&["to", "the", "power", "of"], Join::Power),
    (&["to", "power", "of"], Join::Power),
    (&["raised", "to"], Join::Power),
];

/// Ways to say what is done to the sum that follows.
const DEEDS: &[(&[&str], Deed)] = &[
    (&["square", "root", "of"], Deed::SquareRoot),
    (&["square", "root"], Deed::SquareRoot),
    (&["root", "of"], Deed::SquareRoot),
    (&["cube", "root", "of"], Deed::CubeRoot),
    (&["half", "of"], Deed::Half),
    (&["third", "of"], Deed::Third),
    (&["quarter", "of"], Deed::Quarter),
    (&["double"], Deed::Double),
    (&["twice"], Deed::Double),
];

/// Sums that begin with the verb: the verb, the word between, the join, and whether the parts
/// stand in the other order.
const VERBS: &[(&str, &str, Join, Order)] = &[
    ("add", "and", Join::Plus, Order::Kept),
    ("add", "to", Join::Plus, Order::Kept),
    ("subtract", "from", Join::Minus, Order::Turned),
    ("take", "from", Join::Minus, Order::Turned),
    ("multiply", "by", Join::Times, Order::Kept),
    ("multiply", "and", Join::Times, Order::Kept),
    ("multiply", "with", Join::Times, Order::Kept),
    ("divide", "by", Join::Over, Order::Kept),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Kept,
    Turned,
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
        self.chain(&[Join::Power], Self::part)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let sum = find(&words, true)?;
        Some(format!("{sum} = {}", numbers::write(sum.value().ok()?)))
    }

    #[test]
    fn sums_are_found_worked_out_and_echoed() {
        for (text, expected) in [
            ("what is twelve times seven", "12 times 7 = 84"),
            ("12 times 7", "12 times 7 = 84"),
            ("what is two plus three times four", "2 plus 3 times 4 = 14"),
            ("what is fifteen percent of eighty", "15 percent of 80 = 12"),
            ("one hundred plus ten percent", "100 plus 10 percent = 110"),
            ("what is the square root of eighty one", "the root of 81 = 9"),
            ("two to the power of ten", "2 to the power of 10 = 1024"),
            ("twelve squared", "12 squared = 144"),
            ("half of thirty", "half of 30 = 15"),
            ("subtract five from twelve", "12 minus 5 = 7"),
            ("add two and two", "2 plus 2 = 4"),
            ("what is minus five plus two", "minus 5 plus 2 = minus 3"),
            ("how much is a hundred divided by four", "100 divided by 4 = 25"),
            ("ten divided by four", "10 divided by 4 = 2.5"),
            ("what is too times for", "2 times 4 = 8"),
            ("five factorial", "5 factorial = 120"),
            ("two million plus one", "2000000 plus 1 = 2000001"),
        ] {
            assert_eq!(answer(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_sum_is_not_taken_for_one() {
        for text in [
            "what is seven",
            "two of my friends",
            "set a timer for ten minutes",
            "i have two dogs",
            "to be or not to be",
        ] {
            assert_eq!(answer(text), None, "{text}");
        }
    }

    #[test]
    fn impossible_sums_say_why() {
        for (text, why) in [
            ("ten divided by zero", NoResult::ByZero),
            ("square root of minus four", NoResult::Root),
            ("ten to the power of four hundred", NoResult::TooBig),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(find(&words, false).unwrap().value(), Err(why), "{text}");
        }
    }
}
