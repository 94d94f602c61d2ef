//! What people say in the first minutes, by what they mean by it.

mod beyond;
mod own;
mod play;
mod talk;

use crate::engines::embedded::thinking::intents::Intent;

/// An intent with what one says of it when in doubt, and the ways people put it.
pub struct Entry {
    /// What they mean.
    pub intent: Intent,
    /// Said before the answer when it is likely, not certain.
    pub doubt: &'static str,
    /// Ways to put it, between bars.
    pub phrases: &'static str,
}

impl Entry {
    /// The ways to put it, one by one.
    pub fn ways(&self) -> impl Iterator<Item = &'static str> {
        self.phrases.split('|').map(str::trim)
    }
}

const fn entry(intent: Intent, doubt: &'static str, phrases: &'static str) -> Entry {
    Entry { intent, doubt, phrases }
}

/// Everything built in.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [talk::TALK, own::OWN, play::PLAY, beyond::BEYOND].into_iter().flatten()
}
