//! The sound of an answer as it was delivered.

use bytes::Bytes;

use crate::audio::format::Format;
use crate::audio::wav;
use crate::conversations::keeping::kept_as;
use crate::pipeline::event::Speech;
use crate::store::recordings::Recorder;
use crate::store::{SoundNote, SpokenSentence};

/// What was handed on to be heard.
pub(super) struct Delivered {
    format: Format,
    rate_hz: u32,
    end_ms: u64,
    begun: bool,
    sentences: Vec<SpokenSentence>,
    /// None if it is not to be kept.
    recorder: Option<Recorder>,
    /// The first of a WAV: it has the header, which is to know how long the whole is.
    head: Option<Bytes>,
}

impl Delivered {
    /// Nothing yet.
    pub(super) fn new(format: Format, recorder: Option<Recorder>) -> Self {
        let (sentences, head) = (Vec::new(), None);
        Self { format, rate_hz: 0, end_ms: 0, begun: false, sentences, recorder, head }
    }

    pub(super) fn push(&mut self, speech: &Speech) {
        let first = !std::mem::replace(&mut self.begun, true);
        self.rate_hz = speech.rate_hz;
        self.end_ms = speech.start_ms.saturating_add(speech.duration_ms);
        match &mut self.recorder {
            Some(_) if first && self.format == Format::Wav => self.head = Some(speech.data.clone()),
            Some(recorder) => recorder.push(speech.data.clone()),
            None => {}
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
        let Some(recorder) = self.recorder.take().filter(|_| self.begun) else { return };
        let head = match self.format {
            Format::Wav => self.head.take().map(Vec::from),
            Format::Pcm => Some(wav::streaming_header(self.rate_hz)),
            Format::Mp3 | Format::Ogg => None,
        };
        // When it was sent, nobody knew how long it would be.
        let head = head.map(|mut head| {
            let bytes = head.len() + recorder.bytes();
            wav::mend(&mut head, bytes as u64);
            Bytes::from(head)
        });
        recorder.keep(head);
    }
}
