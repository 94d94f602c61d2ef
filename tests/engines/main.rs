//! Engines, asked as the pipeline asks them.
#![expect(clippy::unwrap_used, reason = "tests")]

#[cfg(feature = "embedded")]
mod conversations;
#[cfg(feature = "embedded")]
mod hearing;
mod openai;
#[cfg(feature = "embedded")]
mod packing;
#[cfg(feature = "embedded")]
mod speaking;
#[cfg(feature = "embedded")]
mod thinking;
