//! Words of any language in HTTP headers, which can hold only some characters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Proxies give all headers together 4 to 8 KiB.
const LONGEST: usize = 2048;
/// What `encodeURIComponent` leaves as it is stays readable.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A text as it goes into a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderText {
    /// The header's value: printable ASCII.
    pub value: String,
    /// Whether it is percent-encoded UTF-8.
    pub encoded: bool,
    /// Whether the text's end is missing.
    pub truncated: bool,
}

impl HeaderText {
    /// Printable ASCII without `%` goes as it is; everything else is percent-encoded as a whole, so
    /// that `decodeURIComponent` is always right. Line breaks and other controls become spaces.
    pub fn of(text: &str) -> Self {
        let tidy = tidy(text);
        let plain = tidy.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'%');
        if plain {
            let truncated = tidy.len() > LONGEST;
            let value = tidy.get(..LONGEST).unwrap_or(&tidy).trim_end().to_owned();
            return Self { value, encoded: false, truncated };
        }
        let mut value = String::with_capacity(LONGEST);
        for character in tidy.chars() {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            let before = value.len();
            value.extend(percent_encode(bytes, ENCODED));
            if value.len() > LONGEST {
                value.truncate(before);
                return Self { value, encoded: true, truncated: true };
            }
        }
        Self { value, encoded: true, truncated: false }
    }
}

/// The text on one line, without controls. A header's value has no spaces at its ends.
pub fn tidy(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    spaced.trim_matches(' ').to_owned()
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    fn read(header: &HeaderText) -> String {
        percent_decode_str(&header.value).decode_utf8().unwrap().into_owned()
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        let header = HeaderText::of("It's ten o'clock, isn't it?");
        assert_eq!(header.value, "It's ten o'clock, isn't it?");
        assert!(!header.encoded);
    }

    #[test]
    fn a_percent_sign_is_not_mistaken_for_an_encoding() {
        let header = HeaderText::of("100%25 sure");
        assert!(header.encoded);
        assert_eq!(read(&header), "100%25 sure");
    }

    #[test]
    fn line_breaks_become_spaces() {
        assert_eq!(HeaderText::of("One.\r\nX-Evil: yes").value, "One.  X-Evil: yes");
        assert_eq!(HeaderText::of("\n\n").value, "");
    }

    #[test]
    fn ten_thousand_letters_are_cut_between_letters() {
        let header = HeaderText::of(&"नमस्ते 😀 ".repeat(1_000));
        assert!(header.truncated && header.value.len() <= LONGEST);
        assert!("नमस्ते 😀 ".repeat(1_000).starts_with(&read(&header)));
        assert!(HeaderText::of(&"a".repeat(10_000)).truncated);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in any::<String>()) {
            let header = HeaderText::of(&text);
            prop_assert!(header.value.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert!(header.value.len() <= LONGEST);
            let read = read(&header);
            if header.truncated {
                prop_assert!(tidy(&text).starts_with(&read));
            } else {
                prop_assert_eq!(read, tidy(&text));
            }
        }
    }
}
