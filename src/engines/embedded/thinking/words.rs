//! What was said, as plain words that can be compared.

/// A word as it is compared, beside the word as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Lower case, without punctuation, contractions written out.
    pub plain: String,
    /// As it came. Empty for the second half of a contraction.
    pub said: String,
}

/// The most words of a sentence that is looked at closely.
pub const MOST: usize = 64;

/// Contractions that stand for two words.
const CONTRACTIONS: &[(&str, &str, &str)] = &[
    ("i'm", "i", "am"),
    ("im", "i", "am"),
    ("i'd", "i", "would"),
    ("i'll", "i", "will"),
    ("i've", "i", "have"),
    ("you're", "you", "are"),
    ("don't", "do", "not"),
    ("dont", "do", "not"),
    ("doesn't", "does", "not"),
    ("didn't", "did", "not"),
    ("can't", "can", "not"),
    ("cannot", "can", "not"),
    ("isn't", "is", "not"),
    ("aren't", "are", "not"),
    ("whats", "what", "is"),
    ("let's", "let", "us"),
];

/// Words before `'s` that make it an "is", not a possession.
const BEFORE_IS: &[&str] =
    &["what", "who", "where", "how", "when", "it", "that", "there", "here", "name", "time"];

/// Words that carry nothing at the start of a sentence.
const OPENERS: &[&str] =
    &["hey", "ok", "okay", "so", "well", "um", "uh", "erm", "please", "and", "but"];

/// Words that carry nothing at its end.
const CLOSERS: &[&str] = &["please", "then", "um", "uh"];

/// Words that carry little of a meaning.
const EMPTY: &[&str] = &[
    "a", "an", "the", "i", "me", "my", "you", "your", "we", "us", "it", "its", "is", "are", "am",
    "was", "were", "be", "do", "does", "did", "can", "could", "will", "would", "should", "what",
    "when", "where", "who", "which", "how", "why", "that", "this", "these", "those", "there", "of",
    "to", "in", "on", "at", "for", "with", "from", "and", "or", "not", "have", "has", "had",
    "tell", "about", "know", "please", "much", "many", "say", "said", "if", "by", "so", "any",
    "some",
];

/// Whether a word carries little of a sentence's meaning.
pub fn is_empty_word(word: &str) -> bool {
    EMPTY.contains(&word)
}

/// Splits into words.
pub fn read(text: &str) -> Vec<Word> {
    let spaced = space_signs(text);
    let mut words = Vec::new();
    for said in spaced.split_whitespace() {
        let said = said.trim_matches(|edge: char| !edge.is_alphanumeric());
        let plain = said.to_lowercase().replace('’', "'");
        if !plain.is_empty() {
            push_word(&mut words, said, plain);
        }
    }
    words
}

/// The words' plain forms.
pub fn plain(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.plain.as_str()).collect()
}

/// Words as they were said, for the echo.
pub fn said(words: &[Word]) -> String {
    let said: Vec<&str> =
        words.iter().map(|word| word.said.as_str()).filter(|word| !word.is_empty()).collect();
    said.join(" ")
}

/// The part that carries the meaning: openers, closers and the name of who is spoken to cut off.
pub fn core<'a>(words: &'a [Word], name: &str) -> &'a [Word] {
    let empty = |word: &Word, empties: &[&str]| {
        empties.contains(&word.plain.as_str()) || word.plain.eq_ignore_ascii_case(name)
    };
    let start = words.iter().position(|word| !empty(word, OPENERS)).unwrap_or(0);
    let end = words.iter().rposition(|word| !empty(word, CLOSERS)).map_or(words.len(), |at| at + 1);
    if start < end { &words[start..end] } else { words }
}

fn push_word(words: &mut Vec<Word>, said: &str, plain: String) {
    let known = CONTRACTIONS.iter().find(|(short, ..)| *short == plain);
    let is = plain.strip_suffix("'s").filter(|stem| BEFORE_IS.contains(stem));
    let (first, second) = match (known, is) {
        (Some((_, first, second)), _) => (*first, Some(*second)),
        (None, Some(stem)) => (stem, Some("is")),
        (None, None) => (plain.as_str(), None),
    };
    words.push(Word { plain: first.to_owned(), said: said.to_owned() });
    if let Some(second) = second {
        words.push(Word { plain: second.to_owned(), said: String::new() });
    }
}

/// Signs of arithmetic become words; dashes between words become spaces.
fn space_signs(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut spaced = String::with_capacity(text.len() + 16);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        match sign(*letter, before, after) {
            Some(word) => spaced.push_str(&format!(" {word} ")),
            None => spaced.push(*letter),
        }
    }
    spaced
}

fn sign(letter: char, before: Option<char>, after: Option<char>) -> Option<&'static str> {
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let space = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    match letter {
        '\'' | '’' if digit(before) && (digit(after) || space(after)) => Some("feet"),
        '+' => Some("plus"),
        '×' | '*' => Some("times"),
        '÷' => Some("divided by"),
        '/' if digit(after) || space(before) => Some("divided by"),
        '−' => Some("minus"),
        '-' if digit(after) || (space(before) && space(after)) => Some("minus"),
        '-' | '–' | '—' | '/' | '_' => Some(" "),
        '%' => Some("percent"),
        '^' => Some("to the power of"),
        '√' => Some("square root of"),
        '°' => Some("degrees"),
        '²' => Some("squared"),
        '³' => Some("cubed"),
        '(' | ')' | '"' | '“' | '”' | '?' | '!' | ';' | '=' => Some(" "),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plainly(text: &str) -> String {
        plain(&read(text)).join(" ")
    }

    #[test]
    fn case_and_punctuation_do_not_count() {
        assert_eq!(plainly("What's the TIME, please?"), "what is the time please");
        assert_eq!(plainly("I’m well-known."), "i am well known");
    }

    #[test]
    fn signs_of_arithmetic_are_words() {
        assert_eq!(plainly("12×7 + 3.5/2 - 1,000"), "12 times 7 plus 3.5 divided by 2 minus 1,000");
        assert_eq!(plainly("-5% of 9²"), "minus 5 percent of 9 squared");
    }

    #[test]
    fn the_core_leaves_courtesy_out() {
        let words = read("Okay Robin, what time is it, please?");

        assert_eq!(plain(core(&words, "Robin")).join(" "), "what time is it");
        assert_eq!(plain(core(&read("please"), "Robin")), ["please"]);
    }

    #[test]
    fn what_was_said_is_kept_as_it_was_said() {
        assert_eq!(said(&read("I'm in McDonald’s")), "I'm in McDonald’s");
    }
}
