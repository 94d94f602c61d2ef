//! Engines, asked as the pipeline asks them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod thinking;
