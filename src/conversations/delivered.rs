//! The sound of an answer as it was delivered.

use bytes::Bytes;

use crate::audio::format::Format;
use crate::audio::wav;
use crate::conversations::keeping::kept_as;
use crate::pipeline::event::Speech;
use crate::store::{SoundNote, SpokenSentence};

/// What was handed on to be heard.
pub(super) struct Delivered {
    format: Format,
    rate_hz: u32,
    end_ms: u64,
    begun: bool,
    sentences: Vec<SpokenSentence>,
    /// None if it is not to be kept.
    pieces: Option<Vec<Bytes>>,
}

impl Delivered {
    /// Nothing yet.
    pub(super) fn new(format: Format, kept: bool) -> Self {
        let pieces = kept.then(Vec::new);
        Self { format, rate_hz: 0, end_ms: 0, begun: false, sentences: Vec::new(), pieces }
    }

    pub(super) fn push(&mut self, speech: &Speech) {
        self.begun = true;
        self.rate_hz = speech.rate_hz;
        self.end_ms = speech.start_ms.saturating_add(speech.duration_ms);
        if let Some(pieces) = &mut self.pieces {
            pieces.push(speech.data.clone());
        }
    }

    pub(super) fn end_sentence(&mut self, sentence: SpokenSentence) {
        self.sentences.push(sentence);
    }

    /// Whether there was any.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// How long it is.
    pub(super) fn end_ms(&self) -> u64 {
        self.end_ms
    }

    /// The whole sentences of it.
    pub(super) fn sentences(&self) -> &[SpokenSentence] {
        &self.sentences
    }

    /// In which format it is kept.
    pub(super) fn format(&self) -> Format {
        kept_as(self.format)
    }

    pub(super) fn note(&self) -> Option<SoundNote> {
        let mime = self.format().mime(self.rate_hz);
        let (duration_ms, sentences) = (self.end_ms, self.sentences.clone());
        self.begun.then_some(SoundNote { mime, duration_ms, sentences })
    }

    /// All of it, if it is to be kept, with a header that knows how long it is: when it was sent,
    /// nobody knew.
    pub(super) fn parts(&self) -> Option<Vec<Bytes>> {
        let mut parts = self.pieces.clone().filter(|pieces| !pieces.is_empty())?;
        match self.format {
            Format::Mp3 | Format::Ogg => return Some(parts),
            Format::Pcm => parts.insert(0, wav::streaming_header(self.rate_hz).into()),
            Format::Wav => {}
        }
        let bytes: usize = parts.iter().map(Bytes::len).sum();
        if let Some(first) = parts.first_mut() {
            let mut header = first.to_vec();
            wav::mend(&mut header, bytes as u64);
            *first = header.into();
        }
        Some(parts)
    }
}
