//! Numbers as English says them: digits to words, and words back to numbers.

/// Zero to nineteen.
pub const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// Twenty to ninety.
pub const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 3] =
    [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")];
const ORDINALS: [(&str, &str); 9] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
    ("hundred", "hundredth"),
    ("thousand", "thousandth"),
];

/// A whole number in words: 1234 is one thousand two hundred thirty four.
pub fn cardinal(number: u64) -> Vec<&'static str> {
    for (scale, name) in SCALES {
        if number >= scale {
            let mut words = cardinal(number / scale);
            words.push(name);
            words.extend(rest(number % scale));
            return words;
        }
    }
    if number >= 100 {
        let mut words = vec![small(number / 100), "hundred"];
        words.extend(rest(number % 100));
        return words;
    }
    if number >= 20 {
        let mut words = vec![TENS[tens_index(number)]];
        words.extend(rest(number % 10));
        return words;
    }
    vec![small(number)]
}

/// A place in a row, in words: 21 is twenty first.
pub fn ordinal(number: u64) -> Vec<String> {
    let mut words: Vec<String> = cardinal(number).into_iter().map(str::to_owned).collect();
    if let Some(last) = words.last_mut() {
        *last = ordinal_of(last);
    }
    words
}

/// A year as it is said: 1984 is nineteen eighty four, 2005 is two thousand five.
pub fn year(number: u64) -> Vec<&'static str> {
    let (century, rest) = (number / 100, number % 100);
    if rest < 10 {
        return cardinal(number);
    }
    [cardinal(century), cardinal(rest)].concat()
}

/// The number that `words` begin with and how many words it takes; none if they begin otherwise.
/// Words that merely follow each other ("one two three") are numbers of their own.
pub fn leading_number(words: &[&str]) -> Option<(u64, usize)> {
    let (mut total, mut used) = group(words)?;
    let mut last_scale = u64::MAX;
    let mut part = total;
    total = 0;
    while let Some(scale) = words.get(used).and_then(|word| scale_of(word)) {
        if scale >= last_scale {
            break;
        }
        (total, last_scale, used) = (total + part * scale, scale, used + 1);
        part = 0;
        let and = usize::from(words.get(used) == Some(&"and"));
        if let Some((next, more)) = words.get(used + and..).and_then(group) {
            (part, used) = (next, used + and + more);
        }
    }
    Some((total + part, used))
}

/// Whether the word can be part of a number.
pub fn is_number_word(word: &str) -> bool {
    small_of(word).is_some()
        || tens_of(word).is_some()
        || word == "hundred"
        || scale_of(word).is_some()
}

/// A number below one thousand at the start of `words`.
fn group(words: &[&str]) -> Option<(u64, usize)> {
    let one = words.first() == Some(&"a")
        && words.get(1).is_some_and(|word| *word == "hundred" || scale_of(word).is_some());
    let (head, mut used) = if one { (1, 1) } else { below_hundred(words)? };
    if words.get(used) != Some(&"hundred") || head >= 100 {
        return Some((head, used));
    }
    used += 1;
    let and = usize::from(words.get(used) == Some(&"and"));
    match words.get(used + and..).and_then(below_hundred) {
        Some((tail, more)) => Some((head * 100 + tail, used + and + more)),
        None => Some((head * 100, used)),
    }
}

fn below_hundred(words: &[&str]) -> Option<(u64, usize)> {
    let first = words.first()?;
    if let Some(number) = small_of(first) {
        return Some((number, 1));
    }
    let tens = tens_of(first)?;
    match words.get(1).and_then(|word| small_of(word)) {
        Some(unit @ 1..=9) => Some((tens + unit, 2)),
        _ => Some((tens, 1)),
    }
}

fn small(number: u64) -> &'static str {
    usize::try_from(number).ok().and_then(|index| SMALL.get(index)).copied().unwrap_or("zero")
}

fn rest(number: u64) -> Vec<&'static str> {
    if number == 0 { Vec::new() } else { cardinal(number) }
}

fn tens_index(number: u64) -> usize {
    usize::try_from(number / 10).unwrap_or(2).clamp(2, 9) - 2
}

fn small_of(word: &str) -> Option<u64> {
    SMALL.iter().position(|small| *small == word).map(|index| index as u64)
}

fn tens_of(word: &str) -> Option<u64> {
    TENS.iter().position(|tens| *tens == word).map(|index| (index as u64 + 2) * 10)
}

fn scale_of(word: &str) -> Option<u64> {
    SCALES.iter().find(|(_, name)| *name == word).map(|(scale, _)| *scale)
}

fn ordinal_of(cardinal: &str) -> String {
    if let Some((_, ordinal)) = ORDINALS.iter().find(|(word, _)| *word == cardinal) {
        return (*ordinal).to_owned();
    }
    match cardinal.strip_suffix('y') {
        Some(stem) => format!("{stem}ieth"),
        None => format!("{cardinal}th"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number_in(text: &str) -> Option<(u64, usize)> {
        let words: Vec<&str> = text.split(' ').collect();
        leading_number(&words)
    }

    #[test]
    fn numbers_are_said_in_words() {
        assert_eq!(cardinal(0).join(" "), "zero");
        assert_eq!(cardinal(84).join(" "), "eighty four");
        assert_eq!(cardinal(100).join(" "), "one hundred");
        assert_eq!(cardinal(1_002_310).join(" "), "one million two thousand three hundred ten");
    }

    #[test]
    fn places_in_a_row_are_said_in_words() {
        assert_eq!(ordinal(1).join(" "), "first");
        assert_eq!(ordinal(22).join(" "), "twenty second");
        assert_eq!(ordinal(30).join(" "), "thirtieth");
        assert_eq!(ordinal(107).join(" "), "one hundred seventh");
    }

    #[test]
    fn years_are_said_in_pairs() {
        assert_eq!(year(1984).join(" "), "nineteen eighty four");
        assert_eq!(year(2026).join(" "), "twenty twenty six");
        assert_eq!(year(2005).join(" "), "two thousand five");
    }

    #[test]
    fn words_are_read_as_the_number_they_begin_with() {
        assert_eq!(number_in("twelve times seven"), Some((12, 1)));
        assert_eq!(number_in("two hundred and five dollars"), Some((205, 4)));
        assert_eq!(number_in("a hundred"), Some((100, 2)));
        assert_eq!(number_in("three thousand two hundred"), Some((3200, 4)));
    }

    #[test]
    fn numbers_that_merely_follow_each_other_stay_apart() {
        assert_eq!(number_in("one two three"), Some((1, 1)));
        assert_eq!(number_in("twenty twenty six"), Some((20, 1)));
    }

    #[test]
    fn other_words_are_no_number() {
        assert_eq!(number_in("a dog"), None);
        assert_eq!(number_in("hundred"), None);
        assert_eq!(number_in(""), None);
    }

    proptest! {
        #[test]
        fn words_lead_back_to_the_number(number in 0u64..999_999_999_999) {
            let words = cardinal(number);
            prop_assert_eq!(leading_number(&words), Some((number, words.len())));
        }
    }
}
