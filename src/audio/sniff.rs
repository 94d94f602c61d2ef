//! What bytes are, judged by the bytes alone: a file's name proves nothing.

use crate::audio::clip::Container;

/// How far into a file without a signature its first MPEG frame is looked for.
const MPEG_SEARCH_BYTES: usize = 4_096;
/// So many frames in a row are no accident.
const MPEG_FRAMES: usize = 3;

/// Beginnings that say what a file is, for files that are not read here.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"#!AMR", "AMR audio, as old telephones record it"),
    (b"#!SILK", "SILK audio"),
    (b"\x02#!SILK", "SILK audio"),
    (b"caff", "CAF audio"),
    (b"MThd", "a MIDI file, which holds notes and no sound"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (ASF, WMA or WMV)"),
    (b"FLV\x01", "a Flash video"),
    (b".snd", "Sun audio (AU)"),
    (b"wvpk", "WavPack audio"),
    (b"MAC ", "Monkey's Audio"),
    (b"TTA1", "True Audio"),
    (b"DSD ", "DSD audio"),
    (b"MPCK", "Musepack audio"),
    (b"ADIF", "raw AAC (ADIF)"),
    (b"\0\0\x01\xba", "an MPEG video"),
    (b"\0\0\x01\xb3", "an MPEG video"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\0asm", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x43\xb6\x75", "a piece of a WebM recording without its beginning"),
];

/// What the bytes are, or in words what they look like instead.
pub(crate) fn container(bytes: &[u8]) -> Result<Container, &'static str> {
    let tag = tag_length(bytes);
    let sound = &bytes[tag..];
    match sound {
        [b'f', b'L', b'a', b'C', ..] => return Ok(Container::Flac),
        [b'O', b'g', b'g', b'S', ..] => return Ok(Container::Ogg),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => return matroska(sound),
        [b'R', b'I', b'F', b'F' | b'X', ..] | [b'R', b'F', b'6', b'4', ..] => {
            return riff(sound);
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => return iso_media(sound),
        _ => {}
    }
    if let Some((_, likeness)) = SIGNATURES.iter().find(|(start, _)| sound.starts_with(start)) {
        return Err(likeness);
    }
    mpeg(sound)
        .unwrap_or_else(|| Err(if tag > 0 { "a tag without sound" } else { likeness(bytes) }))
}

/// How long the ID3v2 tags at the beginning are.
pub(crate) fn tag_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    while let Some([b'I', b'D', b'3', _, _, flags, size @ ..]) = bytes.get(length..length + 10) {
        if size.iter().any(|part| *part > 0x7f) {
            break;
        }
        let body = size.iter().fold(0, |sum, part| sum << 7 | usize::from(*part));
        let footer = if flags & 0x10 != 0 { 10 } else { 0 };
        length = bytes.len().min(length + 10 + body + footer);
    }
    length
}

fn matroska(bytes: &[u8]) -> Result<Container, &'static str> {
    let head = &bytes[..bytes.len().min(64)];
    let Some(at) = head.windows(2).position(|pair| pair == [0x42, 0x82]) else {
        // Cut off before it says; it can hardly be anything else.
        return Ok(Container::WebM);
    };
    let kind = head.get(at + 3..).unwrap_or_default();
    if kind.starts_with(b"webm") || kind.starts_with(b"matroska") || kind.len() < 8 {
        return Ok(Container::WebM);
    }
    Err("an EBML document that is neither WebM nor Matroska")
}

fn riff(bytes: &[u8]) -> Result<Container, &'static str> {
    match bytes.get(8..12) {
        Some(b"WAVE") => Ok(Container::Wav),
        Some(b"AVI ") => Err("an AVI video"),
        Some(b"WEBP") => Err("a WebP image"),
        Some(b"RMID") => Err("a MIDI file, which holds notes and no sound"),
        Some(_) => Err("a RIFF file that is not WAVE"),
        None => Ok(Container::Wav),
    }
}

fn iso_media(bytes: &[u8]) -> Result<Container, &'static str> {
    match bytes.get(8..12) {
        Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1") => Err("a HEIC image"),
        Some(b"avif" | b"avis") => Err("an AVIF image"),
        Some(b"crx ") => Err("a Canon raw image"),
        Some(b"jp2 " | b"jpx ") => Err("a JPEG 2000 image"),
        _ => Ok(Container::Mp4),
    }
}

/// MPEG audio, if there are frames to tell by; none if there are not.
fn mpeg(bytes: &[u8]) -> Option<Result<Container, &'static str>> {
    if let Some([0xff, second, ..]) = bytes.get(..4)
        && second & 0xf6 == 0xf0
        && adts_repeats(bytes)
    {
        return Some(Err("raw AAC (ADTS)"));
    }
    let first = frame(bytes);
    let found = match &first {
        Some(frame) if follows(bytes, frame, 1) => first,
        _ => (0..bytes.len().min(MPEG_SEARCH_BYTES)).find_map(|at| {
            let bytes = &bytes[at..];
            frame(bytes).filter(|frame| follows_surely(bytes, frame))
        }),
    };
    found.map(|frame| match frame.layer {
        3 => Ok(Container::Mp3),
        _ => Err("MPEG audio of layer I or II, not III (MP3)"),
    })
}

/// A frame's header, read as far as it says where the next one is.
#[derive(PartialEq)]
struct Frame {
    version: u8,
    layer: u8,
    rate: u8,
    length: usize,
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    let [first, second, third, _] = bytes.get(..4)?.try_into().ok()?;
    let (version, layer) = (second >> 3 & 3, 4 - (second >> 1 & 3));
    let (bitrate, rate, padding) = (third >> 4, third >> 2 & 3, usize::from(third >> 1 & 1));
    let synchronous = first == 0xff && second & 0xe0 == 0xe0;
    if !synchronous || version == 1 || layer == 4 || rate == 3 || !(1..15).contains(&bitrate) {
        return None;
    }
    let newest = version == 3;
    let kilobits = kilobits(newest, layer, usize::from(bitrate));
    let halvings = [2, 0, 1, 0][usize::from(version)];
    let rate_hz = [44_100, 48_000, 32_000][usize::from(rate)] >> halvings;
    let length = match (layer, newest) {
        (1, _) => (12_000 * kilobits / rate_hz + padding) * 4,
        (3, false) => 72_000 * kilobits / rate_hz + padding,
        _ => 144_000 * kilobits / rate_hz + padding,
    };
    Some(Frame { version, layer, rate, length })
}

fn kilobits(newest: bool, layer: u8, index: usize) -> usize {
    const TABLE: [[usize; 14]; 5] = [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let row = match (newest, layer) {
        (true, layer) => usize::from(layer) - 1,
        (false, 1) => 3,
        (false, _) => 4,
    };
    TABLE[row][index - 1]
}

/// Whether so many more frames of the same kind follow, as far as there are bytes.
fn follows(bytes: &[u8], first: &Frame, count: usize) -> bool {
    let mut at = first.length;
    for _ in 0..count {
        let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= 4) else { return true };
        match frame(rest) {
            Some(next) if alike(&next, first) => at += next.length,
            _ => return false,
        }
    }
    true
}

/// The same where nothing but the frames themselves speaks for MP3: they must be there.
fn follows_surely(bytes: &[u8], first: &Frame) -> bool {
    bytes.len() >= MPEG_FRAMES * first.length && follows(bytes, first, MPEG_FRAMES - 1)
}

fn alike(one: &Frame, other: &Frame) -> bool {
    (one.version, one.layer, one.rate) == (other.version, other.layer, other.rate)
}

/// Whether the next ADTS frame is where the first one says.
fn adts_repeats(bytes: &[u8]) -> bool {
    let Some(head) = bytes.get(..6) else { return false };
    let length =
        usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
    length > 7 && bytes.get(length..length + 2).is_some_and(|next| next == &head[..2])
}

/// What bytes without a signature look like.
fn likeness(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    if let Some(kind) = head.get(4..8) {
        match kind {
            b"moof" | b"mdat" | b"styp" | b"sidx" => {
                return "a piece of an MP4 recording without its beginning";
            }
            b"moov" | b"wide" | b"free" => return "a QuickTime film",
            _ => {}
        }
    }
    if head.starts_with(b"FORM") {
        return "AIFF audio";
    }
    if head.iter().all(|byte| *byte == 0) {
        return "nothing but zeros";
    }
    written(head).unwrap_or("unknown data")
}

/// What kind of text the bytes are, if they are text.
fn written(head: &[u8]) -> Option<&'static str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut in two.
        Err(error) if error.valid_up_to() + 4 > head.len() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()) {
        return None;
    }
    let start = text.trim_start().to_ascii_lowercase();
    Some(match start.as_bytes() {
        [b'{' | b'[', ..] => "JSON",
        [b'd', b'a', b't', b'a', b':', ..] => "a data URL; send the bytes themselves",
        [b'<', ..] if start.contains("<html") || start.contains("<!doctype html") => "HTML",
        [b'<', ..] => "XML",
        _ => "text",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_known_by_their_first_bytes() {
        let is = |bytes: &[u8]| container(bytes);

        assert_eq!(is(b"fLaC\0\0\0\x22"), Ok(Container::Flac));
        assert_eq!(is(b"OggS\0\x02"), Ok(Container::Ogg));
        assert_eq!(is(b"RIFF\x24\0\0\0WAVEfmt "), Ok(Container::Wav));
        assert_eq!(is(b"RF64\xff\xff\xff\xffWAVEds64"), Ok(Container::Wav));
        assert_eq!(is(b"\0\0\0\x20ftypM4A \0\0\0\0"), Ok(Container::Mp4));
        assert_eq!(is(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\0\0\0\0"), Ok(Container::WebM));
        assert_eq!(is(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"), Ok(Container::WebM));
    }

    #[test]
    fn what_is_not_read_here_is_called_by_its_name() {
        for (bytes, wanted) in [
            (b"PK\x03\x04\x14\0\0\0".as_slice(), "a ZIP archive"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"\x89PNG\r\n\x1a\n", "a PNG image"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
            (b"GIF89a\x01\0", "a GIF image"),
            (b"<!DOCTYPE html>\n<html>", "HTML"),
            (b"{\"error\": \"not found\"}", "JSON"),
            (b"Not found\n", "text"),
            ("नमस्ते".as_bytes(), "text"),
            (b"FORM\0\0\0\0AIFFCOMM", "AIFF audio"),
            (b"#!AMR\n\x3c", "AMR audio, as old telephones record it"),
            (b"caff\0\x01", "CAF audio"),
            (b"MThd\0\0\0\x06", "a MIDI file, which holds notes and no sound"),
            (b"\x1f\x8b\x08\0", "a gzip archive"),
            (b"\x7fELF\x02\x01", "a program"),
            (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC image"),
            (b"\x1f\x43\xb6\x75\x01\xff\xff", "a piece of a WebM recording without its beginning"),
            (b"\0\0\x01\x10moof\0\0", "a piece of an MP4 recording without its beginning"),
            (b"\0", "nothing but zeros"),
            (b"\x93\x1c\xe4\x80\x07", "unknown data"),
        ] {
            assert_eq!(container(bytes), Err(wanted));
        }
    }

    /// Silent MPEG-2 layer III frames at 24 kHz and 64 kb/s: 192 bytes each.
    fn frames(count: usize) -> Vec<u8> {
        let frame = [&[0xff, 0xf3, 0x84, 0xc4][..], &[0; 188]].concat();
        frame.repeat(count)
    }

    #[test]
    fn mp3_is_known_by_frames_that_follow_each_other() {
        assert_eq!(container(&frames(2)), Ok(Container::Mp3));
        assert_eq!(container(&frames(1)[..100]), Ok(Container::Mp3));

        let mut broken = frames(2);
        broken[192] = 0;
        assert_eq!(container(&broken), Err("unknown data"));
    }

    #[test]
    fn mp3_may_stand_behind_a_tag_or_begin_in_a_frame() {
        let tag = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
        let tagged = [tag.clone(), vec![0; 128], frames(1)].concat();
        let cut = [vec![0x55; 77], frames(4)].concat();

        assert_eq!(container(&tagged), Ok(Container::Mp3));
        assert_eq!(tag_length(&tagged), 138);
        assert_eq!(container(&cut), Ok(Container::Mp3));
        assert_eq!(container(&[tag, vec![0; 128]].concat()), Err("a tag without sound"));
    }

    #[test]
    fn raw_aac_is_not_taken_for_mp3() {
        let frame = [&[0xff, 0xf1, 0x50, 0x80, 0x04, 0x1f, 0xfc][..], &[7; 25]].concat();

        assert_eq!(container(&frame.repeat(3)), Err("raw AAC (ADTS)"));
    }
}
