//! How long the sound of a WebM lasts: its blocks counted where they lie, none of them taken out.
//!
//! A container's reader copies every packet it passes over, which is a seventh of what it takes to
//! find out that someone speaks. Whatever is put together in an unusual way is left to it.

use crate::audio::decode::opus_head::packet_samples;

const FILE_HEAD: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
const CLUSTER_TIME: u32 = 0xe7;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;

/// No browser writes more before the sound.
const LONGEST_HEAD: usize = 4096;
/// No packet of sound is longer.
const LONGEST_PACKET: usize = 64 * 1024;
/// The longest name of an element.
const LONGEST_NAME: usize = 4;
/// A block's time and flags, behind the number of its track.
const BLOCK_HEAD: usize = 3;
const LACING: u8 = 0b110;

/// Samples (at 48 kHz) in the packets of an Opus track. None if only the reader can tell.
pub(crate) fn opus_samples(file: &[u8], track: u32) -> Option<u64> {
    let (id, rest) = identifier(file)?;
    let (length, rest) = number(rest)?;
    let mut rest = rest.get(usize::try_from(length?).ok()?..).filter(|_| id == FILE_HEAD)?;
    let mut samples = 0;
    while !rest.is_empty() {
        let (id, behind) = identifier(rest)?;
        let (length, body) = number(behind)?;
        if matches!(id, SEGMENT | CLUSTER | BLOCK_GROUP) {
            rest = body;
            continue;
        }
        let length = usize::try_from(length?).ok()?;
        let Some((body, next)) = body.split_at_checked(length) else {
            // What was cut off is no packet; what is longer than any was not cut off.
            return (body.len() <= LONGEST_PACKET).then_some(samples);
        };
        match id {
            FILE_HEAD => return None,
            BLOCK | SIMPLE_BLOCK => samples += block_samples(body, track)?,
            _ => {}
        }
        rest = next;
    }
    Some(samples)
}

/// Whether this is what a browser has written of a recording before its sound begins, and no more:
/// a head, perhaps cut off.
pub(crate) fn is_bare(file: &[u8]) -> bool {
    if file.len() > LONGEST_HEAD || !file.starts_with(&FILE_HEAD.to_be_bytes()) {
        return false;
    }
    let mut rest = file;
    while let Some((id, behind)) = identifier(rest) {
        let Some((length, body)) = number(behind) else { return true };
        match (id, length.and_then(|length| usize::try_from(length).ok())) {
            (CLUSTER, _) => return false,
            (SEGMENT, _) => rest = body,
            (_, Some(length)) => match body.get(length..) {
                Some(next) => rest = next,
                None => return true,
            },
            (_, None) => return false,
        }
    }
    rest.len() < LONGEST_NAME
}

/// Elements of a recording beside its blocks, before each of which a reader could be busy.
const FEW_ELEMENTS: usize = 64;

/// Whether this is put together as browsers put their recordings together, so that it is certain to
/// be read quickly: Opus, a head that is short, and then blocks with hardly anything between them.
pub(crate) fn is_plain_opus(file: &[u8]) -> bool {
    let head = &file[..file.len().min(LONGEST_HEAD)];
    let has = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    has(b"A_OPUS")
        && has(&CLUSTER.to_be_bytes())
        && others(file).is_some_and(|few| few <= FEW_ELEMENTS)
}

/// Elements that are neither blocks nor hold any, but for the time at the head of each cluster.
fn others(file: &[u8]) -> Option<usize> {
    let (mut rest, mut others) = (file, 0);
    while let Some((id, behind)) = identifier(rest) {
        let (length, body) = number(behind)?;
        rest = match id {
            SEGMENT | CLUSTER | BLOCK_GROUP => body,
            _ => body.get(usize::try_from(length?).ok()?..).unwrap_or_default(),
        };
        others += usize::from(!matches!(id, BLOCK | SIMPLE_BLOCK | CLUSTER | CLUSTER_TIME));
    }
    Some(others)
}

fn block_samples(block: &[u8], track: u32) -> Option<u64> {
    let (number, rest) = number(block)?;
    let (head, packet) = rest.split_at_checked(BLOCK_HEAD)?;
    match head {
        [.., flags] if flags & LACING != 0 => None,
        _ if number? != u64::from(track) => Some(0),
        _ => Some(packet_samples(packet).into()),
    }
}

/// An element's name, and what is behind it.
fn identifier(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let (name, rest) = bytes.split_at_checked(length).filter(|_| length <= 4)?;
    Some((name.iter().fold(0, |name, byte| name << 8 | u32::from(*byte)), rest))
}

/// A number as its first byte says how many there are of, and what is behind it. The greatest is
/// none: an element of unknown length.
fn number(bytes: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let (digits, rest) = bytes.split_at_checked(length).filter(|_| length <= 8)?;
    let number = digits.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let greatest = (1 << (7 * length)) - 1;
    let number = number & greatest;
    Some(((number != greatest).then_some(number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 ms of sound.
    const PACKET: [u8; 2] = [0b0100_1000, 0];

    fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
        let length = [0x40 | (body.len() >> 8) as u8, body.len() as u8];
        [id, &length, body].concat()
    }

    fn block(track: u8, flags: u8) -> Vec<u8> {
        [&[0x80 | track, 0, 0, flags], &PACKET[..]].concat()
    }

    fn file(blocks: &[Vec<u8>]) -> Vec<u8> {
        let head = element(&FILE_HEAD.to_be_bytes(), b"webm");
        let segment = [&SEGMENT.to_be_bytes()[..], &[0xff]].concat();
        let cluster = element(&CLUSTER.to_be_bytes(), &blocks.concat());
        [head, segment, cluster].concat()
    }

    #[test]
    fn blocks_of_the_track_are_counted_wherever_they_lie() {
        let simple = element(&[0xa3], &block(1, 0x80));
        let grouped = element(&[0xa0], &element(&[0xa1], &block(1, 0)));
        let other = element(&[0xa3], &block(2, 0));
        let time = element(&[0xe7], &[0]);

        assert_eq!(opus_samples(&file(&[time, simple, other, grouped]), 1), Some(2 * 960));
    }

    #[test]
    fn a_block_that_was_cut_off_does_not_count() {
        let simple = element(&[0xa3], &block(1, 0));
        let whole = file(&[simple.clone(), simple]);

        assert_eq!(opus_samples(&whole[..whole.len() - 1], 1), Some(960));
    }

    #[test]
    fn a_head_without_sound_is_bare_wherever_it_is_cut_off() {
        let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &[7; 60]);
        let segment = [&SEGMENT.to_be_bytes()[..], &[0xff]].concat();
        let head = [element(&FILE_HEAD.to_be_bytes(), b"webm"), segment, tracks].concat();
        assert!((4..=head.len()).all(|length| is_bare(&head[..length])));

        let begun = [&head[..], &CLUSTER.to_be_bytes(), &[0xff]].concat();
        assert!(!is_bare(&begun) && !is_bare(b"RIFF") && !is_bare(&[head, vec![0; 5000]].concat()));
    }

    #[test]
    fn only_what_browsers_write_is_certain_to_be_read_quickly() {
        let tracks = element(&[0x16, 0x54, 0xae, 0x6b], b"A_OPUS");
        let head = [element(&FILE_HEAD.to_be_bytes(), b"webm"), tracks].concat();
        let cluster = |body: &[u8]| {
            [&CLUSTER.to_be_bytes()[..], &[0xff], &element(&[0xe7], &[0]), body].concat()
        };
        let blocks = element(&[0xa3], &block(1, 0x80)).repeat(1_000);
        let nothing = [0xec, 0x80].repeat(100);

        assert!(is_plain_opus(&[&head[..], &cluster(&blocks), &cluster(&blocks)].concat()));
        assert!(!is_plain_opus(&[&head[..], &cluster(&nothing), &cluster(&blocks)].concat()));
        assert!(!is_plain_opus(&[&head[..], &[0; 5_000], &cluster(&blocks)].concat()));
        assert!(!is_plain_opus(&cluster(&blocks)));
        assert!(!is_plain_opus(b"A_OPUS"));
    }

    #[test]
    fn what_is_unusual_is_left_to_the_reader() {
        let laced = file(&[element(&[0xa3], &block(1, 0b010))]);
        let endless = file(&[[&[0xec][..], &[0xff]].concat()]);
        let twice = [file(&[]), file(&[])].concat();

        assert_eq!(opus_samples(&laced, 1), None);
        assert_eq!(opus_samples(&endless, 1), None);
        assert_eq!(opus_samples(&twice, 1), None);
        assert_eq!(opus_samples(b"\0\0\0", 1), None);
    }
}
