//! Engines inside the binary: no key, no network.

pub mod hearing;
pub mod speaking;
pub mod thinking;
