//! What must not be read aloud is not, and what a person would say stays.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use repartee::domain::language::Language;
use repartee::pipeline::speakable::{Speakable, speakable};

#[track_caller]
fn says(cases: &[(&str, &str)]) {
    for (written, said) in cases {
        assert_eq!(speakable(written), *said, "{written:?}");
    }
}

#[test]
fn markdown_loses_its_marks() {
    says(&[
        ("This is **very** *good* and ~~bad~~ `code`.", "This is very good and bad code."),
        ("## Opening hours\n", "Opening hours"),
        ("- Milk\n", "Milk"),
        ("* [x] Eggs\n", "Eggs"),
        ("> He said so.\n", "He said so."),
        ("See [the manual](https://example.com/a?b=c) first.", "See the manual first."),
        ("![A cat](cat.png) sits.", "A cat sits."),
        ("It is known [1] and proven[12].", "It is known and proven."),
        ("---\n", ""),
        ("| Day | Hours |\n", "Day, Hours"),
        ("|---|:--:|\n", ""),
        ("Use snake_case here.", "Use snake case here."),
    ]);
}

#[test]
fn lines_keep_their_pauses() {
    says(&[("# Plan\n- First\n- Second\n", "Plan. First. Second")]);
}

#[test]
fn code_is_mentioned_and_not_read() {
    says(&[
        (
            "Try this:\n```rust\nfn main() {}\n```\nDone.",
            "Try this: The code is in the written answer. Done.",
        ),
        ("Use ```ls -l``` now.", "Use ls -l now."),
    ]);
}

#[test]
fn code_may_begin_in_one_piece_and_end_in_another() {
    let mut speakable = Speakable::new(None);
    let pieces = ["Try this:\n", "```python\n", "print(1.5)\n", "x = 2. y\n", "```\n", "- Done."];
    let said: Vec<_> = pieces.iter().map(|piece| speakable.speak(piece)).collect();
    assert_eq!(said, ["Try this:", "The code is in the written answer.", "", "", "", "Done."]);
}

#[test]
fn addresses_are_said_as_one_would_say_them() {
    says(&[
        ("Go to https://www.example.com/path?q=1.", "Go to example dot com."),
        ("Go to <https://example.org>!", "Go to example dot org!"),
        ("See (http://a.example.net:8080/x).", "See (a dot example dot net)."),
        ("Visit example.com/shop today.", "Visit example dot com today."),
        ("Write to bob@example.com.", "Write to bob at example dot com."),
        ("It is ://5 or so.", "It is 5 or so."),
        ("Node.js and README.md stay.", "Node.js and README.md stay."),
    ]);
}

#[test]
fn markup_of_pages_goes() {
    says(&[
        ("One<br>two <b>three</b>.", "One two three."),
        ("Fish &amp; chips &lt;3", "Fish and chips"),
        ("It&#39;s 5 &times; 3.", "It's 5 times 3."),
        ("If a < b, stop.", "If a less than b, stop."),
    ]);
}

#[test]
fn symbols_become_words() {
    says(&[
        ("50% off & more", "50 percent off and more"),
        ("It is 21°C, or 70 °F.", "It is 21 degrees Celsius, or 70 degrees Fahrenheit."),
        ("2 + 2 = 4", "2 plus 2 equals 4"),
        ("3 * 4 is 12", "3 times 4 is 12"),
        ("Open 9–17.", "Open 9 to 17."),
        ("Home → work", "Home to work"),
        ("You are #1, ~5 of us.", "You are number 1, about 5 of us."),
        ("It costs $4.50.", "It costs $4.50."),
        ("Done ✓", "Done yes"),
        ("x != y, a -> b", "x is not y, a to b"),
        ("C# and C++", "C sharp and C plus plus"),
        ("Take `&mut T` from AT&T.", "Take mut T from AT and T."),
        ("Warm (22°C) today.", "Warm (22 degrees Celsius) today."),
    ]);
}

#[test]
fn pictures_and_stage_directions_are_not_read() {
    says(&[
        ("Great! 🎉👍🏽 Let's go 👨‍👩‍👧.", "Great! Let's go."),
        ("*laughs softly* That is good.", "That is good."),
        ("Well. (chuckles) Yes.", "Well. Yes."),
        ("[pause] Now.", "Now."),
        ("He really *laughs* a lot.", "He really laughs a lot."),
        ("Fine :)", "Fine"),
        ("🙂", ""),
        ("...", ""),
        ("\"", ""),
    ]);
}

#[test]
fn stops_are_said_once_and_leftovers_not_at_all() {
    says(&[
        ("Really?!?! Yes!!!", "Really? Yes!"),
        ("Well......", "Well..."),
        ("\" he said .", "he said."),
        ("** Then", "Then"),
        ("\"I know,\" she said.", "\"I know,\" she said."),
        ("« Oui. »", "Oui. »"),
        ("It is -5 and .5 of it.", "It is -5 and .5 of it."),
        ("-5 degrees", "-5 degrees"),
    ]);
}

#[test]
fn other_languages_stay_as_they_are() {
    says(&[
        ("नमस्ते, आप कैसे हैं? क्‍ष 50%", "नमस्ते, आप कैसे हैं? क्‍ष 50%"),
        ("你好，今天怎么样？", "你好，今天怎么样？"),
        ("كيف حالك؟ أنا بخير.", "كيف حالك؟ أنا بخير."),
        ("**你好** 🙂", "你好"),
    ]);
    let spanish: Language = "es".parse().unwrap();
    let mut speakable = Speakable::new(Some(&spanish));
    assert_eq!(
        speakable.speak("¿Un **50%** & más? https://example.com/x"),
        "¿Un 50% & más? example.com"
    );
}

/// Every picture that Unicode knows.
static PICTURES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\p{Extended_Pictographic}").unwrap());

/// Text in which everything that means something comes up.
fn written() -> impl Strategy<Value = String> {
    let marks = "([A-Za-z]{1,6}|[0-9]|https?://|www\\.|[.,!?:;\"'()*_`#>|\\[\\]<&;@%~^=+/\\\\{} \\n-]|&amp;|&lt;|```|🙂|👍🏽|✓|→|…|क|好|°C|:\\)){0,40}";
    prop_oneof![any::<String>(), marks.prop_map(String::from)]
}

#[test]
fn pictures_that_count_as_letters_are_pictures() {
    assert_eq!(speakable("Blood group 🅾, 🅰 or Ⓜ?"), "Blood group, or?");
}

proptest! {
    #[test]
    fn what_is_speakable_stays_as_it_is(text in written()) {
        let once = speakable(&text);
        prop_assert_eq!(speakable(&once), once);
    }

    #[test]
    fn no_picture_code_or_scheme_is_left(text in written()) {
        let said = speakable(&text);
        prop_assert!(!PICTURES.is_match(&said), "{said:?}");
        prop_assert!(!said.contains('`') && !said.contains("://"), "{said:?}");
        prop_assert!(said.is_empty() || said.chars().any(char::is_alphanumeric));
    }

    #[test]
    fn words_are_never_lost(words in proptest::collection::vec("[a-z]{3,8}", 1..10)) {
        let text = words.join(" ");
        prop_assert_eq!(speakable(&text), text);
    }
}
