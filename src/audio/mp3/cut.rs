//! Cuts the bytes of one piece into its frames, however they arrive.

use crate::audio::error::AudioError;
use crate::audio::mp3::frame::{HEADER_BYTES, Kind, Layout, Tag};

/// More stray bytes than this in one piece, and it is not an MP3 with a blemish but something else.
const MAX_STRAY_BYTES: usize = 4096;

/// Holds at most one chunk and one incomplete frame.
#[derive(Debug, Default)]
pub struct Cutter {
    bytes: Vec<u8>,
    position: usize,
    /// Bytes of a tag that have still to come.
    skip: u64,
    stray: usize,
    lost: bool,
    kind: Option<Kind>,
    begun: bool,
    tag: Tag,
    any: bool,
}

/// A whole frame of sound.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Where things are in it.
    pub layout: Layout,
    /// All its bytes.
    pub bytes: &'a [u8],
    /// What came before it.
    pub place: Place,
    /// What the piece says about the silence around its sound.
    pub tag: Tag,
}

/// What came before a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing: it begins a piece.
    First,
    /// The frame before it in the piece.
    Next,
    /// Stray bytes; maybe frames are lost.
    AfterStray,
}

enum Sight {
    /// More bytes are needed to tell.
    Unclear,
    /// A tag of so many bytes.
    Tag(u64),
    Frame(Layout),
    Stray,
}

impl Cutter {
    /// Takes the next bytes of the piece.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.any |= !bytes.is_empty();
        self.bytes.drain(..self.position);
        self.position = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame of sound, if it has arrived. Tags are passed over.
    pub fn cut(&mut self) -> Result<Option<Frame<'_>>, AudioError> {
        loop {
            if !self.skipped() {
                return Ok(None);
            }
            match self.sight() {
                Sight::Unclear => return Ok(None),
                Sight::Tag(bytes) => self.skip = bytes,
                Sight::Stray => self.stray()?,
                Sight::Frame(layout) => {
                    let start = self.position;
                    if let Some(place) = self.pass(layout) {
                        let bytes = &self.bytes[start..self.position];
                        return Ok(Some(Frame { layout, bytes, place, tag: self.tag }));
                    }
                }
            }
        }
    }

    /// The piece is complete. It must not have ended inside a frame.
    pub fn end(&mut self) -> Result<(), AudioError> {
        let rest = &self.bytes[self.position..];
        let inside = rest.iter().any(|&byte| byte != 0);
        let verdict = if self.kind.is_none() && self.any {
            damaged("there is no MP3 frame in it")
        } else if self.skip > 0 {
            damaged("it ends inside a tag")
        } else if inside {
            damaged("it ends inside a frame")
        } else {
            Ok(())
        };
        *self = Self::default();
        verdict
    }

    /// Moves past what is left of a tag. False if the tag goes on beyond these bytes.
    fn skipped(&mut self) -> bool {
        let here = self.skip.min((self.bytes.len() - self.position) as u64);
        self.position += here as usize;
        self.skip -= here;
        self.skip == 0
    }

    fn sight(&self) -> Sight {
        let rest = &self.bytes[self.position..];
        let Some(&header) = rest.first_chunk::<HEADER_BYTES>() else { return Sight::Unclear };
        if let Some(tag) = tag(rest) {
            return tag;
        }
        let Some(layout) = Layout::read(header).filter(|layout| self.fits(layout)) else {
            return Sight::Stray;
        };
        if rest.len() < layout.bytes {
            return Sight::Unclear;
        }
        if self.lost { self.confirmed(layout, &rest[layout.bytes..]) } else { Sight::Frame(layout) }
    }

    fn fits(&self, layout: &Layout) -> bool {
        self.kind.is_none_or(|kind| kind == layout.kind)
    }

    /// After stray bytes only a frame that another one follows is believed.
    fn confirmed(&self, layout: Layout, after: &[u8]) -> Sight {
        let Some(&next) = after.first_chunk::<HEADER_BYTES>() else { return Sight::Unclear };
        if matches!(tag(after), Some(Sight::Tag(_))) {
            return Sight::Frame(layout);
        }
        match Layout::read(next) {
            Some(next) if next.kind == layout.kind => Sight::Frame(layout),
            _ => Sight::Stray,
        }
    }

    fn stray(&mut self) -> Result<(), AudioError> {
        self.position += 1;
        self.stray += 1;
        self.lost = true;
        if self.stray > MAX_STRAY_BYTES {
            return damaged("it is not an MP3, or much of it is lost");
        }
        Ok(())
    }

    /// Moves past a frame. None if it carries a tag instead of sound.
    fn pass(&mut self, layout: Layout) -> Option<Place> {
        let start = self.position;
        self.position += layout.bytes;
        let lost = std::mem::take(&mut self.lost);
        if let Some(tag) = layout.tag(&self.bytes[start..self.position]) {
            self.tag = tag;
            self.begun = false; // some engines send several files as one
            return None;
        }
        self.kind = Some(layout.kind);
        match (std::mem::replace(&mut self.begun, true), lost) {
            (false, _) => Some(Place::First),
            (true, false) => Some(Place::Next),
            (true, true) => Some(Place::AfterStray),
        }
    }
}

/// Looks for a tag at the start of these bytes (at least four).
fn tag(bytes: &[u8]) -> Option<Sight> {
    match bytes {
        [b'I', b'D', b'3', ..] => Some(id3v2(bytes)),
        [b'T', b'A', b'G', ..] => Some(Sight::Tag(128)),
        [b'A', b'P', b'E', b'T', ..] => Some(ape(bytes)),
        _ => None,
    }
}

fn id3v2(bytes: &[u8]) -> Sight {
    let Some(&[_, _, _, _, _, flags, a, b, c, d]) = bytes.first_chunk::<10>() else {
        return Sight::Unclear;
    };
    if [a, b, c, d].iter().any(|&byte| byte > 0x7f) {
        return Sight::Stray;
    }
    let body = [a, b, c, d].iter().fold(0u64, |size, &byte| size << 7 | u64::from(byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Sight::Tag(10 + body + footer)
}

fn ape(bytes: &[u8]) -> Sight {
    let Some(header) = bytes.first_chunk::<32>() else { return Sight::Unclear };
    if !header.starts_with(b"APETAGEX") {
        return Sight::Stray;
    }
    let size = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
    let is_header = header[23] & 0x20 != 0;
    Sight::Tag(if is_header { 32 + u64::from(size) } else { 32 })
}

fn damaged<T>(reason: &str) -> Result<T, AudioError> {
    Err(AudioError::DamagedPiece { reason: reason.to_owned() })
}
