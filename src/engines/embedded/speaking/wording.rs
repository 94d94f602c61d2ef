//! What flite can read: plain ASCII in portions of a bearable length.

use deunicode::deunicode_with_tofu;

/// Letters of one token. flite takes ten seconds over one of 5,000.
const LONGEST_TOKEN: usize = 60;
/// Letters spoken in one call: a long sentence. More would let the first sound wait.
const LONGEST_PORTION: usize = 300;

/// The text in portions that flite can read, one a call. None if there is nothing to read.
pub(super) fn portions(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut portions = Vec::new();
    let mut portion = String::new();
    for token in plain.split_whitespace().flat_map(broken) {
        let full = portion.len() + token.len() >= LONGEST_PORTION;
        let pausing =
            portion.len() * 2 > LONGEST_PORTION && portion.ends_with(['.', '!', '?', ';']);
        if full || pausing {
            portions.push(std::mem::take(&mut portion));
        }
        if !portion.is_empty() {
            portion.push(' ');
        }
        portion.push_str(token);
    }
    portions.push(portion);
    portions.retain(|portion| portion.bytes().any(|letter| letter.is_ascii_alphanumeric()));
    portions
}

/// Whether an English voice has words for this text. Spelt in English, another script is noise,
/// but a name or two of it may stand among others.
pub(super) fn is_sayable(text: &str) -> bool {
    let letters = || text.chars().filter(|letter| letter.is_alphabetic());
    let latin = letters().filter(|letter| is_latin(*letter)).count();
    latin * 2 >= letters().count() && !portions(text).is_empty()
}

/// Latin letters, with all that is put on them, narrow or wide.
fn is_latin(letter: char) -> bool {
    matches!(letter as u32, 0..0x250 | 0x1E00..0x1F00 | 0xFF21..0xFF5B)
}

/// The text in ASCII, as an English reader would spell it; without pictures and control codes.
fn plain(text: &str) -> String {
    let readable: String =
        text.chars().map(|letter| if is_picture(letter) { ' ' } else { letter }).collect();
    let ascii = deunicode_with_tofu(&readable, " ");
    ascii.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Emoji, dingbats and what joins them: nobody says them aloud.
fn is_picture(letter: char) -> bool {
    matches!(
        letter,
        '\u{200D}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{2500}'..='\u{27BF}'
            | '\u{2B00}'..='\u{2BFF}' | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{1F000}'..='\u{1FBFF}' | '\u{E0000}'..='\u{E01FF}'
    )
}

/// The token in pieces that are not too long. It is ASCII, so any cut is between letters.
fn broken(token: &str) -> impl Iterator<Item = &str> {
    (0..token.len())
        .step_by(LONGEST_TOKEN)
        .filter_map(move |start| token.get(start..token.len().min(start + LONGEST_TOKEN)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_english_is_left_alone() {
        assert_eq!(portions("It's 5:30, isn't it?"), ["It's 5:30, isn't it?"]);
    }

    #[test]
    fn other_letters_are_spelt_in_english() {
        assert_eq!(portions("Café Zürich – “déjà vu”"), ["Cafe Zurich - \"deja vu\""]);
        assert_eq!(portions("नमस्ते").len(), 1);
    }

    #[test]
    fn an_english_voice_says_english_letters_and_numbers() {
        for text in ["Hello.", "10:30", "Café Zürich", "Việt Nam", "Say 你好 to Anna", "$5"] {
            assert!(is_sayable(text), "{text}");
        }
        for text in ["你好", "नमस्ते", "Привет, Anna", "مرحبا", "日本語", "\u{14020}", "…", ""]
        {
            assert!(!is_sayable(text), "{text}");
        }
    }

    #[test]
    fn pictures_and_control_codes_are_not_read() {
        assert_eq!(portions("Hi 👩‍🚀\0there\u{7} ✅"), ["Hi there"]);
        assert!(portions("🎉🎉").is_empty());
        assert!(portions(" … -- ").is_empty());
    }

    #[test]
    fn a_token_without_end_is_broken() {
        let portions = portions(&"x".repeat(5_000));

        assert!(portions.len() > 10);
        assert!(portions.iter().flat_map(|one| one.split(' ')).all(|token| token.len() <= 60));
    }

    #[test]
    fn a_long_line_is_cut_where_it_pauses() {
        let line = format!("{}. {}", "one two ".repeat(25).trim(), "three four ".repeat(20));

        assert!(portions(&line)[0].ends_with("two."));
    }

    proptest! {
        #[test]
        fn portions_are_always_short_plain_ascii(text in "\\PC{0,400}|[\\x00-\\x7f]{0,800}") {
            for portion in portions(&text) {
                prop_assert!(portion.len() <= LONGEST_PORTION);
                prop_assert!(portion.bytes().all(|letter| (32..127).contains(&letter)));
            }
        }
    }
}
