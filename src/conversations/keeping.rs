//! Recordings: what was answered can be heard again, and what was said if its owner wants that.

use bytes::Bytes;

use crate::audio::clip::Clip;
use crate::audio::format::Format;
use crate::audio::wav;
use crate::conversations::Inner;
use crate::domain::turn::TurnId;
use crate::store::recordings::{Name, Recordings};

/// What is kept of the sound.
#[derive(Clone)]
pub struct Keeping {
    /// Where.
    pub recordings: Recordings,
    /// Whether answers are kept.
    pub replies: bool,
    /// Whether what was said is kept.
    pub clips: bool,
}

/// How sound that is delivered in this format is kept: bare samples cannot be played later.
pub fn kept_as(format: Format) -> Format {
    match format {
        Format::Pcm => Format::Wav,
        format => format,
    }
}

impl Inner {
    /// Keeps an answer, in the background. One that may be asked for again by its key is kept in
    /// any case, for as long as that.
    pub(super) fn keep_reply(&self, turn: TurnId, sound: Delivered<'_>, repeatable: bool) {
        let Some(keeping) = &self.options.keeping else { return };
        if (keeping.replies || repeatable) && !sound.pieces.is_empty() {
            keeping.recordings.keep(Name::reply(turn, kept_as(sound.format)), sound.parts());
        }
    }

    /// Whether what was said is kept.
    pub(super) fn keeps_clips(&self) -> bool {
        self.options.keeping.as_ref().is_some_and(|keeping| keeping.clips)
    }

    /// Keeps what was said, in the background.
    pub(super) fn keep_clip(&self, turn: TurnId, clip: &Clip) {
        let Some(keeping) = self.options.keeping.as_ref().filter(|keeping| keeping.clips) else {
            return;
        };
        let name = Name::clip(turn, clip.container());
        keeping.recordings.keep(name, vec![clip.bytes().clone()]);
    }
}

/// Sound as it was delivered.
pub(super) struct Delivered<'a> {
    pub pieces: &'a [Bytes],
    pub format: Format,
    pub rate_hz: u32,
}

impl Delivered<'_> {
    /// With a header that knows how long it is: when it was sent, nobody knew.
    fn parts(&self) -> Vec<Bytes> {
        let mut parts = self.pieces.to_vec();
        match self.format {
            Format::Mp3 | Format::Ogg => return parts,
            Format::Pcm => parts.insert(0, wav::streaming_header(self.rate_hz).into()),
            Format::Wav => {}
        }
        let bytes: usize = parts.iter().map(Bytes::len).sum();
        if let Some(first) = parts.first_mut() {
            let mut header = first.to_vec();
            for (at, size) in wav::sizes(bytes as u64) {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                if let Some(place) = header.get_mut(at..at.saturating_add(size.len())) {
                    place.copy_from_slice(&size);
                }
            }
            *first = header.into();
        }
        parts
    }
}
