//! Whole turns over scripted engines, and what their text goes through.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../support/scripted.rs"]
mod scripted;

mod overlap;
mod sentences;
mod speakable;
