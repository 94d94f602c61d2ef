//! Money, in millionths of a US dollar.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

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

impl Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "${:.2}", self.dollars())
    }
}

impl Usd {
    /// The amount in dollars.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// The text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an amount of dollars such as 5 or 0.25")]
pub struct NotAnAmount(String);

impl FromStr for Usd {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.trim().trim_start_matches('$');
        let digits = plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let dollars = plain.parse::<f64>().ok().filter(|dollars| digits && *dollars < 1e9);
        let dollars = dollars.ok_or_else(|| NotAnAmount(text.to_owned()))?;
        Ok(Self((dollars * 1e6).round() as i64))
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

/// The text is not a price.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a price")]
pub struct NotAPrice(String);

impl FromStr for Price {
    type Err = NotAPrice;

    /// `free`, `0.002/min`, `15/Mchar`, or `0.05/0.08` for a million tokens read and written.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAPrice(text.to_owned());
        if text == "free" {
            return Ok(Self::Free);
        }
        let (amount, unit) = text.split_once('/').ok_or_else(wrong)?;
        let amount: Usd = amount.parse().map_err(|_| wrong())?;
        match unit.trim() {
            "min" => Ok(Self::PerMinute(amount)),
            "Mchar" => Ok(Self::PerMillionCharacters(amount)),
            written => {
                let output = written.parse().map_err(|_| wrong())?;
                Ok(Self::PerMillionTokens { input: amount, output })
            }
        }
    }
}

/// Work that is paid for, as far as it was counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Work {
    /// Seconds of sound.
    pub seconds: Option<f64>,
    /// Characters spoken.
    pub characters: Option<u64>,
    /// Tokens read, and written.
    pub tokens: Option<(u64, u64)>,
}

impl Price {
    /// What the work costs; none where the price is unknown, or asks for what was not counted.
    /// Rounded up: work that has a price never looks free.
    pub fn cost(self, work: Work) -> Option<Usd> {
        match self {
            Self::Free => Some(Usd::default()),
            Self::Unknown => None,
            Self::PerMinute(rate) => {
                Some(Usd((rate.0 as f64 * work.seconds? / 60.0).ceil() as i64))
            }
            Self::PerMillionCharacters(rate) => Some(per_million(rate, work.characters?)),
            Self::PerMillionTokens { input, output } => {
                let (read, written) = work.tokens?;
                Some(per_million(input, read) + per_million(output, written))
            }
        }
    }
}

fn per_million(rate: Usd, count: u64) -> Usd {
    let millionths = i128::from(rate.0) * i128::from(count);
    let rounded_up = millionths.saturating_add(999_999) / 1_000_000;
    Usd(i64::try_from(rounded_up).unwrap_or(i64::MAX))
}
