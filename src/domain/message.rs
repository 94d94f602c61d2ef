//! A message: what one side of a conversation said.

use serde::{Deserialize, Serialize};

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// Repartee.
    Assistant,
}

/// What was said, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// The words.
    pub text: String,
}

impl Message {
    /// Said by the person.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, text: text.into() }
    }

    /// Said by Repartee.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, text: text.into() }
    }

    /// Roughly how many tokens a language model counts for it: four bytes a token, rounded up,
    /// and four for the frame around each message.
    pub fn tokens(&self) -> u32 {
        u32::try_from(self.text.len().div_ceil(4)).unwrap_or(u32::MAX).saturating_add(4)
    }
}
