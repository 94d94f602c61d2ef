//! The sound of an answer as it was delivered.

use bytes::Bytes;

use crate::audio::format::Format;
use crate::audio::wav;
use crate::conversations::keeping::kept_as;
use crate::pipeline::event::Speech;
use crate::store::recordings::Tape;
use crate::store::{SoundNote, SpokenSentence};

/// What was handed on to be heard.
pub(super) struct Delivered {
    format: Format,
    rate_hz: u32,
    end_ms: u64,
    begun: bool,
    sentences: Vec<SpokenSentence>,
    /// None if it is not to be kept.
    tape: Option<Tape>,
    /// What can go on the tape only when all is there.
    held: Vec<Bytes>,
}

impl Delivered {
    /// Nothing yet.
    pub(super) fn new(format: Format, tape: Option<Tape>) -> Self {
        let (sentences, held) = (Vec::new(), Vec::new());
        Self { format, rate_hz: 0, end_ms: 0, begun: false, sentences, tape, held }
    }

    pub(super) fn push(&mut self, speech: &Speech) {
        self.begun = true;
        self.rate_hz = speech.rate_hz;
        self.end_ms = speech.start_ms.saturating_add(speech.duration_ms);
        let Some(tape) = &mut self.tape else { return };
        match self.format {
            Format::Mp3 | Format::Ogg => tape.push(speech.data.clone()),
            Format::Wav | Format::Pcm => self.held.push(speech.data.clone()),
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

    pub(super) fn note(&self) -> Option<SoundNote> {
        let mime = kept_as(self.format).mime(self.rate_hz);
        let (duration_ms, sentences) = (self.end_ms, self.sentences.clone());
        self.begun.then_some(SoundNote { mime, duration_ms, sentences })
    }

    /// Has it kept, as far as that is wanted.
    pub(super) fn keep(&mut self) {
        let Some(mut tape) = self.tape.take().filter(|_| self.begun) else { return };
        self.waves().into_iter().for_each(|part| tape.push(part));
        tape.keep();
    }

    /// What was held, with a header that knows how long it is: when it was sent, nobody knew.
    fn waves(&mut self) -> Vec<Bytes> {
        let mut parts = std::mem::take(&mut self.held);
        if self.format == Format::Pcm {
            parts.insert(0, wav::streaming_header(self.rate_hz).into());
        }
        let bytes: usize = parts.iter().map(Bytes::len).sum();
        if let Some(first) = parts.first_mut() {
            let mut header = first.to_vec();
            wav::mend(&mut header, bytes as u64);
            *first = header.into();
        }
        parts
    }
}
