//! Whole turns over scripted engines, and what their text goes through.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../support/scripted.rs"]
mod scripted;

mod crowd;
mod deadlines;
mod hearing;
mod money;
mod overlap;
mod receipt;
mod reply;
mod sentences;
mod speakable;
mod stage;
mod stopping;
