//! What a clip carries beside its sound, as far as it could fill memory.
//!
//! symphonia 0.6.1 keeps every tag, track and chapter that it meets: what takes 6 bytes of a clip can
//! take hundreds in memory, and 25 MiB of it a gigabyte. What can be left out is not shown to it;
//! where that is impossible, marks are counted wherever they lie, so that no arrangement of them
//! can hide any.

use bytes::Bytes;

use crate::audio::decode::source::Source;

/// Marks that any file may hold.
const MODEST_COUNT: usize = 20_000;
/// In a WebM: attachments, chapters' and tracks' numbers, tags, and the elements that hold those.
/// By chance, 6 of them come in 64 KiB.
const ELEMENTS: [[u8; 2]; 6] =
    [[0x61, 0xa7], [0x73, 0xc4], [0x73, 0xc5], [0x67, 0xc8], [0x73, 0x73], [0x54, 0xc3]];
/// Bytes of a WebM for each of those elements.
const BYTES_PER_ELEMENT: usize = 512;
/// Bytes of an Ogg for each equals sign, which every comment needs. By chance, it is one in 256.
const BYTES_PER_COMMENT: usize = 64;

/// The first page of a stream.
const PAGE: &[u8] = b"OggS\0\x02";
const MOST_STREAMS: usize = 10_000;

const FLAC_MARK: usize = 4;
const BLOCK_HEAD: usize = 4;
/// The mark and the one block that a FLAC file cannot do without.
const FLAC_HEAD: usize = FLAC_MARK + BLOCK_HEAD + 34;
const LAST_BLOCK: u8 = 0x80;

/// Whether a WebM has more tags, tracks, chapters and attachments than could be of use.
pub(crate) fn fill_webm(file: &[u8]) -> bool {
    let most = MODEST_COUNT.max(file.len() / BYTES_PER_ELEMENT);
    file.len() > most && elements(file) > most
}

/// Compares without branching and counts in single bytes, so that many are looked at in one step.
fn elements(file: &[u8]) -> usize {
    let next = file.get(1..).unwrap_or_default();
    let few = usize::from(u8::MAX);
    let counts = file.chunks(few).zip(next.chunks(few)).map(|(first, second)| {
        let is_one = |(first, second): (&u8, &u8)| {
            let same = |[a, b]: &[u8; 2]| u8::from(first == a) & u8::from(second == b);
            ELEMENTS.iter().map(same).fold(0, |any, same| any | same)
        };
        usize::from(first.iter().zip(second).map(is_one).sum::<u8>())
    });
    counts.sum()
}

/// Whether an Ogg has more comments than could be of use, or streams.
pub(crate) fn fill_ogg(file: &[u8]) -> bool {
    let comments = file.iter().filter(|byte| **byte == b'=').count();
    comments > MODEST_COUNT.max(file.len() / BYTES_PER_COMMENT) || count(file, PAGE) > MOST_STREAMS
}

/// Whether an MP4 has more tags than could be of use.
pub(crate) fn fill_mp4(file: &[u8]) -> bool {
    count(file, b"data") > MODEST_COUNT
}

fn count(file: &[u8], mark: &[u8]) -> usize {
    file.windows(mark.len()).filter(|window| *window == mark).count()
}

/// A FLAC file without comments, pictures and the like; none if it ends before its sound.
pub(crate) fn flac_without(file: &Bytes) -> Option<Source> {
    let mut head = file.get(..FLAC_HEAD)?.to_vec();
    let mut sound = FLAC_MARK;
    loop {
        let [kind, length @ ..] = *file.get(sound..)?.first_chunk::<BLOCK_HEAD>()?;
        sound += BLOCK_HEAD + length.iter().fold(0, |sum, part| sum << 8 | usize::from(*part));
        if kind & LAST_BLOCK != 0 {
            break;
        }
    }
    head[FLAC_MARK] |= LAST_BLOCK;
    let whole = (FLAC_HEAD..=file.len()).contains(&sound);
    whole.then(|| Source::with_head(head, file.slice(sound..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_does_not_count_as_notes() {
        let noise: Vec<u8> =
            (0..4_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();

        assert!(!fill_webm(&noise));
        assert!(!fill_ogg(&noise));
    }

    #[test]
    fn a_clip_full_of_notes_is_noticed() {
        assert!(fill_webm(&b"\x67\xc8\x86\x45\xa3\x80\x44\x87\x80".repeat(30_000)));
        assert!(fill_webm(&b"\xae\x80\x73\xc5\x81\x02".repeat(30_000)));
        assert!(fill_ogg(&b"\x02\0\0\0A=".repeat(30_000)));
        assert!(fill_ogg(&b"OggS\0\x02".repeat(10_001)));
        assert!(fill_mp4(&b"\0\0\0\x11data".repeat(20_001)));
    }
}
