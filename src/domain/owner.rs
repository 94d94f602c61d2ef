//! Who a conversation belongs to.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::api_key::KeyId;

const ANYONE: &str = "anyone";
const VISITOR: &str = "visitor:";
const KEY: &str = "key:";

/// The name under which conversations are kept; on one's own computer, simply `local`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(pub String);

impl Owner {
    /// The person at this computer.
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// Nobody in particular: a conversation of theirs belongs to whoever holds its id.
    pub fn anyone() -> Self {
        Self(ANYONE.to_owned())
    }

    /// A browser that holds a cookie with this id.
    pub fn visitor(id: Uuid) -> Self {
        Self(format!("{VISITOR}{id}"))
    }

    /// Whoever holds this API key.
    pub fn key(id: KeyId) -> Self {
        Self(format!("{KEY}{id}"))
    }

    /// Whether it is nobody in particular.
    pub fn is_anyone(&self) -> bool {
        self.0 == ANYONE
    }

    /// Whether it is a browser's visitor.
    pub fn is_visitor(&self) -> bool {
        self.0.starts_with(VISITOR)
    }

    /// Whether it is the holder of an API key.
    pub fn is_key(&self) -> bool {
        self.0.starts_with(KEY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_of_different_kinds_are_never_the_same() {
        let id = Uuid::new_v4();
        let owners = [Owner::local(), Owner::anyone(), Owner::visitor(id), Owner::key(KeyId(id))];
        let kinds = |owner: &Owner| [owner.is_anyone(), owner.is_visitor(), owner.is_key()];

        assert_eq!(kinds(&owners[0]), [false, false, false]);
        assert_eq!(kinds(&owners[1]), [true, false, false]);
        assert_eq!(kinds(&owners[2]), [false, true, false]);
        assert_eq!(kinds(&owners[3]), [false, false, true]);
        assert_ne!(owners[2], owners[3]);
    }
}
