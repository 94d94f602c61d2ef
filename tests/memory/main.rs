//! Memory, asked from outside: the store on both databases, and conversations on top of it.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../support/scripted.rs"]
mod scripted;

mod bucket;
mod conversations;
mod database;
mod disk;
mod interruptions;
mod kill;
mod migrations;
mod pages;
mod recordings;
mod spending;
mod store;
mod talkative;
