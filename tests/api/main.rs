//! The doors, asked from outside: the program on its command line, the server over HTTP.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod bad_input;
mod command_line;
mod crowd;
mod init;
mod program;
mod server;
mod settings;
