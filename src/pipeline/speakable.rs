//! What must not be read aloud becomes what a person would say.

use crate::domain::language::Language;

/// Makes the pieces of one reply speakable, in order.
#[derive(Debug, Default)]
pub struct Speakable {}

impl Speakable {
    /// For a reply in this language, if it is known.
    pub fn new(_language: Option<&Language>) -> Self {
        Self::default()
    }

    /// What a person would say for the next piece; empty if nothing.
    pub fn speak(&mut self, piece: &str) -> String {
        if piece.chars().any(char::is_alphanumeric) {
            piece.trim().to_owned()
        } else {
            String::new()
        }
    }
}
