//! Sums: worked out, and echoed.

mod reader;
mod ways;

use std::fmt;

use crate::engines::embedded::thinking::numbers;

pub use reader::{find, go_on, is_begun, is_too_long};

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
            ("two to the power of ten", "2 to the power of 10 = 1,024"),
            ("twelve squared", "12 squared = 144"),
            ("half of thirty", "half of 30 = 15"),
            ("subtract five from twelve", "12 minus 5 = 7"),
            ("add two and two", "2 plus 2 = 4"),
            ("what is minus five plus two", "minus 5 plus 2 = minus 3"),
            ("how much is a hundred divided by four", "100 divided by 4 = 25"),
            ("ten divided by four", "10 divided by 4 = 2.5"),
            ("what is too times for", "2 times 4 = 8"),
            ("five factorial", "5 factorial = 120"),
            ("two million plus one", "2,000,000 plus 1 = 2,000,001"),
        ] {
            assert_eq!(answer(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_sum_that_can_be_read_in_two_ways_is_not_read() {
        assert_eq!(answer("two to the power of three to the power of two"), None);
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
    fn a_sum_that_was_half_heard_is_known_for_one() {
        for (text, begun) in [
            ("what is twelve times that", true),
            ("what is fifteen percent of the key", true),
            ("how many times did i call", false),
            ("i have two plus points", false),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(is_begun(&words), begun, "{text}");
        }
    }

    #[test]
    fn endless_sums_are_known_and_not_read() {
        let endless = |part: &'static str| part.split(' ').cycle().take(120_000);
        for (part, last, sum) in [
            ("one plus", "one", true),
            ("square root of", "nine", true),
            ("2 times", "2", true),
            ("what is", "nine", false),
            ("plus and", "one", false),
            ("one", "one", false),
            ("i have two plus", "points", false),
        ] {
            let words: Vec<&str> = endless(part).chain([last]).collect();
            assert_eq!(is_too_long(&words), sum, "{part}");
            assert_eq!(find(&words, true), None, "{part}");
        }
        assert!(!is_too_long(&["one", "plus", "one"]));
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
