//! Engines inside the binary: no key, no network.

mod flite;
pub mod hearing;
pub mod speaking;
pub mod thinking;
