//! Tells when the first sound of an answer is there: sound, not the head of a file.

/// How a turn is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// The original headers, with MP3.
    Original,
    /// MP3 from the first sentence on.
    Streamed,
    Wav,
    Ogg,
    Events,
    Json,
    /// Anything else, which has no sound.
    Other,
}

impl Rendering {
    /// All that a turn can be asked for.
    pub const ALL: [Self; 6] =
        [Self::Original, Self::Streamed, Self::Wav, Self::Ogg, Self::Events, Self::Json];

    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original headers",
            Self::Streamed => "streamed MP3",
            Self::Wav => "streamed WAV",
            Self::Ogg => "streamed Ogg",
            Self::Events => "events",
            Self::Json => "JSON",
            Self::Other => "other",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Original | Self::Other => "/voice-chat",
            Self::Streamed => "/voice-chat?stream=1",
            Self::Wav => "/voice-chat?format=wav&stream=1",
            Self::Ogg => "/voice-chat?format=ogg&stream=1",
            Self::Events => "/voice-chat?format=events",
            Self::Json => "/voice-chat?format=json",
        }
    }
}

/// Looks at an answer as it comes.
pub struct Spotter {
    rendering: Rendering,
    seen: Vec<u8>,
}

const WAV_HEAD: usize = 44;
/// An Info frame says so before this many bytes.
const TAG_BYTES: usize = 64;

impl Spotter {
    pub fn new(rendering: Rendering) -> Self {
        Self { rendering, seen: Vec::new() }
    }

    /// Whether sound is there with these bytes.
    pub fn finds_sound(&mut self, bytes: &[u8]) -> bool {
        if matches!(self.rendering, Rendering::Json | Rendering::Other) {
            return false;
        }
        self.seen.extend_from_slice(bytes);
        match self.rendering {
            Rendering::Original | Rendering::Streamed => has_mp3(&self.seen),
            Rendering::Wav => self.seen.len() > WAV_HEAD,
            // Two pages of head come before it.
            Rendering::Ogg => pages(&self.seen) > 2,
            Rendering::Events => has_speech(&self.seen),
            Rendering::Json | Rendering::Other => false,
        }
    }
}

fn has_mp3(mut seen: &[u8]) -> bool {
    if seen.starts_with(b"ID3") {
        let Some(size) = seen.get(6..10) else { return false };
        let size = size.iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
        let Some(rest) = seen.get(10 + size..) else { return false };
        seen = rest;
    }
    let Some(head) = seen.get(..2) else { return false };
    assert!(head[0] == 0xFF && head[1] & 0xE0 == 0xE0, "this is no MP3");
    let is_tag =
        |frame: &[u8]| frame[..TAG_BYTES].windows(4).any(|mark| mark == b"Info" || mark == b"Xing");
    let mut frames =
        (0..seen.len().saturating_sub(TAG_BYTES)).filter(|at| seen[*at..].starts_with(head));
    frames.any(|at| !is_tag(&seen[at..]))
}

fn pages(seen: &[u8]) -> usize {
    seen.windows(4).filter(|mark| *mark == b"OggS").count()
}

fn has_speech(seen: &[u8]) -> bool {
    let mark = b"event: speech\n";
    let begun = seen.windows(mark.len()).position(|window| window == mark);
    begun.is_some_and(|at| seen[at..].windows(2).any(|end| end == b"\n\n"))
}
