//! What a server was found not to take, so that it is not offered again.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engines::openai::server::Trouble;

/// Parameters whose value is the operator's: what is said of it holds for every request.
const FIXED: [&str; 2] = ["reasoning_effort", "stream_options"];

/// What a server was found not to take.
#[derive(Default)]
pub(super) struct Manners(Mutex<BTreeSet<&'static str>>);

/// What one request may offer: what the server takes, but for what was refused of this request.
pub(super) struct Offer<'manners> {
    manners: &'manners Manners,
    refused: Vec<&'static str>,
}

impl Manners {
    /// For one request, however often it is sent.
    pub(super) fn offer(&self) -> Offer<'_> {
        Offer { manners: self, refused: Vec::new() }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Offer<'_> {
    /// Whether the server takes this, as far as is known.
    pub(super) fn takes(&self, parameter: &str) -> bool {
        !self.refused.contains(&parameter) && !self.manners.locked().contains(parameter)
    }

    /// Learns from what the server complained of. Of the parameters that were `sent`, the first that
    /// the complaint is about is not offered again: never, if the server does not take it at all,
    /// else not in this request, whose value may be one caller's. Whether there was anything to
    /// learn.
    pub(super) fn learn(&mut self, trouble: &Trouble, sent: &[&'static str]) -> bool {
        let odd = sent.iter().copied().find(|parameter| trouble.is_about(parameter));
        let Some(odd) = odd else { return false };
        self.refused.push(odd);
        let lasting = trouble.is_lasting() || FIXED.contains(&odd) && trouble.names(odd);
        if lasting && self.manners.locked().insert(odd) {
            tracing::info!(parameter = odd, "the server does not take a parameter; it is left out");
        }
        true
    }
}
