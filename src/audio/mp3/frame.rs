//! One MPEG layer III frame: what its header, side information and tag say.

use rusty_mp3::decode::sideinfo;
use rusty_mp3::encode::lametag::DECODER_DELAY;
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

impl Kind {
    pub(crate) fn of(header: &FrameHeader) -> Self {
        let samples = if header.version == MpegVersion::V1 { 1152 } else { 576 };
        let channels = if header.channel_mode.channels() == 1 { 1 } else { 2 };
        Self { rate_hz: header.sample_rate, channels, samples }
    }
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
            kind: Kind::of(&parsed),
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

    /// Whether the frame holds nothing at all: neither its own sound nor a change of it.
    pub fn is_empty(&self, frame: &[u8]) -> bool {
        let header = frame.first_chunk().and_then(|header| FrameHeader::parse(*header).ok());
        let side = frame.get(self.side_start()..self.main_start());
        let (Some(header), Some(side)) = (header, side) else { return false };
        let Ok(side) = sideinfo::parse(&header, side) else { return false };
        // Granules and channels that the frame does not have are zero as well.
        side.granules.as_flattened().iter().all(|granule| granule.part2_3_length == 0)
    }

    /// What the frame says about the file, if it carries a tag instead of sound.
    pub fn tag(&self, frame: &[u8]) -> Option<Tag> {
        let marked = |offset: usize, mark: &[u8]| {
            frame.get(offset..).is_some_and(|rest| rest.starts_with(mark))
        };
        // Some encoders count the checksum into the offset, others don't.
        for offset in [self.main_start(), HEADER_BYTES + self.side_bytes] {
            if marked(offset, b"Xing") || marked(offset, b"Info") {
                return Some(Tag::read(&frame[offset..]));
            }
        }
        marked(VBRI_OFFSET, b"VBRI").then_some(Tag::default())
    }
}

/// How much silence an encoder says it put around the sound, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tag {
    /// Before the first sample.
    pub delay: Option<u16>,
    /// After the last one.
    pub padding: Option<u16>,
}

impl Tag {
    /// LAME's extension follows Xing's fields, of which a tag may leave out some.
    fn read(tag: &[u8]) -> Self {
        let flags = tag.get(7).copied().unwrap_or_default();
        let fields = [(1, 4), (2, 4), (4, 100), (8, 4)];
        let skipped: usize =
            fields.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, bytes)| bytes).sum();
        let Some(&[a, b, c]) = tag.get(8 + skipped + 21..).and_then(|rest| rest.first_chunk())
        else {
            return Self::default();
        };
        let delay = u16::from(a) << 4 | u16::from(b >> 4);
        let padding = u16::from(b & 0x0f) << 8 | u16::from(c);
        // An encoder that could not go back to fill in the tag leaves zeros. Less padding than a
        // decoder needs to give the last sample can't be true either.
        Self {
            delay: Some(delay).filter(|&delay| delay > 0),
            padding: Some(padding).filter(|&padding| padding >= DECODER_DELAY as u16),
        }
    }
}
