//! Engines, asked as the pipeline asks them.
#![cfg_attr(feature = "embedded", expect(clippy::unwrap_used, reason = "tests"))]

#[cfg(feature = "embedded")]
mod hearing;
#[cfg(feature = "embedded")]
mod packing;
#[cfg(feature = "embedded")]
mod speaking;
#[cfg(feature = "embedded")]
mod thinking;
