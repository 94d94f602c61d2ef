//! What stands before the sound in a file.

use bytes::{BufMut, Bytes, BytesMut};

use crate::sound::bank::{self, FRAME_SAMPLES, MP3_FRAME_BYTES, RATE_HZ};

const SIDE_BYTES: usize = 9;
const ENCODER: &[u8] = b"Lavf61.7.100";
/// What an encoder puts before the first sample.
const DELAY: u32 = 576;

/// An ID3 tag and an Info frame for so many frames of MP3.
pub(crate) fn mp3(frames: usize) -> Bytes {
    let mut head = BytesMut::with_capacity(64 + MP3_FRAME_BYTES);
    let text_bytes = ENCODER.len() as u32 + 2;
    head.put_slice(b"ID3\x04\x00\x00");
    // Lengths in these tags have seven bits to a byte; this one needs no more than one.
    head.put_u32(text_bytes + 10);
    head.put_slice(b"TSSE");
    head.put_u32(text_bytes);
    head.put_slice(b"\x00\x00\x03");
    head.put_slice(ENCODER);
    head.put_u8(0);
    put_info(&mut head, frames);
    head.freeze()
}

fn put_info(head: &mut BytesMut, frames: usize) {
    let end = head.len() + MP3_FRAME_BYTES;
    head.put_slice(&bank::header().to_bytes());
    head.put_bytes(0, SIDE_BYTES);
    head.put_slice(b"Info");
    head.put_u32(3); // the two numbers follow, nothing else
    head.put_u32(frames as u32);
    head.put_u32((frames * MP3_FRAME_BYTES) as u32);
    head.put_slice(b"Lavc61.19");
    head.put_bytes(0, 12);
    head.put_slice(&(DELAY << 12).to_be_bytes()[1..]);
    head.put_bytes(0, end.saturating_sub(head.len()));
}

/// The head of a WAV file with so many frames of plain samples.
pub(crate) fn wav(frames: usize) -> Bytes {
    let bytes = (frames * FRAME_SAMPLES * 2) as u32;
    let mut head = BytesMut::with_capacity(44);
    head.put_slice(b"RIFF");
    head.put_u32_le(bytes + 36);
    head.put_slice(b"WAVEfmt ");
    head.put_u32_le(16);
    head.put_u16_le(1);
    head.put_u16_le(1);
    head.put_u32_le(RATE_HZ);
    head.put_u32_le(RATE_HZ * 2);
    head.put_u16_le(2);
    head.put_u16_le(16);
    head.put_slice(b"data");
    head.put_u32_le(bytes);
    head.freeze()
}
