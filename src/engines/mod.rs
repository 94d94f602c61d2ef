//! Doors to the engines that hear, think and speak.

#[cfg(feature = "embedded")]
pub mod embedded;
