//! The doors, asked from outside: the program on its command line, the server over HTTP.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod backup;
#[cfg(feature = "embedded")]
mod bad_input;
mod bodies;
mod budgets;
mod certificate;
mod clients;
#[cfg(feature = "embedded")]
mod command_line;
mod compatible;
#[cfg(feature = "embedded")]
mod crowd;
mod deploy;
mod docs;
#[cfg(feature = "embedded")]
mod doctor;
mod document;
mod door;
#[cfg(feature = "embedded")]
mod embedded;
mod ending;
#[cfg(feature = "embedded")]
mod endings;
mod event_streams;
mod faults;
mod guarding;
mod header_texts;
mod init;
mod inputs;
mod keys;
mod leaving;
mod listening;
mod many;
mod memory;
mod openapi;
#[cfg(feature = "embedded")]
mod own_server;
mod ownership;
mod pages;
mod prices;
#[cfg_attr(
    not(feature = "embedded"),
    expect(dead_code, reason = "only the engines' tests use it all")
)]
mod program;
mod recipes;
mod refusals;
mod renderings;
mod repeats;
#[cfg(feature = "embedded")]
mod server;
mod settings;
mod starting;
mod strangers;
#[cfg(feature = "embedded")]
mod telemetry;
mod transcripts;
mod visitors;
mod voice;
mod watched;
