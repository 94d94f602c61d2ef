//! Whether bare words ask something.

/// Words before a question that don't belong to it.
const OPENERS: [&str; 15] = [
    "and", "but", "so", "well", "ok", "okay", "oh", "um", "uh", "now", "then", "please", "yes",
    "no", "also",
];
/// Words that may be followed by a name before the question begins.
const GREETINGS: [&str; 5] = ["hello", "hi", "hey", "excuse", "sorry"];
const ASKING: [&str; 16] = [
    "what", "what's", "where", "where's", "when", "when's", "why", "who", "who's", "who'll",
    "whose", "whom", "which", "how", "how's", "how'd",
];
/// Verbs that ask when they come first, whatever follows.
const ASKING_VERBS: [&str; 26] = [
    "can",
    "could",
    "would",
    "should",
    "shall",
    "will",
    "is",
    "are",
    "am",
    "was",
    "were",
    "does",
    "did",
    "has",
    "had",
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "doesn't",
    "didn't",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "shouldn't",
];
/// Verbs that ask only if somebody follows: "do you …", not "do it".
const VERBS_BEFORE_SOMEBODY: [&str; 6] = ["do", "don't", "have", "haven't", "may", "might"];
const SOMEBODY: [&str; 13] = [
    "i", "you", "we", "they", "he", "she", "people", "these", "those", "your", "my", "any",
    "anybody",
];
/// Who is doing something in a clause such as "when I was young".
const SUBJECTS: [&str; 7] = ["i", "you", "we", "they", "he", "she", "it"];
const PREPOSITIONS: [&str; 7] = ["to", "for", "with", "from", "in", "at", "on"];

/// Whether the words ask something.
pub(super) fn is_question(words: &[&str]) -> bool {
    let start = words.iter().take_while(|word| OPENERS.contains(word)).count();
    let words = &words[start..];
    if words.first().is_some_and(|first| GREETINGS.contains(first)) {
        return (1..=3).any(|skipped| words.get(skipped..).is_some_and(asks));
    }
    asks(words)
}

fn asks(words: &[&str]) -> bool {
    match words {
        ["do" | "don't", "we" | "they" | "you" | "i"] => false,
        [first, second, ..] if ASKING.contains(first) => is_asked(first, second),
        [first, second, ..] if VERBS_BEFORE_SOMEBODY.contains(first) => SOMEBODY.contains(second),
        [first, second, _, ..] if PREPOSITIONS.contains(first) => {
            ["whom", "what", "which"].contains(second)
        }
        [first, _, ..] => ASKING_VERBS.contains(first),
        [only] => ASKING.contains(only),
        [] => false,
    }
}

/// "What is it" asks; "what a day", "how nice" and "when I was young" don't.
fn is_asked(first: &str, second: &str) -> bool {
    match (first, second) {
        ("what", "a" | "an") | ("how", "nice" | "lovely" | "wonderful" | "sad" | "funny") => false,
        ("what" | "when" | "where" | "why" | "who" | "how", subject) => {
            !SUBJECTS.contains(&subject)
        }
        _ => true,
    }
}
