//! What is known of the costs of a turn that did not finish.

use crate::domain::money::Price;
use crate::pipeline::Pipeline;

/// Whether everybody who may have worked says what that costs.
pub(super) fn prices_known(engines: &Pipeline) -> bool {
    let prices =
        [engines.hearing().price(), engines.thinking().price(), engines.speaking().price()];
    !prices.contains(&Price::Unknown)
}
