//! A reply is cut into sentences early, in the right places, and nothing is lost.

use proptest::prelude::*;
use repartee::pipeline::sentences::{Cut, Cutter};

/// The cuts of a reply that comes in these pieces.
fn cuts<'a>(deltas: impl IntoIterator<Item = &'a str>) -> Vec<Cut> {
    let mut cutter = Cutter::new();
    let mut cuts: Vec<Cut> = deltas.into_iter().flat_map(|delta| cutter.push(delta)).collect();
    cuts.extend(cutter.finish());
    cuts
}

/// The words of each cut of a reply that comes at once.
fn pieces(reply: &str) -> Vec<String> {
    let words = cuts([reply]).into_iter().map(|cut| cut.text.trim().to_owned());
    words.filter(|piece| !piece.is_empty()).collect()
}

/// What is released of a reply before more of it is known.
fn released(reply: &str) -> String {
    Cutter::new().push(reply).into_iter().map(|cut| cut.text).collect()
}

#[track_caller]
fn is_cut(expected: &[&str]) {
    assert_eq!(pieces(&expected.join(" ")), expected);
}

#[test]
fn sentences_are_cut_at_their_ends() {
    is_cut(&["Good morning.", "It is ten.", "Are you well?", "I am!"]);
}

#[test]
fn titles_and_abbreviations_end_no_sentence() {
    is_cut(&["Dr. Smith met Mrs. Jones at St. Mary's.", "They talked."]);
    is_cut(&["Fruit, e.g. apples, i.e. the red ones, vs. pears.", "Good."]);
    is_cut(&["See No. 5 on p. 12 of vol. 3, fig. 2.", "It helps."]);
    is_cut(&["We sell bread, cakes, etc. and coffee.", "Come in."]);
    is_cut(&["We sell bread, cakes, etc.", "Come in."]);
    is_cut(&["Ask Smith & Co. Ltd. about it.", "They know x.", "It is y.", "50 of them."]);
    is_cut(&["Acme Inc. was founded by J. K. Miller.", "It grew."]);
}

#[test]
fn a_clock_and_a_country_may_end_a_sentence() {
    is_cut(&["We open at 9 a.m. on weekdays and close at 5 p.m.", "Come early."]);
    is_cut(&["It begins at 5 p.m. Monday.", "Be there."]);
    is_cut(&["She moved to the U.S.", "She likes it."]);
    is_cut(&["The U.S. Army is large.", "Very."]);
}

#[test]
fn numbers_and_names_with_dots_stay_whole() {
    is_cut(&["Pi is 3.14159, about.", "Version 1.2.3 is out.", "Ask 10.0.0.1 now."]);
    is_cut(&["Use node.js or example.com for it.", "Fine."]);
    is_cut(&["It was 1999.", "Then came 2000."]);
    is_cut(&["It costs $4.50.", "That is cheap."]);
    is_cut(&["Am 3. Oktober ist frei.", "Gut."]);
}

#[test]
fn only_a_month_makes_a_date_of_a_number() {
    is_cut(&["Monday to Friday, 9 until 5.", "Saturday, 10 until 1.", "Come in."]);
    is_cut(&["Am 24. Dezember um 5.", "Sunday is free."]);
}

#[test]
fn a_dot_inside_a_token_ends_nothing_however_it_arrives() {
    for (token, deltas) in [
        ("Visit example.com today.", ["Visit example", ".", "com today."]),
        ("Visit example.com today.", ["Visit example.", "com", " today."]),
        ("Open the file.txt please.", ["Open the file.", "txt pl", "ease."]),
        ("See docs.rs/serde/latest, please.", ["See docs.", "rs/serde/la", "test, please."]),
        ("Ask (at docs.rs) now.", ["Ask (at docs.", "rs) n", "ow."]),
    ] {
        let cuts = cuts(deltas.into_iter().chain([" Fine."]));
        let words: Vec<_> = cuts.iter().map(|cut| cut.text.trim()).collect();
        assert_eq!(words, [token, "Fine."], "{deltas:?}");
    }
}

#[test]
fn an_ellipsis_ends_a_sentence_only_before_a_new_one() {
    is_cut(&["Well... maybe.", "I think..."]);
    is_cut(&["Well...", "Maybe."]);
    is_cut(&["So… it goes on.", "Yes…", "It ends."]);
}

#[test]
fn quotes_and_brackets_close_with_their_sentence() {
    is_cut(&["He said \"Go now.\"", "Then he left."]);
    is_cut(&["“Really?” she asked.", "He nodded."]);
    is_cut(&["It works (really.)", "Try it."]);
    is_cut(&["**Note.**", "Be careful."]);
    is_cut(&["Is it?!", "It is!!"]);
}

#[test]
fn other_scripts_have_stops_of_their_own() {
    assert_eq!(pieces("नमस्ते। आप कैसे हैं? मैं ठीक हूँ।"), ["नमस्ते।", "आप कैसे हैं?", "मैं ठीक हूँ।"]);
    assert_eq!(pieces("你好。今天好吗？很好！"), ["你好。", "今天好吗？", "很好！"]);
    assert_eq!(pieces("他说：“走吧。”然后走了。"), ["他说：“走吧。”", "然后走了。"]);
    assert_eq!(pieces("كيف حالك؟ أنا بخير."), ["كيف حالك؟", "أنا بخير."]);
    assert_eq!(pieces("Привет. Как дела?"), ["Привет.", "Как дела?"]);
}

#[test]
fn lines_and_items_are_sentences() {
    assert_eq!(
        pieces("Buy this:\n- Milk\n- Two eggs\n1. Bread\n2. Butter\n\nThat is all"),
        ["Buy this:", "- Milk", "- Two eggs", "1. Bread", "2. Butter", "That is all"]
    );
    assert_eq!(pieces("This line is\nwrapped. Good."), ["This line is\nwrapped.", "Good."]);
}

#[test]
fn a_clear_end_is_released_without_the_next_word() {
    for clear in
        ["Good morning.", "Is it?", "Yes!", "你好。", "नमस्ते।", "Here it is.", "(So there.)."]
    {
        // One character more, and it is certain that no word goes on: `morning.com`.
        assert_eq!(released(&format!("{clear} ")).trim_end(), clear);
    }
    for clearer in ["Is it?", "Yes!", "你好。", "नमस्ते।"] {
        assert_eq!(released(clearer), clearer);
    }
}

#[test]
fn a_sentence_that_is_about_to_be_whole_is_not_cut_at_its_clause() {
    let sentence = "If you ask me about it, I would say yes.";
    assert_eq!(released(sentence), "");
    assert_eq!(released(&format!("{sentence} Or")).trim_end(), sentence);
}

#[test]
fn an_unclear_end_waits_for_the_next_word() {
    for unclear in ["It is 3.", "Ask Dr.", "At 5 p.m.", "Well...", "See example.com.", "Mr. J."] {
        assert_eq!(released(unclear), "", "{unclear}");
    }
    assert_eq!(released("He said \"Go now."), "");
}

#[test]
fn the_first_cut_may_be_a_clause_and_later_ones_are_not() {
    let reply = "If you ask me about it,";
    assert_eq!(released(reply), reply);
    assert_eq!(released("Well,"), "");
    assert_eq!(released("The numbers are about 1,"), "");
    let later = cuts(["Good morning. If you ask me about it,", " I would say yes."]);
    assert_eq!(later.len(), 2, "{later:?}");
}

#[test]
fn a_sentence_without_end_is_cut_at_a_clause_or_a_space() {
    let clauses = "one two three four five, six seven eight nine ten; ".repeat(20);
    let spaces = "word ".repeat(300);
    let nothing = "x".repeat(2_000);
    for reply in [&clauses, &spaces, &nothing] {
        let cuts = cuts([reply.as_str()]);
        assert!(cuts.iter().all(|cut| cut.text.chars().count() <= 400), "{cuts:?}");
        assert!(cuts.len() < reply.len() / 60, "{cuts:?}");
    }
    assert!(cuts([clauses.as_str()])[1].text.ends_with([',', ';']));
}

#[test]
fn what_is_no_sentence_is_marked_so() {
    let cuts = cuts(["It is ten. And now we"]);
    assert_eq!(cuts.iter().map(|cut| cut.whole).collect::<Vec<_>>(), [true, false]);
}

/// Any text, cut into any pieces.
fn streamed() -> impl Strategy<Value = Vec<String>> {
    let speech =
        "([A-Za-z]{1,9}|[0-9]{1,3}|Dr|e\\.g|a\\.m|[.,!?…:;\"'()*_`\\n -]|。|।|؟|é|🙂|ــ){0,60}";
    let text = prop_oneof![any::<String>(), speech.prop_map(String::from)];
    (text, proptest::collection::vec(any::<prop::sample::Index>(), 0..12)).prop_map(split)
}

fn split((text, places): (String, Vec<prop::sample::Index>)) -> Vec<String> {
    let mut places: Vec<usize> = places
        .iter()
        .map(|place| text.floor_char_boundary(place.index(text.len() + 1)))
        .chain([0, text.len()])
        .collect();
    places.sort_unstable();
    places.windows(2).map(|ends| text[ends[0]..ends[1]].to_owned()).collect()
}

/// Plain prose with a space or a line break after each sentence, cut into any pieces.
fn prose() -> impl Strategy<Value = (String, Vec<String>)> {
    let sentence = prop_oneof![
        Just("Good morning."),
        Just("Is it ten?"),
        Just("Dr. Smith, of St. Ives, came at 5 p.m. Monday."),
        Just("He paid $3.50 for No. 7, e.g. for the U.S. Army!"),
        Just("It was 1999."),
        Just("So do I."),
        Just("नमस्ते, आप कैसे हैं।"),
        Just(
            "Well... this one, as you can hear, goes on; it has clauses, and words, and more words, \
            and it does not stop where another would have stopped, since somebody wanted to see \
            what becomes of a sentence that is longer than anyone would care to listen to, or to \
            read aloud, without a pause for breath."
        ),
    ];
    let text = proptest::collection::vec((sentence, prop_oneof![Just(" "), Just("\n")]), 1..8)
        .prop_map(|parts| parts.concat_parts());
    (text, proptest::collection::vec(any::<prop::sample::Index>(), 0..40))
        .prop_map(|(text, places)| (text.clone(), split((text, places))))
}

trait ConcatParts {
    fn concat_parts(self) -> String;
}

impl ConcatParts for Vec<(&str, &str)> {
    fn concat_parts(self) -> String {
        self.into_iter().flat_map(|(sentence, space)| [sentence, space]).collect()
    }
}

/// Where a reply is cut, apart from the early clause.
fn ends(cuts: &[Cut]) -> Vec<usize> {
    let early = usize::from(cuts.len() > 1 && !cuts[0].whole && cuts[0].text.len() < 200);
    cuts.iter().skip(early).map(|cut| cut.span.end).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_lost_or_reordered(deltas in streamed()) {
        let cuts = cuts(deltas.iter().map(String::as_str));
        let reply = deltas.concat();
        let mut at = 0;
        for cut in &cuts {
            prop_assert_eq!(cut.span.start, at);
            prop_assert_eq!(&reply[cut.span.clone()], cut.text.as_str());
            prop_assert!(!cut.text.is_empty());
            at = cut.span.end;
        }
        prop_assert_eq!(at, reply.len());
    }

    #[test]
    fn prose_is_cut_in_the_same_places_however_it_arrives((whole, deltas) in prose()) {
        let at_once = cuts([whole.as_str()]);
        let in_pieces = cuts(deltas.iter().map(String::as_str));
        prop_assert_eq!(ends(&at_once), ends(&in_pieces), "{:?}\n{:?}", at_once, in_pieces);
    }

    #[test]
    fn no_piece_is_longer_than_one_can_listen_to(deltas in streamed()) {
        for cut in cuts(deltas.iter().map(String::as_str)) {
            prop_assert!(cut.text.chars().count() <= 500);
        }
    }
}
