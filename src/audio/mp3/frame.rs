//! One MPEG layer III frame: what its header, side information and tag say.

use rusty_mp3::header::{FrameHeader, MpegVersion};

/// The header word at the start of each frame.
pub const HEADER_BYTES: usize = 4;
const CRC_BYTES: usize = 2;
/// The farthest that any frame may reach back into the bytes before it.
pub const MAX_REACH: usize = 511;
/// Where Fraunhofer's encoder puts its tag, whatever the frame's side information.
const VBRI_OFFSET: usize = 36;

/// What must be the same for frames to follow each other in one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Samples per second.
    pub rate_hz: u32,
    /// One, or two: stereo and joint stereo take turns within a stream.
    pub channels: u8,
    /// Samples per channel in a frame: 1152 for MPEG 1, 576 for MPEG 2 and 2.5.
    pub samples: u16,
}

/// Where things are in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// What the frame is.
    pub kind: Kind,
    /// Its length, the header included.
    pub bytes: usize,
    has_crc: bool,
    side_bytes: usize,
}

impl Layout {
    /// Reads a header. None if these four bytes do not begin a layer III frame.
    pub fn read(header: [u8; HEADER_BYTES]) -> Option<Self> {
        // The parser words a message for each refusal; most strays need none.
        if header[0] != 0xff || header[1] & 0xe6 != 0xe2 {
            return None;
        }
        let parsed = FrameHeader::parse(header).ok()?;
        let layout = Self {
            kind: kind_of(&parsed),
            bytes: parsed.frame_size(),
            has_crc: parsed.crc_protected,
            side_bytes: parsed.side_info_len(),
        };
        (layout.bytes > layout.main_start()).then_some(layout)
    }

    fn side_start(&self) -> usize {
        HEADER_BYTES + if self.has_crc { CRC_BYTES } else { 0 }
    }

    fn main_start(&self) -> usize {
        self.side_start() + self.side_bytes
    }

    /// How many bytes of the frame hold sound (its own or later frames').
    pub fn main_bytes(&self) -> usize {
        self.bytes - self.main_start()
    }

    /// How many bytes before this frame its sound begins.
    pub fn reach(&self, frame: &[u8]) -> usize {
        let Some(&[first, second]) = frame.get(self.side_start()..self.side_start() + 2) else {
            return 0;
        };
        if self.kind.samples == 1152 {
            return usize::from(first) << 1 | usize::from(second >> 7);
        }
        usize::from(first)
    }

    /// The same frame, silent. Its bytes stay where later frames may reach for them.
    pub fn muted(&self, frame: &[u8]) -> Vec<u8> {
        let mut silent = frame.to_vec();
        if let Some(flags) = silent.get_mut(1) {
            *flags |= 1; // no checksum: there is nothing left to check
        }
        if let Some(side) = silent.get_mut(HEADER_BYTES..self.main_start()) {
            side.fill(0);
        }
        silent
    }

    /// Whether the frame carries a tag about the file instead of sound.
    pub fn is_tag(&self, frame: &[u8]) -> bool {
        let marks = |offset: usize, names: &[&[u8]]| {
            frame.get(offset..offset + 4).is_some_and(|mark| names.contains(&mark))
        };
        let names: [&[u8]; 2] = [b"Xing", b"Info"];
        marks(self.main_start(), &names)
            || marks(HEADER_BYTES + self.side_bytes, &names)
            || marks(VBRI_OFFSET, &[b"VBRI"])
    }
}

fn kind_of(header: &FrameHeader) -> Kind {
    let samples = if header.version == MpegVersion::V1 { 1152 } else { 576 };
    let channels = if header.channel_mode.channels() == 1 { 1 } else { 2 };
    Kind { rate_hz: header.sample_rate, channels, samples }
}
