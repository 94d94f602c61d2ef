//! Numbers: read from words or digits, and written so that a voice reads them right.

use crate::domain::number_words::{SMALL, TENS, cardinal};
use crate::engines::embedded::capitals::capitalised;

const SCALES: [(&str, f64); 5] =
    [("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12), ("dozen", 12.0)];

/// Names of great powers of ten, for what is too long to read out.
const GREAT: [(f64, &str); 8] = [
    (1e33, "decillion"),
    (1e30, "nonillion"),
    (1e27, "octillion"),
    (1e24, "septillion"),
    (1e21, "sextillion"),
    (1e18, "quintillion"),
    (1e15, "quadrillion"),
    (1e12, "trillion"),
];

/// The most words of one number.
const MOST_WORDS: usize = 32;

/// Ordinals that are no cardinal with `th`.
const ORDINALS: [(&str, u32); 12] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fifth", 5),
    ("eighth", 8),
    ("ninth", 9),
    ("twelfth", 12),
    ("twentieth", 20),
    ("thirtieth", 30),
    ("fourth", 4),
    ("sixth", 6),
    ("seventh", 7),
];

/// A number at the head of the words, and how many words it takes.
pub fn read(words: &[&str]) -> Option<(f64, usize)> {
    if let Some(rest) = words.split_first().filter(|(word, _)| is_minus(word)) {
        let (value, taken) = unsigned(rest.1)?;
        return Some((-value, taken + 1));
    }
    unsigned(words)
}

/// A number without a sign at the head of the words, and how many words it takes.
pub fn unsigned(words: &[&str]) -> Option<(f64, usize)> {
    let (whole, mut taken) = match digits(words.first()?) {
        Some(value) => scaled(value, words),
        None => spelled(words)?,
    };
    let mut value = whole;
    if words.get(taken) == Some(&"point")
        && let Some((fraction, length)) = after_point(&words[taken + 1..])
    {
        value += fraction;
        taken += length + 1;
    }
    if let Some((part, length)) = fraction_behind(&words[taken..]) {
        return Some((value + part, taken + length));
    }
    Some((value, taken))
}

/// The half of "two and a half" at the head of the words, and how many words it takes.
pub fn fraction_behind(words: &[&str]) -> Option<(f64, usize)> {
    let (part, taken) = fraction(words.strip_prefix(&["and"])?)?;
    Some((part, taken + 1))
}

/// A half, a quarter, three quarters at the head of the words, and how many words it takes.
pub fn fraction(words: &[&str]) -> Option<(f64, usize)> {
    let (count, rest) = match words {
        ["three", rest @ ..] => (3.0, rest),
        ["two", rest @ ..] => (2.0, rest),
        ["a" | "one", rest @ ..] => (1.0, rest),
        _ => (1.0, words),
    };
    let whole = match *rest.first()? {
        "half" => 2.0,
        "third" | "thirds" => 3.0,
        "quarter" | "quarters" => 4.0,
        _ => return None,
    };
    Some((count / whole, words.len() - rest.len() + 1))
}

/// A day of the month at the head of the words: `25`, `25th`, `twenty fifth`.
pub fn ordinal(words: &[&str]) -> Option<(u32, usize)> {
    let first = words.first()?;
    let digits = first.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    if let Ok(value) = digits.parse() {
        return Some((value, 1));
    }
    let tens = match *first {
        "twenty" => 20,
        "thirty" => 30,
        _ => 0,
    };
    if tens > 0 {
        let ones = words.get(1).and_then(|word| single_ordinal(word)).filter(|ones| *ones < 10);
        return Some(ones.map_or((tens, 1), |ones| (tens + ones, 2)));
    }
    Some((single_ordinal(first)?, 1))
}

/// Writes a number as it is read aloud. The text begins with "about" when it was rounded.
pub fn write(value: f64) -> String {
    let size = value.abs();
    if size >= 1e36 {
        return format!("a number with {} digits", size.log10().floor() + 1.0);
    }
    let sign = if value < 0.0 { "minus " } else { "" };
    if let Some((unit, name)) = GREAT.iter().find(|(unit, _)| size >= *unit) {
        let short = trimmed(size / unit, 2);
        let about = if (size / unit * 100.0).fract() == 0.0 { "" } else { "about " };
        return format!("{about}{sign}{short} {name}");
    }
    let exact = trimmed(size, 6);
    let exactly =
        exact.replace(',', "").parse::<f64>().is_ok_and(|read| (read - size).abs() <= size * 1e-11);
    if exactly && exact.len() <= 17 {
        return format!("{}{exact}", if exact == "0" { "" } else { sign });
    }
    let places = if size >= 0.1 { 2 } else { (2.0 - size.log10().ceil()).min(9.0) as usize };
    format!("about {sign}{}", trimmed(size, places))
}

/// Digits as words, for matching by sound: `12` becomes `twelve`.
pub fn spell(word: &str) -> Option<String> {
    let value = digits(word)?;
    if value.fract() != 0.0 || !(0.0..1e6).contains(&value) {
        return None;
    }
    Some(spell_whole(value as u32))
}

/// A small number as a word with a capital: `Seven`.
pub fn name(value: u64) -> String {
    let word = u32::try_from(value).map_or_else(|_| value.to_string(), spell_whole);
    capitalised(&word)
}

/// Whether the word makes a number negative.
pub fn is_minus(word: &str) -> bool {
    matches!(word, "minus" | "negative")
}

fn spell_whole(value: u32) -> String {
    cardinal(value.into()).join(" ")
}

fn digits(word: &str) -> Option<f64> {
    let word = word.trim_start_matches(['$', '€', '£']);
    let plain = word.replace(',', "");
    let good = plain.starts_with(|first: char| first.is_ascii_digit())
        && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if good && plain.len() <= 40 { plain.parse().ok() } else { None }
}

/// Digits with a scale behind them: `3 million`.
fn scaled(value: f64, words: &[&str]) -> (f64, usize) {
    let scale = words.get(1).and_then(|word| match *word {
        "hundred" => Some(100.0),
        other => scale(other),
    });
    scale.map_or((value, 1), |scale| (value * scale, 2))
}

fn scale(word: &str) -> Option<f64> {
    SCALES.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn spelled(words: &[&str]) -> Option<(f64, usize)> {
    let mut sum = Sum::default();
    let mut taken = 0;
    for (at, word) in words.iter().enumerate().take(MOST_WORDS) {
        let joins =
            *word == "and" && sum.great && words.get(at + 1).is_some_and(|next| is_small(next));
        let article = at == 0 && matches!(*word, "a" | "an") && starts_scale(words.get(1));
        if article {
            sum.small = 1.0;
        } else if !joins && !sum.add(word) {
            break;
        }
        taken = at + 1;
    }
    (taken > 0).then_some((sum.total + sum.small, taken))
}

#[derive(Default)]
struct Sum {
    total: f64,
    small: f64,
    last: f64,
    great: bool,
}

impl Sum {
    /// Takes one more word; false when it is not part of this number.
    fn add(&mut self, word: &str) -> bool {
        if let Some(value) = small(word) {
            let fits =
                self.last == 0.0 || (self.last >= 20.0 && value < 10.0) || self.last >= 100.0;
            if !fits || (self.last != 0.0 && value == 0.0) {
                return false;
            }
            self.small += value;
            self.last = if value == 0.0 { 1.0 } else { value };
            return true;
        }
        if word == "hundred" {
            self.small = if self.small == 0.0 { 100.0 } else { self.small * 100.0 };
            (self.last, self.great) = (100.0, true);
            return true;
        }
        let Some(scale) = scale(word) else { return false };
        self.total += if self.small == 0.0 { scale } else { self.small * scale };
        (self.small, self.last, self.great) = (0.0, 1000.0, true);
        true
    }
}

fn small(word: &str) -> Option<f64> {
    if let Some(value) = SMALL.iter().position(|name| *name == word) {
        return Some(value as f64);
    }
    let ten = TENS.iter().position(|name| *name == word)?;
    Some((ten as f64 + 2.0) * 10.0)
}

fn is_small(word: &str) -> bool {
    small(word).is_some()
}

fn starts_scale(word: Option<&&str>) -> bool {
    word.is_some_and(|word| *word == "hundred" || scale(word).is_some())
}

/// `one four` after a point is .14.
fn after_point(words: &[&str]) -> Option<(f64, usize)> {
    let mut text = String::from("0.");
    let mut taken = 0;
    for word in words.iter().take(MOST_WORDS) {
        let Some(value) = small(word).or_else(|| digits(word).filter(|value| value.fract() == 0.0))
        else {
            break;
        };
        text.push_str(&value.to_string());
        taken += 1;
    }
    if taken == 0 { None } else { Some((text.parse().ok()?, taken)) }
}

fn single_ordinal(word: &str) -> Option<u32> {
    if let Some((_, value)) = ORDINALS.iter().find(|(name, _)| *name == word) {
        return Some(*value);
    }
    let stem = word.strip_suffix("th").unwrap_or(word);
    SMALL.iter().position(|name| *name == stem).and_then(|value| u32::try_from(value).ok())
}

/// With so many places at most, no needless zeros, and commas between thousands.
fn trimmed(value: f64, places: usize) -> String {
    let text = grouped(&format!("{value:.places$}"));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// With commas between thousands, without which long numbers are read digit by digit.
fn grouped(text: &str) -> String {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + 4);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        let words: Vec<&str> = text.split(' ').collect();
        read(&words).filter(|(_, taken)| *taken == words.len()).map(|(value, _)| value)
    }

    #[test]
    fn numbers_are_read_from_words_and_digits() {
        for (text, expected) in [
            ("twelve", 12.0),
            ("eighty one", 81.0),
            ("a hundred", 100.0),
            ("one hundred and five", 105.0),
            ("two thousand five hundred and seventy six", 2576.0),
            ("three million two hundred thousand", 3_200_000.0),
            ("3 million", 3_000_000.0),
            ("1,250", 1250.0),
            ("minus five", -5.0),
            ("negative 3", -3.0),
            ("three point two four", 3.24),
            ("zero point five", 0.5),
            ("2.5", 2.5),
            ("two and a half", 2.5),
            ("3 and three quarters", 3.75),
            ("a dozen", 12.0),
            ("hundred", 100.0),
            ("zero", 0.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn two_numbers_in_a_row_are_not_one() {
        assert_eq!(value("five six"), None);
        assert_eq!(value("ten eleven"), None);
        assert_eq!(value("five and six"), None);
        assert_eq!(value("coffee"), None);
    }

    #[test]
    fn numbers_are_written_to_be_read_aloud() {
        for (number, text) in [
            (84.0, "84"),
            (-7.5, "minus 7.5"),
            (1_000_000.0, "1,000,000"),
            (100.0 / 7.0, "about 14.29"),
            (0.1 + 0.2, "0.3"),
            (2.0 / 3000.0, "about 0.00067"),
            (-0.0, "0"),
            (2.5e15, "2.5 quadrillion"),
            (1.23456e13, "about 12.35 trillion"),
            (1e100, "a number with 101 digits"),
        ] {
            assert_eq!(write(number), text);
        }
    }

    #[test]
    fn days_of_the_month_are_read() {
        for (text, day) in [
            ("25th", 25),
            ("25", 25),
            ("twenty fifth", 25),
            ("first", 1),
            ("thirty first", 31),
            ("tenth", 10),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(ordinal(&words), Some((day, words.len())), "{text}");
        }
    }

    #[test]
    fn digits_are_spelled_for_the_ear() {
        assert_eq!(spell("2026").as_deref(), Some("two thousand twenty six"));
        assert_eq!(spell("3.5"), None);
    }
}
