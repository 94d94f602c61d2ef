//! What sound is: clips, samples and the formats between them. No I/O, no async.

pub mod clip;
pub mod error;
pub mod format;
pub mod hearing;
pub mod pcm;
