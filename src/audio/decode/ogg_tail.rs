//! The last page of an Ogg file, mended where the file was cut off.

use std::ops::Range;

use bytes::Bytes;
use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor;

use crate::audio::decode::source::Source;

/// How a page begins: its name and the only version there is.
const MARK: &[u8] = b"OggS\0";
const CHECKSUM: Range<usize> = 22..26;
/// Where a page counts its segments; their lengths follow.
const COUNT: usize = 26;
const HEAD_BYTES: usize = COUNT + 1;
/// A packet goes on behind a segment of this length.
const FULL: u8 = 255;
const LONGEST_PAGE: usize = HEAD_BYTES + 255 + 255 * 255;

/// The clip, its last page made of the whole packets in it if the file was cut off there.
///
/// symphonia drops a page that is not whole, which may be all the sound there is. What the page
/// says of where it ends is left as it was: that is behind everything that is left, so that
/// nothing is trimmed, and on the very last page it tells how long the clip should have been.
pub(crate) fn mended(bytes: Bytes) -> Source {
    let Some((start, whole)) = cut_page(&bytes) else {
        return Source::with_tail(bytes, Vec::new());
    };
    let page = whole.map(|whole| shortened(&bytes[start..], &whole)).unwrap_or_default();
    Source::with_tail(bytes.slice(..start), page)
}

/// What is whole in a page.
struct Whole {
    segments: u8,
    /// Bytes of all its packets.
    body: usize,
}

/// Where the last page begins if its end is missing, and what is whole in it, if anything is.
fn cut_page(bytes: &[u8]) -> Option<(usize, Option<Whole>)> {
    let near_end = bytes.len().saturating_sub(LONGEST_PAGE);
    let mut windows = bytes[near_end..].windows(MARK.len());
    let start = near_end + windows.rposition(|window| window == MARK)?;
    let Some((lengths, body)) = parts(&bytes[start..]) else { return Some((start, None)) };
    let promised: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    (promised > body.len()).then(|| (start, whole_packets(lengths, body.len())))
}

/// The lengths of a page's segments and what follows them; none if it ends before that.
fn parts(page: &[u8]) -> Option<(&[u8], &[u8])> {
    let count = usize::from(*page.get(COUNT)?);
    page[HEAD_BYTES..].split_at_checked(count)
}

/// The packets that end within so many bytes.
fn whole_packets(lengths: &[u8], bytes: usize) -> Option<Whole> {
    let mut end = 0;
    let mut whole = None;
    for (segments, length) in (1..=u8::MAX).zip(lengths) {
        end += usize::from(*length);
        if end > bytes {
            break;
        }
        if *length < FULL {
            whole = Some(Whole { segments, body: end });
        }
    }
    whole
}

/// A page that ends behind its whole packets.
fn shortened(page: &[u8], whole: &Whole) -> Vec<u8> {
    let body = HEAD_BYTES + usize::from(page[COUNT]);
    let lengths = &page[HEAD_BYTES..HEAD_BYTES + usize::from(whole.segments)];
    let mut page = [&page[..HEAD_BYTES], lengths, &page[body..body + whole.body]].concat();
    page[COUNT] = whole.segments;
    page[CHECKSUM].fill(0);
    let mut checksum = Crc32::new(0);
    checksum.process_buf_bytes(&page);
    page[CHECKSUM].copy_from_slice(&checksum.crc().to_le_bytes());
    page
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// A page with packets of 3, 300 and 2 bytes.
    fn page() -> Vec<u8> {
        let head = [MARK, &[0; 21], &[4, 3, 255, 45, 2]].concat();
        [head, vec![7; 305]].concat()
    }

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut read = Vec::new();
        mended(Bytes::copy_from_slice(bytes)).read_to_end(&mut read).unwrap();
        read
    }

    #[test]
    fn a_file_that_ends_with_a_page_or_with_something_else_is_left_alone() {
        for file in [page(), [page(), page()].concat(), [&page()[..], b"more"].concat()] {
            assert_eq!(read(&file), file);
        }
        assert_eq!(read(b"OggS"), b"OggS");
    }

    #[test]
    fn a_page_that_was_cut_off_keeps_its_whole_packets() {
        let kept = |cut: usize| {
            let file = [page(), page()[..cut].to_vec()].concat();
            let read = read(&file);
            assert_eq!(read[..page().len()], page());
            read[page().len()..].to_vec()
        };

        for cut in 5..HEAD_BYTES + 4 + 3 {
            assert!(kept(cut).is_empty(), "{cut}");
        }
        for cut in [HEAD_BYTES + 4 + 3, HEAD_BYTES + 4 + 302] {
            assert_eq!(kept(cut)[COUNT..], [1, 3, 7, 7, 7]);
        }
        for cut in [HEAD_BYTES + 4 + 303, HEAD_BYTES + 4 + 304] {
            assert_eq!(kept(cut)[COUNT..][..4], [3, 3, 255, 45]);
            assert_eq!(kept(cut).len(), HEAD_BYTES + 3 + 303);
        }
    }
}
