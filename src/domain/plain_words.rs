//! The words of a text, however it is written.

use crate::domain::number_words::{cardinal, is_number_word, ordinal, year};

/// Digits behind a point that anybody would say one by one.
const MOST_DIGITS: usize = 20;

/// The words of a text, lower case, without punctuation, numbers spelt out.
pub fn plain_words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['\u{2018}', '\u{2019}'], "'");
    let mut words = Vec::new();
    let mut letters = String::new();
    for token in text.split(|letter: char| letter.is_whitespace() || is_dash(letter)) {
        if let Some(letter) = initial(token) {
            letters.push(letter);
            continue;
        }
        flush(&mut letters, &mut words);
        words.extend(plain_token(token));
    }
    flush(&mut letters, &mut words);
    without_and_in_numbers(words)
}

/// The letter of a spelt-out initial such as `a.`, so that "a. m." and "a.m." are one word.
fn initial(token: &str) -> Option<char> {
    let mut letters = token.chars();
    let letter = letters.next().filter(|letter| letter.is_alphabetic())?;
    (letters.as_str() == ".").then_some(letter)
}

fn flush(letters: &mut String, words: &mut Vec<String>) {
    if !letters.is_empty() {
        words.push(std::mem::take(letters));
    }
}

fn plain_token(token: &str) -> Vec<String> {
    if let Some(words) = plain_number(token) {
        return words;
    }
    if let Some(spoken) = symbol(token) {
        return spoken.split(' ').map(str::to_owned).collect();
    }
    let word: String = token.chars().filter(|letter| !is_punctuation(*letter)).collect();
    let word = word.trim_matches('\'');
    match word {
        "" => Vec::new(),
        "okay" => vec!["ok".to_owned()],
        word => vec![word.to_owned()],
    }
}

fn symbol(token: &str) -> Option<&'static str> {
    match token {
        "+" => Some("plus"),
        "×" | "*" => Some("times"),
        "÷" | "/" => Some("divided by"),
        "=" => Some("equals"),
        "&" => Some("and"),
        "%" => Some("percent"),
        _ => None,
    }
}

/// A token that is a number in digits, in words: `$5`, `50%`, `3.5`, `10:42`, `1,234`, `21st`.
fn plain_number(token: &str) -> Option<Vec<String>> {
    let token = token.trim_matches(|letter| "()[]\"'!?;,.:".contains(letter));
    if let Some(amount) = token.strip_prefix('$') {
        let unit = if amount == "1" { "dollar" } else { "dollars" };
        return with_unit(amount, unit);
    }
    if let Some(share) = token.strip_suffix('%') {
        return with_unit(share, "percent");
    }
    for suffix in ["st", "nd", "rd", "th"] {
        if let Some(place) = token.strip_suffix(suffix).and_then(|digits| digits.parse().ok()) {
            return Some(ordinal(place));
        }
    }
    digits(token)
}

fn with_unit(number: &str, unit: &str) -> Option<Vec<String>> {
    let mut words = digits(number)?;
    words.push(unit.to_owned());
    Some(words)
}

fn digits(token: &str) -> Option<Vec<String>> {
    let first = token.chars().next()?;
    if !first.is_ascii_digit() {
        return None;
    }
    if let Some((hours, minutes)) = token.split_once(':') {
        let (hours, minutes) = (hours.parse().ok()?, minutes.parse().ok()?);
        let rest = if minutes == 0 { Vec::new() } else { cardinal(minutes) };
        return Some(owned([cardinal(hours), rest].concat()));
    }
    if let Some((whole, fraction)) = token.split_once('.') {
        if fraction.len() > MOST_DIGITS {
            return None;
        }
        let mut words = cardinal(whole.replace(',', "").parse().ok()?);
        words.push("point");
        for digit in fraction.chars() {
            words.extend(cardinal(u64::from(digit.to_digit(10)?)));
        }
        return Some(owned(words));
    }
    let number = token.replace(',', "").parse().ok()?;
    let is_year = token.len() == 4 && (1100..2100).contains(&number);
    Some(owned(if is_year { year(number) } else { cardinal(number) }))
}

fn owned(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// "Two hundred and five" is "two hundred five".
fn without_and_in_numbers(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate() {
        let after_scale = kept.last().is_some_and(|last| last == "hundred" || last == "thousand");
        let before_number = words.get(index + 1).is_some_and(|next| is_number_word(next));
        if word == "and" && after_scale && before_number {
            continue;
        }
        kept.push(word.clone());
    }
    kept
}

fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}')
}

fn is_punctuation(letter: char) -> bool {
    (letter.is_ascii_punctuation() && letter != '\'')
        || matches!(letter, '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{303F}')
        || "¿¡«»।॥،؛؟！，．：；？".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        plain_words(text).join(" ")
    }

    #[test]
    fn digits_and_number_words_are_the_same() {
        assert_eq!(words("12 × 7 = 84"), "twelve times seven equals eighty four");
        assert_eq!(
            words("At 10:42, $5.50 or 50%"),
            words("at ten forty two five point five zero dollars or fifty percent")
        );
        assert_eq!(words("1,205 people"), words("one thousand two hundred and five people"));
        assert_eq!(words("twenty-one"), words("21"));
        assert_eq!(words("May 21st, 1984"), "may twenty first nineteen eighty four");
    }

    #[test]
    fn a_number_that_nobody_would_say_stays_as_it_is() {
        assert_eq!(plain_words("3.14159").len(), 7);
        assert_eq!(words(&format!("7.{}", "7".repeat(50))), "7".repeat(51));
    }

    #[test]
    fn spelt_letters_are_one_word() {
        assert_eq!(words("9 a. m."), words("nine a.m."));
        assert_eq!(words("T. V."), "tv");
    }

    #[test]
    fn contractions_and_other_scripts_stay_whole() {
        assert_eq!(words("I’m ‘here’"), "i'm here");
        assert_eq!(words("नमस्ते, आप कैसे हैं।"), "नमस्ते आप कैसे हैं");
    }
}
