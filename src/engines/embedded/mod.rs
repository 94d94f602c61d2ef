//! Engines inside the binary: no key, no network.

pub mod dressing;
mod flite;
pub mod hearing;
mod pocketsphinx;
pub mod speaking;
pub mod thinking;
