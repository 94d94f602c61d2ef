//! flite behind the speaking trait: English voices, on this computer.

mod casting;
mod sound;
mod wording;
mod worker;

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::mpsc;

use crate::audio::format::{Format, Sound};
use crate::domain::money::Price;
use crate::domain::voice::Voice;
use crate::engines::embedded::ENGINE;
use crate::engines::embedded::flite;
use crate::engines::embedded::speaking::casting::cast;
use crate::engines::embedded::speaking::worker::{Job, Worker};
use crate::pipeline::engine::{EngineName, Line, Synthesizer};
use crate::pipeline::error::EngineError;

/// What the speaking may take.
#[derive(Debug, Clone)]
pub struct SpeakingOptions {
    /// Who is meant to speak; a line may still ask for another voice.
    pub voice: Voice,
    /// How many lines may wait to be spoken; beyond that the engine is busy.
    pub queue: usize,
    /// The longest that one line may sound. What is beyond is not spoken.
    pub max_seconds: u32,
}

impl Default for SpeakingOptions {
    fn default() -> Self {
        Self { voice: Voice::default(), queue: 256, max_seconds: 120 }
    }
}

/// Speaks English with flite, on a thread of its own. It ends when this is dropped.
///
/// One thread is enough: flite speaks a hundred times faster than it is listened to, and its
/// voices cannot be used by two threads at once.
pub struct Flite {
    jobs: SyncSender<Job>,
    voice: flite::Voice,
    max_seconds: u32,
}

impl Flite {
    /// Starts the library and its thread.
    pub fn start(options: SpeakingOptions) -> Result<Self, EngineError> {
        let voice = cast(&options.voice)?;
        if !flite::is_there() {
            return Err(EngineError::Unavailable(
                "flite does not start; install the package libflite1 again".to_owned(),
            ));
        }
        let (jobs, waiting) = sync_channel(options.queue);
        let worker = Worker { jobs: waiting, voice, max_seconds: options.max_seconds };
        let thread = thread::Builder::new().name("speaking".to_owned());
        thread.spawn(move || worker.run()).map_err(|error| {
            EngineError::Unavailable(format!("no thread could be started for speaking: {error}"))
        })?;
        Ok(Self { jobs, voice, max_seconds: options.max_seconds })
    }

    /// Puts the line into the queue; its sound comes through what is returned.
    fn order(&self, line: Line) -> Result<mpsc::Receiver<Result<Sound, EngineError>>, EngineError> {
        let voice = cast(&line.voice)?;
        let (reply, pieces) = mpsc::channel(worker::most_pieces(self.max_seconds));
        let job = Job { text: line.text, voice, delivery: line.delivery.clamped(), reply };
        self.jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => {
                EngineError::Unavailable("flite has stopped; restart repartee".to_owned())
            }
        })?;
        Ok(pieces)
    }
}

impl Synthesizer for Flite {
    fn name(&self) -> EngineName {
        let model = format!("flite-{}", self.voice.name());
        EngineName { engine: ENGINE.to_owned(), model }
    }

    fn price(&self) -> Price {
        Price::Free
    }

    fn voices(&self) -> Vec<Voice> {
        flite::Voice::ALL.map(|voice| Voice(voice.name().to_owned())).to_vec()
    }

    fn speaker(&self, voice: &Voice) -> Voice {
        cast(voice).map_or_else(|_| voice.clone(), |own| Voice(own.name().to_owned()))
    }

    fn speak(&self, line: Line, _wanted: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        match self.order(line) {
            Ok(mut pieces) => stream::poll_fn(move |context| pieces.poll_recv(context)).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}
