//! What the engines of a house cost, as far as anybody knows.

use std::fmt;

use crate::domain::money::Price;
use crate::engines::at_servers;
use crate::pipeline::error::Stage;
use crate::settings::{Settings, StageSettings};

/// A model whose price nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpriced {
    /// What it is for.
    pub stage: Stage,
    /// Its name.
    pub model: String,
    /// Where it is.
    pub host: String,
    /// Whether the server is the operator's own; its work is then counted as free.
    pub is_own: bool,
}

impl Unpriced {
    /// What anybody may read of it: where the server is stays with the operator.
    pub fn counted_as_free(&self) -> String {
        let Self { stage, model, .. } = self;
        format!("nobody knows what {model} ({}) costs; it is counted as free", stage.name())
    }
}

impl fmt::Display for Unpriced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {} ({})", self.model, self.host, self.stage.name())
    }
}

/// What a server asks for the work of a stage: what the operator says of the stage, of the model,
/// or what is known of OpenAI's prices.
pub(super) fn price(settings: &Settings, stage: &StageSettings) -> Price {
    let endpoint = &stage.endpoint;
    let known = || settings.engines.prices.of(endpoint.model(), endpoint.is_openai);
    stage.price.unwrap_or_else(known)
}

/// The models on servers whose price nobody knows.
pub fn unpriced(settings: &Settings) -> Vec<Unpriced> {
    let unknown =
        at_servers(settings).filter(|(_, stage)| price(settings, stage) == Price::Unknown);
    let unpriced = unknown.map(|(name, stage)| Unpriced {
        stage: name,
        model: stage.endpoint.model().to_owned(),
        host: stage.endpoint.host(),
        is_own: stage.endpoint.is_own,
    });
    unpriced.collect()
}
