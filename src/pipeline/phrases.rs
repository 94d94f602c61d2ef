//! Sentences that were spoken before are not spoken, or paid for, again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::audio::format::{Format, Sound};
use crate::domain::language::Language;
use crate::domain::voice::Voice;
use crate::pipeline::engine::{EngineName, Line};

/// A sentence longer than this is hardly said twice.
const LONGEST_BYTES: usize = 300;
/// The sound of one sentence, at most.
const HEAVIEST_BYTES: usize = 1024 * 1024;

/// The sounds of sentences, as their engine made them. Cloning it shares it.
#[derive(Clone)]
pub struct Phrases {
    sounds: Arc<Cache<Phrase, Spoken, Weight>>,
    /// What is gathered of sentences that are still being spoken, and the most of that, in bytes.
    gathered: Arc<AtomicU64>,
    most: u64,
}

type Spoken = Arc<[Sound]>;

/// All that decides how a sentence sounds, and for whom it was spoken: nobody learns from the bill,
/// or from how soon it is there, what others had said to them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    payer: String,
    engine: EngineName,
    voice: Voice,
    language: Option<Language>,
    speed: u32,
    gain_db: u32,
    samples: bool,
    text: String,
}

impl Phrase {
    /// None if the sentence is too long to be worth it.
    pub(super) fn of(
        (payer, engine): (&str, EngineName),
        line: &Line,
        wanted: Format,
    ) -> Option<Self> {
        (line.text.len() <= LONGEST_BYTES).then(|| Self {
            payer: payer.to_owned(),
            engine,
            voice: line.voice.clone(),
            language: line.language.clone(),
            speed: line.delivery.speed.to_bits(),
            gain_db: line.delivery.gain_db.to_bits(),
            // An engine may speak MP3 to those who want MP3, and samples to all others.
            samples: wanted != Format::Mp3,
            text: line.text.clone(),
        })
    }
}

impl Phrases {
    /// Keeps so many bytes of sound.
    pub fn new(bytes: u64) -> Self {
        let sentences = usize::try_from(bytes / (16 * 1024)).unwrap_or(usize::MAX).max(16);
        let sounds = Arc::new(Cache::with_weighter(sentences, bytes, Weight));
        // Small pieces take more room than their bytes.
        Self { sounds, gathered: Arc::default(), most: bytes / 4 }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.sounds.clear();
    }

    pub(super) fn spoken(&self, phrase: &Phrase) -> Option<Spoken> {
        self.sounds.get(phrase)
    }

    pub(super) fn keep(&self, phrase: Phrase, sounds: Vec<Sound>) {
        self.sounds.insert(phrase, sounds.into());
    }

    /// Whether so much more may be gathered; counts it if so.
    fn has_room(&self, bytes: u64) -> bool {
        let more = |gathered: u64| gathered.checked_add(bytes).filter(|sum| *sum <= self.most);
        self.gathered.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

/// The sounds of a sentence that is being spoken, to be kept if it comes to its end. When many
/// are spoken at once, not all are gathered: most would push each other out again.
pub(super) struct Keeping {
    phrases: Phrases,
    phrase: Phrase,
    sounds: Vec<Sound>,
    bytes: usize,
    given_up: bool,
}

impl Keeping {
    pub(super) fn new(phrases: Phrases, phrase: Phrase) -> Self {
        Self { phrases, phrase, sounds: Vec::new(), bytes: 0, given_up: false }
    }

    /// Whether it is this engine's.
    pub(super) fn is_of(&self, engine: &EngineName) -> bool {
        self.phrase.engine == *engine
    }

    pub(super) fn push(&mut self, sound: &Sound) {
        let bytes = sound.bytes();
        if self.given_up {
            return;
        }
        if self.bytes + bytes > HEAVIEST_BYTES || !self.phrases.has_room(bytes as u64) {
            self.given_up = true;
            self.sounds = Vec::new();
            return;
        }
        self.bytes += bytes;
        self.sounds.push(sound.clone());
    }

    /// The sentence was spoken to its end.
    pub(super) fn finish(mut self) {
        if self.bytes > 0 && !self.given_up {
            let sounds = joined(std::mem::take(&mut self.sounds), self.bytes);
            self.phrases.keep(self.phrase.clone(), sounds);
        }
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.phrases.gathered.fetch_sub(self.bytes as u64, Ordering::Relaxed);
    }
}

/// MP3 arrives in many small pieces, which would take more room than one.
fn joined(sounds: Vec<Sound>, bytes: usize) -> Vec<Sound> {
    let mut samples = Vec::new();
    let mut frames = Vec::new();
    for sound in sounds {
        match sound {
            Sound::Pcm(_) => samples.push(sound),
            Sound::Mp3(data) => {
                frames.reserve_exact(bytes - frames.len());
                frames.extend_from_slice(&data);
            }
        }
    }
    if !frames.is_empty() {
        samples.push(Sound::Mp3(frames.into()));
    }
    samples
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Phrase, Spoken> for Weight {
    fn weight(&self, phrase: &Phrase, sounds: &Spoken) -> u64 {
        let sound: usize = sounds.iter().map(|sound| sound.bytes() + size_of::<Sound>()).sum();
        (sound + phrase.text.len() + size_of::<Phrase>()) as u64
    }
}
