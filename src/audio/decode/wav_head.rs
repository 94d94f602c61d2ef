//! The head of a WAV file, checked and mended before symphonia reads it.

use std::borrow::Cow;

use bytes::Bytes;

use crate::audio::decode::source::Source;

/// More than any microphone has; a header may claim 65,535.
pub(crate) const MOST_CHANNELS: u16 = 32;
/// Writers that stream put a length near 2 or 4 GiB.
const GUESSED: usize = 0x7fff_0000;
const UNKNOWN: [u8; 4] = u32::MAX.to_le_bytes();
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
/// A name and a length.
const CHUNK_HEAD: usize = 8;
/// How long a format is that has no room to be extended.
const PLAIN_FORMAT: usize = 16;

/// The clip with a head that symphonia understands, or what is wrong with it.
///
/// A writer that streams cannot know sizes and leaves 0 or a guess; a 64-bit writer (RF64) keeps
/// them elsewhere. Both mean "to the end", which is what they are changed to. Only how the sound is
/// coded is kept: symphonia would hold every note (a `LIST` chunk) at many times its size.
pub(crate) fn mended(bytes: Bytes) -> Result<Source, String> {
    let format = chunk(&bytes, b"fmt ").ok_or("it does not say how its sound is coded")?;
    check(&bytes[format.body..])?;
    let data = chunk(&bytes, b"data").ok_or("it was cut off before its sound")?;
    if data.body < format.body {
        return Err("its sound is not where it belongs".to_owned());
    }
    let coding = bytes.get(format.body - CHUNK_HEAD..format.end()).ok_or("it was cut off")?;
    let mut head = [&b"RIFF"[..], &UNKNOWN, b"WAVE", &extended(coding)].concat();
    head.extend_from_slice(&bytes[data.body - CHUNK_HEAD..data.body]);
    let left = bytes.len() - data.body;
    if left == 0 {
        return Err("there is no sound in it".to_owned());
    }
    if data.length == 0 || data.length > left {
        let length = head.len() - UNKNOWN.len();
        head[length..].copy_from_slice(&UNKNOWN);
    }
    Ok(Source::with_head(head, bytes.slice(data.body..)))
}

/// The chunk of the format; of A-law and µ-law, as symphonia 0.6.1 wants it: with an empty
/// extension, which many writers leave out.
fn extended(coding: &[u8]) -> Cow<'_, [u8]> {
    let format = u16::from_le_bytes([coding[CHUNK_HEAD], coding[CHUNK_HEAD + 1]]);
    if coding.len() != CHUNK_HEAD + PLAIN_FORMAT || ![A_LAW, MU_LAW].contains(&format) {
        return Cow::Borrowed(coding);
    }
    let mut coding = [coding, &[0, 0]].concat();
    coding[4] += 2; // the lowest byte of the length
    Cow::Owned(coding)
}

/// How long the sound is, as the head has it; none if its writer did not know.
pub(crate) fn declared_seconds(bytes: &[u8]) -> Option<f64> {
    let data = chunk(bytes, b"data")?;
    let format = bytes.get(chunk(bytes, b"fmt ")?.body..)?;
    let per_second = u32::from_le_bytes(format.get(8..12)?.try_into().ok()?);
    let known = data.length > 0 && data.length < GUESSED && per_second > 0;
    known.then(|| data.length as f64 / f64::from(per_second))
}

fn check(format: &[u8]) -> Result<(), String> {
    let channels = u16::from_le_bytes([format[2], format[3]]);
    if channels == 0 || channels > MOST_CHANNELS {
        return Err(format!("it claims to have {channels} channels"));
    }
    let bits = u16::from_le_bytes([format[14], format[15]]);
    if bits > 64 {
        return Err(format!("it claims to have {bits} bits a sample"));
    }
    Ok(())
}

struct Chunk {
    /// Where its content begins.
    body: usize,
    /// How long it claims to be.
    length: usize,
}

impl Chunk {
    /// Where the next one begins: at an even place.
    fn end(&self) -> usize {
        self.body.saturating_add(self.length).saturating_add(self.length % 2)
    }
}

/// The first chunk of a name, behind chunks that are whole. The format has at least its plain part.
fn chunk(bytes: &[u8], wanted: &[u8; 4]) -> Option<Chunk> {
    let mut at: usize = 12;
    loop {
        let head = bytes.get(at..at.checked_add(CHUNK_HEAD)?)?;
        let length = u32::from_le_bytes(head[4..].try_into().ok()?) as usize;
        let body = at + CHUNK_HEAD;
        if head.starts_with(wanted) {
            let whole =
                wanted == b"data" || (length >= PLAIN_FORMAT && bytes.len() - body >= PLAIN_FORMAT);
            return whole.then_some(Chunk { body, length });
        }
        at = Chunk { body, length }.end();
    }
}
