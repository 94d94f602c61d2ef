//! Speaks with another voice when a speaking model is gone, and says so in the receipt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_stream::try_stream;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::audio::format::{Format, Sound};
use crate::domain::money::Price;
use crate::domain::voice::Voice;
use crate::pipeline::engine::{EngineName, Line, Readiness, Synthesizer};
use crate::pipeline::error::EngineError;

/// How long the other voice speaks before the first is asked again.
const STANDING_IN: Duration = Duration::from_secs(600);

/// A voice, and another that stands in for it when its model is gone.
pub struct Fallback(Arc<Voices>);

struct Voices {
    first: Arc<dyn Synthesizer>,
    second: Arc<dyn Synthesizer>,
    /// Until when the second speaks, if the first is gone.
    fallen_until: Mutex<Option<Instant>>,
}

impl Fallback {
    /// `first` speaks; `second` when the model of `first` is gone.
    pub fn new(first: Arc<dyn Synthesizer>, second: Arc<dyn Synthesizer>) -> Self {
        Self(Arc::new(Voices { first, second, fallen_until: Mutex::default() }))
    }

    fn speaker(&self) -> &Arc<dyn Synthesizer> {
        if self.0.has_fallen() { &self.0.second } else { &self.0.first }
    }
}

impl Voices {
    fn has_fallen(&self) -> bool {
        self.locked().is_some_and(|until| Instant::now() < until)
    }

    /// The first is gone. Told once, however many lines found it out.
    fn fall(&self, model: &str) {
        let now = Instant::now();
        let mut until = self.locked();
        if until.is_none_or(|until| until <= now) {
            let second = self.second.name();
            tracing::warn!(
                model, engine = %second,
                "the speaking model is gone; another voice stands in; set SPEAKING_MODEL"
            );
        }
        *until = Some(now + STANDING_IN);
    }

    fn locked(&self) -> MutexGuard<'_, Option<Instant>> {
        self.fallen_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line as the second can say it.
    fn for_second(&self, mut line: Line) -> Line {
        line.voice = self.stand_in(&line.voice);
        line
    }

    /// A voice that only the first has becomes the usual one.
    fn stand_in(&self, voice: &Voice) -> Voice {
        let known = voice.known_to(&self.second.voices()).is_ok();
        if known { voice.clone() } else { Voice::default() }
    }
}

impl Synthesizer for Fallback {
    fn name(&self) -> EngineName {
        self.speaker().name()
    }

    fn price(&self) -> Price {
        self.speaker().price()
    }

    /// The other voice is loaded when it is needed.
    fn warm_up(&self) {
        self.speaker().warm_up();
    }

    fn readiness(&self) -> Readiness {
        self.speaker().readiness()
    }

    fn voices(&self) -> Vec<Voice> {
        let mut voices = self.0.first.voices();
        if self.0.has_fallen() {
            voices.extend(self.0.second.voices());
        }
        voices
    }

    fn speaker(&self, voice: &Voice) -> Voice {
        if !self.0.has_fallen() {
            return self.0.first.speaker(voice);
        }
        self.0.second.speaker(&self.0.stand_in(voice))
    }

    fn can_say(&self, text: &str) -> Result<(), EngineError> {
        self.speaker().can_say(text)
    }

    fn speak(&self, line: Line, wanted: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        let voices = Arc::clone(&self.0);
        if voices.has_fallen() {
            return voices.second.speak(voices.for_second(line), wanted);
        }
        let mut sounds = voices.first.speak(line.clone(), wanted);
        let spoken = try_stream! {
            let mut first = sounds.next().await;
            if let Some(Err(EngineError::Gone(model))) = &first {
                voices.fall(model);
                sounds = voices.second.speak(voices.for_second(line), wanted);
                first = sounds.next().await;
            }
            while let Some(sound) = first {
                yield sound?;
                first = sounds.next().await;
            }
        };
        spoken.boxed()
    }
}
