//! What is known of the costs of a turn that did not finish.

use crate::domain::money::Price;
use crate::pipeline::Pipeline;
use crate::pipeline::error::{EngineError, TurnError};

/// Whether everybody who may have worked says what that costs.
pub(super) fn prices_known(engines: &Pipeline) -> bool {
    let prices =
        [engines.hearing().price(), engines.thinking().price(), engines.speaking().price()];
    !prices.contains(&Price::Unknown)
}

/// Whether the turn failed before anything was paid for.
pub(super) fn was_free(error: &TurnError) -> bool {
    match error {
        TurnError::Audio(_)
        | TurnError::NoSpeech(_)
        | TurnError::TooShort(_)
        | TurnError::Budget(_) => true,
        TurnError::Engine { source, .. } => matches!(
            source,
            EngineError::Audio(_)
                | EngineError::TooLong { .. }
                | EngineError::Loading
                | EngineError::Busy
                | EngineError::Unavailable(_)
                | EngineError::Limited { .. }
                | EngineError::Down { .. }
                | EngineError::Gone(_)
                | EngineError::Quota
        ),
        TurnError::Timeout { .. } => false,
    }
}
