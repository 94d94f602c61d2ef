//! The doors, asked from outside: the program on its command line, the server over HTTP.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

#[cfg(feature = "embedded")]
mod bad_input;
#[cfg(feature = "embedded")]
mod command_line;
#[cfg(feature = "embedded")]
mod crowd;
mod init;
mod program;
#[cfg(feature = "embedded")]
mod server;
mod settings;
