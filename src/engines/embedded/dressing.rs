//! Dresses what was heard as a person would write it: PocketSphinx gives bare lower-case words.

mod questions;
mod sums;

use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::dressing::questions::is_question;
use crate::engines::embedded::dressing::sums::with_digits;

/// Words that are written with a capital wherever they stand.
const CAPITALISED: [&str; 52] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "christmas",
    "easter",
    "english",
    "french",
    "german",
    "spanish",
    "italian",
    "russian",
    "chinese",
    "japanese",
    "hindi",
    "indian",
    "american",
    "british",
    "european",
    "african",
    "america",
    "europe",
    "asia",
    "africa",
    "england",
    "france",
    "germany",
    "spain",
    "italy",
    "russia",
    "china",
    "japan",
    "india",
    "canada",
    "london",
    "paris",
    "berlin",
    "internet",
    "mrs",
];
/// Words that are written in a way of their own.
const SPELT: [(&str, &str); 12] = [
    ("i", "I"),
    ("i'm", "I'm"),
    ("i'd", "I'd"),
    ("i'll", "I'll"),
    ("i've", "I've"),
    ("mr", "Mr"),
    ("mr.", "Mr."),
    ("mrs.", "Mrs."),
    ("dr.", "Dr."),
    ("tv", "TV"),
    ("usa", "USA"),
    ("ok", "OK"),
];

/// Sentence case, a full stop or a question mark, digits in sums, and `names` spelt as given.
pub fn dress(hypothesis: &str, names: &[String]) -> String {
    let words: Vec<&str> = hypothesis.split_whitespace().collect();
    if words.is_empty() {
        return String::new();
    }
    let question = is_question(&words);
    let written = with_digits(&words);
    let written: Vec<String> = written.iter().map(|word| spelt(word, names)).collect();
    let text = capitalised(&written.join(" "));
    match question {
        true => format!("{text}?"),
        false => format!("{}.", text.trim_end_matches('.')),
    }
}

fn spelt(word: &str, names: &[String]) -> String {
    if let Some(name) = names.iter().find(|name| name.to_lowercase() == word) {
        return name.clone();
    }
    if let Some((_, spelling)) = SPELT.iter().find(|(bare, _)| *bare == word) {
        return (*spelling).to_owned();
    }
    let stem = word.strip_suffix("'s").unwrap_or(word);
    if CAPITALISED.contains(&stem) || is_initial(word) {
        return capitalised(word);
    }
    word.to_owned()
}

/// A letter that is spelt out: `b.`, but not `a.`, which would be an odd way to write "a".
fn is_initial(word: &str) -> bool {
    matches!(word.as_bytes(), [letter, b'.'] if letter.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(hypothesis: &str) -> String {
        dress(hypothesis, &[])
    }

    #[test]
    fn a_statement_gets_a_capital_and_a_full_stop() {
        assert_eq!(dressed("the dog is asleep"), "The dog is asleep.");
        assert_eq!(dressed(""), "");
    }

    #[test]
    fn the_speaker_is_written_with_a_capital() {
        assert_eq!(dressed("well i'm sure i'd like it"), "Well I'm sure I'd like it.");
    }

    #[test]
    fn days_and_countries_are_written_with_a_capital() {
        assert_eq!(dressed("we fly to canada on friday"), "We fly to Canada on Friday.");
        assert_eq!(dressed("june's weather is fine"), "June's weather is fine.");
    }

    #[test]
    fn questions_get_a_question_mark() {
        for heard in [
            "what time is it",
            "can you hear me",
            "do you work offline",
            "is there a doctor",
            "where's my car",
            "how much is it",
            "hello robin how are you today",
            "so what do you think",
            "excuse me could you help me",
            "aren't you tired",
            "to whom does it belong",
        ] {
            assert!(dressed(heard).ends_with('?'), "{heard}");
        }
    }

    #[test]
    fn what_only_looks_like_a_question_gets_a_full_stop() {
        for heard in [
            "what a lovely day",
            "what i want is coffee",
            "when i was young it rained",
            "do it again",
            "have a nice day",
            "tell me what time it is",
            "is",
            "how nice",
            "may the best one win",
        ] {
            assert!(dressed(heard).ends_with('.'), "{heard}");
        }
    }

    #[test]
    fn sums_are_written_in_digits() {
        assert_eq!(dressed("what is twelve times seven"), "What is 12 times 7?");
        assert_eq!(dressed("two plus two is four"), "2 plus 2 is 4.");
        assert_eq!(dressed("what's fifteen percent of two hundred"), "What's 15 percent of 200?");
        assert_eq!(dressed("the square root of eighty one"), "The square root of 81.");
        assert_eq!(
            dressed("how much is one hundred and five divided by three point five"),
            "How much is 105 divided by 3.5?"
        );
    }

    #[test]
    fn other_numbers_stay_words() {
        assert_eq!(dressed("table for four people"), "Table for four people.");
        assert_eq!(dressed("it is ten times better"), "It is ten times better.");
        assert_eq!(dressed("three point"), "Three point.");
    }

    #[test]
    fn known_names_are_spelt_as_known() {
        let names = ["Robin".to_owned(), "McKay".to_owned()];

        assert_eq!(dress("robin called mckay", &names), "Robin called McKay.");
    }

    #[test]
    fn a_last_full_stop_is_not_doubled() {
        assert_eq!(dressed("wake me at nine a.m."), "Wake me at nine a.m.");
        assert_eq!(dressed("is it nine a.m."), "Is it nine a.m.?");
    }
}
