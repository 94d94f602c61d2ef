//! Who a conversation belongs to.

use serde::{Deserialize, Serialize};

/// The name under which conversations are kept; on one's own computer, simply `local`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(pub String);

impl Owner {
    /// The person at this computer.
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}
