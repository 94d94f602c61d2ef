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

/// Counts the errors between two texts. Case, punctuation and the way that numbers are
/// written make no difference.
pub fn word_error_rate(expected: &str, heard: &str) -> WordErrors {
    counted(&alignment(expected, heard))
}

/// The same, letter by letter.
pub fn letter_error_rate(expected: &str, heard: &str) -> WordErrors {
    let letters = |text: &str| -> Vec<String> {
        plain_words(text).join(" ").chars().map(String::from).collect()
    };
    counted(&aligned(&letters(expected), &letters(heard)))
}

fn counted(steps: &[Step]) -> WordErrors {
    let mut errors = WordErrors::default();
    for step in steps {
        match step {
            Step::Same(_) => {}
            Step::Swapped { .. } => errors.substitutions += 1,
            Step::Missing(_) => errors.deletions += 1,
            Step::Added(_) => errors.insertions += 1,
        }
        errors.words += usize::from(!matches!(step, Step::Added(_)));
    }
    errors
}

/// Lays two texts side by side, word by word, with as few errors as can be.
pub fn alignment(expected: &str, heard: &str) -> Vec<Step> {
    aligned(&plain_words(expected), &plain_words(heard))
}

fn aligned(expected: &[String], heard: &[String]) -> Vec<Step> {
    let costs = costs(expected, heard);
    let (mut row, mut column) = (expected.len(), heard.len());
    let mut steps = Vec::with_capacity(row.max(column));
    while row > 0 || column > 0 {
        let here = costs[row][column];
        if row > 0 && column > 0 {
            let same = expected[row - 1] == heard[column - 1];
            if here == costs[row - 1][column - 1] + usize::from(!same) {
                (row, column) = (row - 1, column - 1);
                steps.push(pair(&expected[row], &heard[column]));
                continue;
            }
        }
        if row > 0 && here == costs[row - 1][column] + 1 {
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

fn costs(expected: &[String], heard: &[String]) -> Vec<Vec<usize>> {
    let mut costs = vec![(0..=heard.len()).collect::<Vec<_>>()];
    for (row, said) in expected.iter().enumerate() {
        let above = &costs[row];
        let mut line = vec![row + 1];
        for (column, word) in heard.iter().enumerate() {
            let paired = above[column] + usize::from(said != word);
            line.push(paired.min(above[column + 1] + 1).min(line[column] + 1));
        }
        costs.push(line);
    }
    costs
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
    fn the_alignment_shows_where_the_errors_are() {
        let steps = alignment("what time is it right now", "that time it right not now");

        assert_eq!(marked(&steps), "[what→that] time [is] it right {not} now");
    }
}
