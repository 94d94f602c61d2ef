//! Sound in every container, as real tools write it; speech out in every format, as they read it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bad_input;
mod decoding;
mod encoding;
mod fuzzing;
mod hearing;
mod judges;
mod splicing;
mod workshop;
