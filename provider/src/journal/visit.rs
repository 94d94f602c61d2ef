//! Follows one request from its first line to its end, however it ends.

use std::sync::Arc;
use std::time::Instant;

use crate::behaviour::Behaviour;
use crate::journal::call::{Asked, Call, Outcome};
use crate::state::State;

/// Notes what becomes of a request. Dropped before its end, the client has left.
#[derive(Debug)]
pub(crate) struct Visit {
    state: Arc<State>,
    /// None if nothing is to be noted.
    number: Option<u64>,
    begun: bool,
    ended: bool,
    tokens: u64,
    price_per_token: u64,
}

impl Visit {
    pub(crate) fn begin(state: &Arc<State>, behaviour: &Behaviour, call: Call) -> Self {
        let limit = behaviour.journal_limit;
        let number = behaviour.journal.then(|| state.journal.open(call, limit));
        let state = Arc::clone(state);
        Self { state, number, begun: false, ended: false, tokens: 0, price_per_token: 0 }
    }

    /// Whether anybody will read what is noted.
    pub(crate) fn is_noted(&self) -> bool {
        self.number.is_some()
    }

    pub(crate) fn complete(&self, at: Instant) {
        self.amend(|call| call.complete = Some(at));
    }

    pub(crate) fn asks(&self, asked: Asked) {
        self.amend(|call| call.asked = Arc::new(asked));
    }

    /// The request was accepted at this price, and each token of the answer will cost that much.
    pub(crate) fn accept(&mut self, price: u64, price_per_token: u64) {
        self.state.charge(price);
        self.price_per_token = price_per_token;
    }

    /// A piece of the answer leaves.
    pub(crate) fn sends(&mut self, tokens: u64) {
        self.tokens += tokens;
        if !self.begun {
            self.begun = true;
            self.amend(|call| call.first_byte = Some(Instant::now()));
        }
    }

    /// It is over. Only the first end counts.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.state.charge(self.tokens * self.price_per_token);
        self.amend(|call| {
            call.outcome = outcome;
            call.ended = Some(Instant::now());
        });
    }

    fn amend(&self, change: impl FnOnce(&mut Call)) {
        if let Some(number) = self.number {
            self.state.journal.amend(number, change);
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.end(Outcome::Aborted);
    }
}
