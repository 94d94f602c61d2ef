//! Capital letters.

/// The text with a capital at its start.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_becomes_a_capital() {
        for (text, capital) in
            [("", ""), ("two words", "Two words"), ("élan", "Élan"), ("ßen", "SSen"), ("12", "12")]
        {
            assert_eq!(capitalised(text), capital);
        }
    }
}
