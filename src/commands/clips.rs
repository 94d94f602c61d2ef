//! Reading clips from files and standard input.

use std::fs::File;
use std::io::{self, Read};

use crate::audio::clip::Clip;
use crate::audio::error::AudioError;
use crate::commands::failure::Failure;

/// Reads a clip from a file, or from standard input if the name is `-`; never more than the
/// limit and one byte.
pub fn read(name: &str, limit: u64) -> Result<Clip, Failure> {
    let bytes = match name {
        "-" => bounded(io::stdin().lock(), limit),
        path => File::open(path).and_then(|file| bounded(file, limit)),
    };
    let bytes = bytes.map_err(|error| Failure::input(format!("{name}: {error}")))?;
    if bytes.len() as u64 > limit {
        let too_large = AudioError::TooManyBytes { bytes: bytes.len() as u64, limit };
        return Err(Failure::from(too_large).about(name));
    }
    Clip::new(bytes).map_err(|error| Failure::from(error).about(name))
}

fn bounded(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
