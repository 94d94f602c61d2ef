//! Tests of sound: clips in, speech out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod encoding;
mod judges;
mod splicing;
