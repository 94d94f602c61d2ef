//! What each model costs, by name, with the day on which that was true.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::domain::money::{Price, Usd};

/// What is known of OpenAI's own prices.
const BUILT_IN: &str = include_str!("../../assets/prices.toml");

/// What each model costs. The built-in prices are OpenAI's and hold there alone; those of a file
/// hold wherever its models are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    version: String,
    at_openai: BTreeMap<String, Price>,
    anywhere: BTreeMap<String, Price>,
}

/// A file of prices is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PricesError {
    /// It is not such a file at all.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A model has no price, or several.
    #[error(
        "`{0}` needs exactly one of free = true, per_minute, per_million_characters, or \
         per_million_input_tokens with per_million_output_tokens"
    )]
    NotOnePrice(String),
    /// A price is no amount of money.
    #[error("`{0}` has a price that is no amount in US dollars from 0 to 1000000")]
    NotMoney(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    #[serde(default)]
    models: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    free: bool,
    per_minute: Option<f64>,
    per_million_characters: Option<f64>,
    per_million_input_tokens: Option<f64>,
    per_million_output_tokens: Option<f64>,
}

impl Default for Prices {
    /// The built-in prices.
    fn default() -> Self {
        let file = parsed(BUILT_IN).ok();
        let (version, at_openai) = file.unwrap_or_default();
        let version = version.unwrap_or_else(|| "none".to_owned());
        Self { version, at_openai, anywhere: BTreeMap::new() }
    }
}

impl Prices {
    /// The prices of a file, beside those built in, which they overrule.
    pub fn parse(text: &str) -> Result<Self, PricesError> {
        let built_in = Self::default();
        let (version, anywhere) = parsed(text)?;
        let version = match version {
            Some(own) => format!("{own}, beside {}", built_in.version),
            None => format!("own, beside {}", built_in.version),
        };
        Ok(Self { version, anywhere, ..built_in })
    }

    /// What the model costs, at OpenAI or elsewhere; unknown is not free.
    pub fn of(&self, model: &str, at_openai: bool) -> Price {
        let known = self.anywhere.get(model);
        let known = known.or_else(|| self.at_openai.get(model).filter(|_| at_openai));
        known.copied().unwrap_or(Price::Unknown)
    }

    /// Which prices these are.
    pub fn version(&self) -> &str {
        &self.version
    }
}

type Parsed = (Option<String>, BTreeMap<String, Price>);

fn parsed(text: &str) -> Result<Parsed, PricesError> {
    let file: File =
        toml::from_str(text).map_err(|error| PricesError::Unreadable(error.to_string()))?;
    let priced = |(model, entry): (String, Entry)| {
        let price = entry.price(&model)?;
        Ok((model, price))
    };
    Ok((file.version, file.models.into_iter().map(priced).collect::<Result<_, _>>()?))
}

impl Entry {
    fn price(&self, model: &str) -> Result<Price, PricesError> {
        let tokens = (self.per_million_input_tokens, self.per_million_output_tokens);
        let dollars = |amount: f64| {
            let sane = (0.0..=1e6).contains(&amount);
            sane.then(|| Usd((amount * 1e6).round() as i64))
                .ok_or_else(|| PricesError::NotMoney(model.to_owned()))
        };
        match (self.free, self.per_minute, self.per_million_characters, tokens) {
            (true, None, None, (None, None)) => Ok(Price::Free),
            (false, Some(minute), None, (None, None)) => Ok(Price::PerMinute(dollars(minute)?)),
            (false, None, Some(characters), (None, None)) => {
                Ok(Price::PerMillionCharacters(dollars(characters)?))
            }
            (false, None, None, (Some(input), Some(output))) => {
                let (input, output) = (dollars(input)?, dollars(output)?);
                Ok(Price::PerMillionTokens { input, output })
            }
            _ => Err(PricesError::NotOnePrice(model.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_prices_hold_at_openai_alone() {
        let prices = Prices::default();

        assert_eq!(prices.version(), "2026-11-20");
        assert_eq!(prices.of("gpt-transcribe", true), Price::PerMinute(Usd(4_500)));
        assert_eq!(prices.of("gpt-transcribe", false), Price::Unknown);
        let luna = Price::PerMillionTokens { input: Usd(100_000), output: Usd(500_000) };
        assert_eq!(prices.of("gpt-6-luna", true), luna);
        assert_eq!(prices.of("tts-1", true), Price::PerMillionCharacters(Usd(15_000_000)));
        assert_eq!(prices.of("nobody-knows", true), Price::Unknown);
    }

    #[test]
    fn the_prices_of_a_file_hold_anywhere_and_overrule() {
        let prices = Prices::parse(
            "version = 'mine'\n[models.kokoro]\nfree = true\n[models.tts-1]\nper_minute = 0.5",
        )
        .unwrap();

        assert_eq!(prices.of("kokoro", false), Price::Free);
        assert_eq!(prices.of("tts-1", true), Price::PerMinute(Usd(500_000)));
        assert_eq!(prices.of("whisper-1", true), Price::PerMinute(Usd(6_000)));
        assert!(prices.version().contains("mine") && prices.version().contains("2026-11-20"));
    }

    #[test]
    fn a_file_that_is_wrong_is_told_so_by_model() {
        let error = |text: &str| Prices::parse(text).unwrap_err().to_string();

        assert!(error("[models.x]").contains("`x` needs exactly one"));
        assert!(error("[models.x]\nfree = true\nper_minute = 1").contains("`x`"));
        assert!(error("[models.x]\nper_million_input_tokens = 1").contains("`x`"));
        assert!(error("[models.x]\nper_minute = -1").contains("no amount"));
        assert!(error("[models.x]\nper_minute = nan").contains("no amount"));
        assert!(error("[models.x]\nper_hour = 1").contains("per_hour"));
    }
}
