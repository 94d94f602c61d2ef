//! The sound that a provider makes and the sound that it gets.

pub(crate) mod bank;
pub(crate) mod length;
pub(crate) mod recall;
pub(crate) mod tags;
mod tone;
