//! What passes where one piece of MP3 meets the next.

use rusty_mp3::encode::lametag::DECODER_DELAY;

use crate::audio::mp3::cut::{Frame, Place};
use crate::audio::mp3::frame::{Kind, Layout, MAX_REACH, Tag};

/// A listener hears a longer gap as a pause that nobody made.
const MAX_GAP_MS: u32 = 60;
/// So much of the sound may go with a last frame. Speech ends more softly than that.
const MAX_LOSS_MS: u32 = 17;
/// What encoders put before the first sample, unless their tag says otherwise.
const USUAL_DELAY: u16 = 576;

/// Hands on the frames of pieces of one kind. Two things are not left as they are: a frame whose
/// sound lies in bytes that are not there, and a last frame that only lengthens the silence
/// between two pieces. The frames around them stay intact: nothing reaches back into a last frame.
#[derive(Default)]
pub struct Joint {
    /// Bytes of sound that the next frame may reach back into.
    within_reach: usize,
    /// The last frame, while it may turn out to be such silence.
    held: Option<Held>,
    /// Its bytes.
    held_bytes: Vec<u8>,
    /// Whether the stream has begun: its first frame is waited for, and never held.
    begun: bool,
}

struct Held {
    layout: Layout,
    tag: Tag,
}

impl Joint {
    /// Adds the frame, or the one held before it, to the stream. Gives how many were added.
    pub fn pass(&mut self, frame: &Frame<'_>, stream: &mut Vec<u8>) -> u64 {
        let added = match frame.place {
            Place::First => self.meet(frame.tag.delay.unwrap_or(USUAL_DELAY), stream),
            Place::Next | Place::AfterStray => self.release(stream),
        };
        if frame.place == Place::AfterStray {
            self.within_reach = 0;
        }
        let layout = frame.layout;
        let audible = layout.reach(frame.bytes) <= self.within_reach;
        self.within_reach = (self.within_reach + layout.main_bytes()).min(MAX_REACH);
        let holds =
            std::mem::replace(&mut self.begun, true) && may_be_surplus(layout.kind, frame.tag);
        let place = if holds { &mut self.held_bytes } else { stream };
        if audible {
            place.extend_from_slice(frame.bytes);
        } else {
            place.extend(layout.muted(frame.bytes));
        }
        if holds {
            self.held = Some(Held { layout, tag: frame.tag });
            return added;
        }
        added + 1
    }

    /// Another piece follows, with so many samples of silence at its head.
    pub fn meet(&mut self, delay: u16, stream: &mut Vec<u8>) -> u64 {
        if self.held.as_ref().is_some_and(|held| held.is_surplus(&self.held_bytes, delay)) {
            self.held = None;
            self.held_bytes.clear();
        }
        self.within_reach = 0;
        self.release(stream)
    }

    /// What was held belongs to the stream.
    pub fn release(&mut self, stream: &mut Vec<u8>) -> u64 {
        let held = self.held.take();
        stream.append(&mut self.held_bytes);
        held.map_or(0, |_| 1)
    }
}

impl Held {
    fn is_surplus(&self, bytes: &[u8], delay: u16) -> bool {
        match self.tag.padding {
            Some(padding) => {
                let kind = self.layout.kind;
                let sound = (DECODER_DELAY as u16 + kind.samples).saturating_sub(padding);
                let is_soft = u32::from(sound) * 1000 <= MAX_LOSS_MS * kind.rate_hz;
                is_soft && is_gap(kind, padding, delay)
            }
            None => self.layout.is_empty(bytes),
        }
    }
}

fn may_be_surplus(kind: Kind, tag: Tag) -> bool {
    let longest_padding = DECODER_DELAY as u16 + 47 + kind.samples;
    is_gap(kind, tag.padding.unwrap_or(longest_padding), USUAL_DELAY)
}

fn is_gap(kind: Kind, padding: u16, delay: u16) -> bool {
    (u32::from(padding) + u32::from(delay)) * 1000 >= MAX_GAP_MS * kind.rate_hz
}
