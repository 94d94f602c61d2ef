//! Repartee: a voice assistant server. Someone speaks; it listens, thinks and answers aloud.
//!
//! Rooms stand on floors, separated by blank lines below; a room imports only from floors
//! above it in this list. `tests/house.rs` holds the house to that.

pub mod audio;
pub mod domain;
pub mod telemetry;

pub mod pipeline;
pub mod settings;

pub mod engines;
pub mod store;

pub mod conversations;

pub mod routes;

pub mod startup;

pub mod commands;
