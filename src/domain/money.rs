//! Money, in millionths of a US dollar.

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// An amount in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(pub i64);

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

/// What an engine asks for its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// It runs on this computer.
    Free,
    /// Nobody has said; such work costs an unknown amount, never nothing.
    Unknown,
    /// For a minute of sound.
    PerMinute(Usd),
    /// For a million characters spoken.
    PerMillionCharacters(Usd),
    /// For a million tokens read, and a million written.
    PerMillionTokens {
        /// Read.
        input: Usd,
        /// Written.
        output: Usd,
    },
}
