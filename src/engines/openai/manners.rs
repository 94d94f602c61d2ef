//! What a server was found not to take, so that it is not offered again.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engines::openai::server::Trouble;

/// What a server was found not to take.
#[derive(Default)]
pub(super) struct Manners(Mutex<BTreeSet<&'static str>>);

impl Manners {
    /// Whether it takes this, as far as is known.
    pub(super) fn takes(&self, parameter: &str) -> bool {
        !self.locked().contains(parameter)
    }

    /// Learns from what it complained of. Of those it was `offered`, the first that the complaint
    /// is about is not offered again. Whether there was anything to learn.
    pub(super) fn learn(&self, trouble: &Trouble, offered: &[&'static str]) -> bool {
        let odd = offered.iter().copied().find(|parameter| trouble.is_about(parameter));
        let Some(odd) = odd else { return false };
        if self.locked().insert(odd) {
            tracing::info!(parameter = odd, "the server does not take a parameter; it is left out");
        }
        true
    }

    fn locked(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
