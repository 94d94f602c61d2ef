//! What is going to change by itself: models that retire.

use std::sync::{Arc, PoisonError, RwLock};

/// What the operator should know about the days to come. Cloning it shares it.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    warnings: Arc<RwLock<Vec<String>>>,
}

impl Outlook {
    /// What is known now, in place of what was known before.
    pub fn set(&self, warnings: Vec<String>) {
        *self.warnings.write().unwrap_or_else(PoisonError::into_inner) = warnings;
    }

    /// A sentence each.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
