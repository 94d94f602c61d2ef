//! Memory, asked from outside: the store on both databases, and conversations on top of it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod database;
mod migrations;
mod store;
