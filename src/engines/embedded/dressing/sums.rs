//! Numbers in sums, written in digits. Elsewhere they stay words, as people write them.

use std::borrow::Cow;

use crate::domain::number_words::leading_number;

/// What stands between the two numbers of a sum.
const OPERATORS: [&[&str]; 10] = [
    &["times"],
    &["plus"],
    &["minus"],
    &["over"],
    &["multiplied", "by"],
    &["divided", "by"],
    &["percent", "of"],
    &["per", "cent", "of"],
    &["to", "the", "power", "of"],
    &["modulo"],
];
/// What stands before the one number of a sum.
const FUNCTIONS: [&[&str]; 2] = [&["square", "root", "of"], &["cube", "root", "of"]];

/// A number among words: where it begins, how many words it takes, and how it is written.
struct Number {
    start: usize,
    length: usize,
    digits: String,
}

/// The words, with digits for all numbers if there is a sum among them.
pub(super) fn with_digits<'words>(words: &[&'words str]) -> Vec<Cow<'words, str>> {
    let numbers = numbers(words);
    if !has_sum(words, &numbers) {
        return words.iter().map(|word| Cow::Borrowed(*word)).collect();
    }
    let mut written = Vec::with_capacity(words.len());
    let mut next = 0;
    for number in numbers {
        written.extend(words[next..number.start].iter().map(|word| Cow::Borrowed(*word)));
        written.push(Cow::Owned(number.digits));
        next = number.start + number.length;
    }
    written.extend(words[next..].iter().map(|word| Cow::Borrowed(*word)));
    written
}

fn has_sum(words: &[&str], numbers: &[Number]) -> bool {
    numbers.iter().enumerate().any(|(index, number)| {
        let before = &words[..number.start];
        let applied = FUNCTIONS.iter().any(|function| before.ends_with(function));
        let joined = index > 0 && {
            let previous = &numbers[index - 1];
            OPERATORS.contains(&&words[previous.start + previous.length..number.start])
        };
        applied || joined
    })
}

fn numbers(words: &[&str]) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut start = 0;
    while start < words.len() {
        match number_at(words, start) {
            Some(number) => {
                start += number.length;
                numbers.push(number);
            }
            None => start += 1,
        }
    }
    numbers
}

fn number_at(words: &[&str], start: usize) -> Option<Number> {
    let (whole, mut length) = leading_number(&words[start..])?;
    let mut digits = whole.to_string();
    if words.get(start + length) == Some(&"point") {
        let decimals: String = words[start + length + 1..].iter().map_while(digit).collect();
        if !decimals.is_empty() {
            length += 1 + decimals.len();
            digits = format!("{digits}.{decimals}");
        }
    }
    Some(Number { start, length, digits })
}

fn digit(word: &&str) -> Option<char> {
    let (number, _) = leading_number(&[word])?;
    u32::try_from(number).ok().and_then(|number| char::from_digit(number, 10))
}
