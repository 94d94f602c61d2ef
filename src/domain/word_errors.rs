//! How much of what was said was heard: the word error rate, and where the errors are.

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

use crate::domain::plain_words::plain_words;

/// Errors between what was said and what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WordErrors {
    /// Words heard as others.
    pub substitutions: usize,
    /// Words heard that were never said.
    pub insertions: usize,
    /// Words said that were not heard.
    pub deletions: usize,
    /// Words said.
    pub words: usize,
}

impl WordErrors {
    /// Errors of all three kinds.
    pub fn errors(self) -> usize {
        self.substitutions + self.insertions + self.deletions
    }

    /// Errors for each word said. Above 1.0 when more was heard than said; where nothing was
    /// said, 0.0 if nothing was heard and else 1.0.
    pub fn rate(self) -> f64 {
        match (self.words, self.errors()) {
            (0, 0) => 0.0,
            (0, _) => 1.0,
            (words, errors) => errors as f64 / words as f64,
        }
    }
}

impl Add for WordErrors {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            substitutions: self.substitutions + other.substitutions,
            insertions: self.insertions + other.insertions,
            deletions: self.deletions + other.deletions,
            words: self.words + other.words,
        }
    }
}

impl Sum for WordErrors {
    fn sum<I: Iterator<Item = Self>>(errors: I) -> Self {
        errors.fold(Self::default(), Self::add)
    }
}

/// One step through what was said and what was heard, side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The word was heard as it was said.
    Same(String),
    /// One word was heard as another.
    Swapped {
        /// The word that was said.
        expected: String,
        /// The word that was heard.
        heard: String,
    },
    /// The word was said and not heard.
    Missing(String),
    /// The word was heard and never said.
    Added(String),
}

/// The longest text that what was heard is laid against: more than anybody says in ten minutes.
const MOST_WORDS: usize = 2_000;
const MOST_LETTERS: usize = 10_000;
/// What was heard may be longer, as when an engine repeats itself; the rest of it is left out.
const TIMES_AS_MUCH: usize = 2;

/// Why a text is too long for what was heard to be laid against it; none if it is not.
pub fn too_long(expected: &str) -> Option<String> {
    let most = format!("at most {MOST_WORDS} words with {MOST_LETTERS} letters are compared");
    // Few scripts take more than 3 bytes for a letter.
    if expected.len() > 3 * MOST_LETTERS {
        return Some(format!("{} bytes are too many; {most}", expected.len()));
    }
    let words = plain_words(expected);
    let letters = letters(&words).len();
    let fits = words.len() <= MOST_WORDS && letters <= MOST_LETTERS;
    (!fits).then(|| format!("{} words with {letters} letters are too many; {most}", words.len()))
}

/// Counts the errors between two texts. Case, punctuation and the way that numbers are
/// written make no difference.
pub fn word_error_rate(expected: &str, heard: &str) -> WordErrors {
    counted(&plain_words(expected), &plain_words(heard))
}

/// The same, letter by letter. Of what was heard, no more than a multiple of the longest text
/// counts.
pub fn letter_error_rate(expected: &str, heard: &str) -> WordErrors {
    let mut heard = letters(&plain_words(heard));
    heard.truncate(MOST_LETTERS * TIMES_AS_MUCH);
    counted(&letters(&plain_words(expected)), &heard)
}

fn letters(words: &[String]) -> Vec<char> {
    words.join(" ").chars().collect()
}

/// Counts the errors between two rows of anything. Holds two lines of the table and no more.
fn counted<T: PartialEq>(expected: &[T], heard: &[T]) -> WordErrors {
    let added = |insertions| WordErrors { insertions, ..WordErrors::default() };
    let mut above: Vec<_> = (0..=heard.len()).map(added).collect();
    let mut line = above.clone();
    for (row, said) in expected.iter().enumerate() {
        line[0] = WordErrors { deletions: row + 1, ..WordErrors::default() };
        for (column, word) in heard.iter().enumerate() {
            let (mut paired, mut missing, mut added) =
                (above[column], above[column + 1], line[column]);
            paired.substitutions += usize::from(said != word);
            missing.deletions += 1;
            added.insertions += 1;
            let least = if missing.errors() <= added.errors() { missing } else { added };
            line[column + 1] = if paired.errors() <= least.errors() { paired } else { least };
        }
        std::mem::swap(&mut above, &mut line);
    }
    WordErrors { words: expected.len(), ..above[heard.len()] }
}

/// Lays two texts side by side, word by word, with as few errors as can be. Of each, no more than
/// a multiple of the longest text to be compared is laid out.
pub fn alignment(expected: &str, heard: &str) -> Vec<Step> {
    let words = |text: &str| {
        let mut words = plain_words(text);
        words.truncate(MOST_WORDS * TIMES_AS_MUCH);
        words
    };
    aligned(&words(expected), &words(heard))
}

fn aligned(expected: &[String], heard: &[String]) -> Vec<Step> {
    let costs = Costs::between(expected, heard);
    let (mut row, mut column) = (expected.len(), heard.len());
    let mut steps = Vec::with_capacity(row.max(column));
    while row > 0 || column > 0 {
        let here = costs.at(row, column);
        if row > 0 && column > 0 {
            let same = expected[row - 1] == heard[column - 1];
            if here == costs.at(row - 1, column - 1) + u16::from(!same) {
                (row, column) = (row - 1, column - 1);
                steps.push(pair(&expected[row], &heard[column]));
                continue;
            }
        }
        if row > 0 && here == costs.at(row - 1, column) + 1 {
            row -= 1;
            steps.push(Step::Missing(expected[row].clone()));
        } else {
            column -= 1;
            steps.push(Step::Added(heard[column].clone()));
        }
    }
    steps.reverse();
    steps
}

/// The alignment for people to read: `what [time→dime] is [it] {not}`, where square brackets
/// hold words not heard, or heard as others, and braces hold words never said.
pub fn marked(steps: &[Step]) -> String {
    let words = steps.iter().map(|step| match step {
        Step::Same(word) => word.clone(),
        Step::Swapped { expected, heard } => format!("[{expected}→{heard}]"),
        Step::Missing(word) => format!("[{word}]"),
        Step::Added(word) => format!("{{{word}}}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The fewest errors up to each word of one text and each of another: two bytes for a pair, which
/// hold them, since no more than so many words are laid out.
struct Costs {
    width: usize,
    cells: Vec<u16>,
}

impl Costs {
    fn between(expected: &[String], heard: &[String]) -> Self {
        let width = heard.len() + 1;
        let mut costs = Self { width, cells: Vec::with_capacity(width * (expected.len() + 1)) };
        costs.cells.extend((0..=u16::MAX).take(width));
        for (row, said) in expected.iter().enumerate() {
            let mut left = costs.at(row, 0) + 1;
            costs.cells.push(left);
            for (column, word) in heard.iter().enumerate() {
                let paired = costs.at(row, column) + u16::from(said != word);
                left = paired.min(costs.at(row, column + 1) + 1).min(left + 1);
                costs.cells.push(left);
            }
        }
        costs
    }

    fn at(&self, row: usize, column: usize) -> u16 {
        self.cells[row * self.width + column]
    }
}

fn pair(expected: &str, heard: &str) -> Step {
    if expected == heard {
        return Step::Same(expected.to_owned());
    }
    Step::Swapped { expected: expected.to_owned(), heard: heard.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_punctuation_make_no_difference() {
        let errors = word_error_rate("What's the time, Robin?", "what's the time robin");

        assert_eq!(errors, WordErrors { words: 4, ..WordErrors::default() });
        assert_eq!(errors.rate(), 0.0);
    }

    #[test]
    fn each_kind_of_error_is_counted() {
        let errors =
            word_error_rate("one small step for you and me", "one tall step you and me too");

        assert_eq!((errors.substitutions, errors.insertions, errors.deletions), (1, 1, 1));
        assert_eq!((errors.words, errors.errors()), (7, 3));
        assert_eq!(errors.rate(), 3.0 / 7.0);
    }

    #[test]
    fn nothing_said_is_wrong_only_if_something_was_heard() {
        assert_eq!(word_error_rate("", "").rate(), 0.0);
        assert_eq!(word_error_rate("", "hello").rate(), 1.0);
        assert_eq!(word_error_rate("hello", "").rate(), 1.0);
    }

    #[test]
    fn errors_add_up_over_sentences() {
        let total: WordErrors =
            [word_error_rate("a b", "a c"), word_error_rate("d", "d e")].into_iter().sum();

        assert_eq!((total.errors(), total.words), (2, 3));
    }

    #[test]
    fn rates_and_alignments_count_alike() {
        let texts = ["", "a", "a b c d", "b c d e f", "a a a", "d c b a", "a x c d e"];
        for (expected, heard) in texts.iter().flat_map(|one| texts.map(|other| (*one, other))) {
            let steps = alignment(expected, heard);
            let count = |kind: fn(&Step) -> bool| steps.iter().filter(|step| kind(step)).count();
            let errors = word_error_rate(expected, heard);
            let swapped = count(|step| matches!(step, Step::Swapped { .. }));
            let missing = count(|step| matches!(step, Step::Missing(_)));
            let added = count(|step| matches!(step, Step::Added(_)));
            assert_eq!(
                (errors.substitutions, errors.deletions, errors.insertions),
                (swapped, missing, added),
                "{expected:?}, {heard:?}"
            );
        }
    }

    #[test]
    fn what_nobody_says_in_ten_minutes_is_too_long() {
        let said = |count: usize| "opening hours ".repeat(count / 2);

        assert_eq!(too_long(&said(MOST_WORDS / 2)), None);
        assert!(too_long(&said(MOST_WORDS + 2)).unwrap().contains("at most 2000 words"));
        // 4 bytes that are spelt out as 28 letters and more.
        let numbers = too_long(&"777 ".repeat(500)).unwrap();
        assert!(numbers.contains("at most 2000 words with 10000 letters"), "{numbers}");
        assert!(too_long(&format!("7.{}", "7".repeat(64_000))).is_some());
        assert!(too_long(&"क्या".repeat(100)).is_none());
    }

    #[test]
    fn the_alignment_shows_where_the_errors_are() {
        let steps = alignment("what time is it right now", "that time it right not now");

        assert_eq!(marked(&steps), "[what→that] time [is] it right {not} now");
    }
}
