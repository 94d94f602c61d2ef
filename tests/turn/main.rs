//! Whole turns over scripted engines.

#[path = "../support/scripted.rs"]
mod scripted;

mod overlap;
