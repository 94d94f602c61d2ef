//! Plays an OpenAI-compatible server, for tests, benches and a demo.
//!
//! A [`Provider`] listens on a port of its own. What it says and how long it takes is a
//! [`Behaviour`], what goes wrong is a [`Fault`], and what it was asked stands in its journal.

mod behaviour;
mod fault;
mod journal;
mod provider;
mod reply;
mod server;
mod sound;
mod stages;
mod state;

pub use behaviour::{Behaviour, Model, Prices};
pub use fault::{At, Fault, Kind, Stage};
pub use journal::call::{Asked, Call, Chat, Outcome, Speech, Upload};
pub use provider::Provider;
pub use reply::{Reply, ToolCall};
