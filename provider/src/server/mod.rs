//! The server: connections, and how an answer gets onto one, or doesn't.

pub(crate) mod accept;
mod performance;
mod playback;
mod schedule;
mod serve;
mod spoil;
mod wire;
