//! What engines ask for their work, as the operator says it.

use std::fs;

use crate::domain::money::Price;
use crate::domain::prices::Prices;
use crate::settings::source::Source;

/// How the price of a stage is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// For a minute of sound, or for tokens.
    Heard,
    /// For tokens read, and written.
    Thought,
    /// For characters, or for a minute of sound.
    Spoken,
}

impl Form {
    fn allows(self, price: Price) -> bool {
        let own = match self {
            Self::Heard => matches!(price, Price::PerMinute(_) | Price::PerMillionTokens { .. }),
            Self::Thought => matches!(price, Price::PerMillionTokens { .. }),
            Self::Spoken => matches!(price, Price::PerMinute(_) | Price::PerMillionCharacters(_)),
        };
        own || price == Price::Free
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Heard => {
                "dollars for a minute such as 0.002/min, or for a million tokens read and a \
                 million written such as 1.25/5"
            }
            Self::Thought => {
                "dollars for a million tokens read and a million written such as 0.05/0.08"
            }
            Self::Spoken => {
                "dollars for a million characters such as 15/Mchar, or for a minute such as \
                 0.015/min"
            }
        }
    }
}

/// What a stage costs, where that is said.
pub(super) fn of_stage(source: &mut Source<'_>, name: &str, form: Form) -> Option<Price> {
    let text = source.text(name)?;
    let price = text.parse().ok().filter(|price| form.allows(*price));
    if price.is_none() {
        source.mistake(name, format!("`{text}` is no price; write `free`, or {}", form.in_words()));
    }
    price
}

/// The file of prices, beside those built in.
pub(super) fn of_models(source: &mut Source<'_>) -> Prices {
    let Some(path) = source.text("PRICES") else { return Prices::default() };
    let read = fs::read_to_string(&path).map_err(|error| error.to_string());
    match read.and_then(|text| Prices::parse(&text).map_err(|error| error.to_string())) {
        Ok(prices) => prices,
        Err(error) => {
            source.mistake("PRICES", format!("{path}: {error}"));
            Prices::default()
        }
    }
}
