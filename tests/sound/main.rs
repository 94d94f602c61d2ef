//! Tests of sound: clips in, speech out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bad_input;
mod bombs;
mod decoding;
mod encoding;
mod fuzzing;
mod hearing;
mod judges;
mod memory;
mod splicing;
mod workshop;
