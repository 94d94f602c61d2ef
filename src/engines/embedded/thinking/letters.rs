//! How a word probably sounds, from its letters alone.

use crate::engines::embedded::thinking::phones::Phone;

/// Letters and what they sound like, the longest first. A trailing `$` holds at the word's end only.
const SOUNDS: &[(&str, &str)] = &[
    ("tion", "SH AH N"),
    ("ight", "AY T"),
    ("ough", "AO"),
    ("eigh", "EY"),
    ("tch", "CH"),
    ("sch", "S K"),
    ("igh", "AY"),
    ("ear", "IH R"),
    ("air", "EH R"),
    ("our", "AO R"),
    ("dge", "JH"),
    ("ing$", "IH NG"),
    ("ies$", "IY Z"),
    ("ai", "EY"),
    ("ar", "AA R"),
    ("au", "AO"),
    ("aw", "AO"),
    ("ay", "EY"),
    ("ch", "CH"),
    ("ck", "K"),
    ("ea", "IY"),
    ("ee", "IY"),
    ("ei", "EY"),
    ("er", "ER"),
    ("ew", "UW"),
    ("ey", "IY"),
    ("ge", "JH AH"),
    ("gh", "G"),
    ("ie", "IY"),
    ("ir", "ER"),
    ("kn", "N"),
    ("le$", "AH L"),
    ("ng", "NG"),
    ("oa", "OW"),
    ("oi", "OY"),
    ("oo", "UW"),
    ("or", "AO R"),
    ("ou", "AW"),
    ("ow", "OW"),
    ("oy", "OY"),
    ("ph", "F"),
    ("qu", "K W"),
    ("sh", "SH"),
    ("th", "TH"),
    ("ts", "T S"),
    ("ue", "UW"),
    ("ur", "ER"),
    ("wh", "W"),
    ("wr", "R"),
    ("ce", "S AH"),
    ("ci", "S IH"),
    ("es$", "Z"),
    ("ed$", "D"),
    ("e$", ""),
    ("o$", "OW"),
    ("y$", "IY"),
    ("a$", "AH"),
    ("i$", "IY"),
    ("a", "AE"),
    ("b", "B"),
    ("c", "K"),
    ("d", "D"),
    ("e", "EH"),
    ("f", "F"),
    ("g", "G"),
    ("h", "HH"),
    ("i", "IH"),
    ("j", "JH"),
    ("k", "K"),
    ("l", "L"),
    ("m", "M"),
    ("n", "N"),
    ("o", "AA"),
    ("p", "P"),
    ("q", "K"),
    ("r", "R"),
    ("s", "S"),
    ("t", "T"),
    ("u", "AH"),
    ("v", "V"),
    ("w", "W"),
    ("x", "K S"),
    ("y", "Y"),
    ("z", "Z"),
];

/// Adds the phones that the word's letters suggest. What is no Latin letter is silent.
pub fn sound(word: &str, phones: &mut Vec<Phone>) {
    let mut rest = word;
    let mut before = None;
    while let Some(letter) = rest.chars().next() {
        let doubled = before == Some(letter) && !"eo".contains(letter);
        let (taken, names) = if doubled { (letter.len_utf8(), "") } else { first_sound(rest) };
        phones.extend(names.split_whitespace().filter_map(Phone::named));
        before = Some(letter);
        rest = &rest[taken..];
    }
}

/// How many bytes the first sound takes, and its phones.
fn first_sound(rest: &str) -> (usize, &'static str) {
    let found = SOUNDS.iter().find(|(letters, _)| match letters.strip_suffix('$') {
        Some(ending) => rest == ending,
        None => rest.starts_with(letters),
    });
    match found {
        Some((letters, names)) => (letters.trim_end_matches('$').len(), names),
        None => (rest.chars().next().map_or(1, char::len_utf8), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_sound_as_they_mostly_do() {
        for (word, names) in [
            ("ship", "SH IH P"),
            ("light", "L AY T"),
            ("better", "B EH T ER"),
            ("table", "T AE B AH L"),
            ("joke", "JH AA K"),
        ] {
            let mut phones = Vec::new();
            sound(word, &mut phones);
            let expected: Vec<_> = names.split(' ').filter_map(Phone::named).collect();
            assert_eq!(phones, expected, "{word}");
        }
    }

    #[test]
    fn any_text_at_all_is_taken() {
        let mut phones = Vec::new();

        sound("日本語 é'’—🙂", &mut phones);

        assert!(phones.is_empty());
    }
}
