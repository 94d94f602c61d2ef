//! What sound is: clips, samples and the formats between them. No I/O, no async.

pub mod clip;
pub mod decode;
pub mod error;
pub mod format;
pub mod hearing;
pub mod mp3;
pub mod mulaw;
pub mod ogg;
pub mod opus_encoder;
pub mod pcm;
pub mod resample;
mod sniff;
pub mod tape;
pub mod unison;
pub mod wav;
