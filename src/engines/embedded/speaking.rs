//! flite behind the speaking trait: English voices, on this computer.

mod casting;
mod sound;
mod wording;
mod worker;

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::{mpsc, watch};

use crate::audio::format::{Format, Sound};
use crate::domain::money::Price;
use crate::domain::voice::Voice;
use crate::engines::embedded::ENGINE;
use crate::engines::embedded::flite;
use crate::engines::embedded::speaking::casting::cast;
use crate::engines::embedded::speaking::worker::{Job, Worker};
use crate::pipeline::engine::{EngineName, Line, Readiness, Synthesizer};
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
    /// Unless it has been started already.
    asleep: Mutex<Option<Worker>>,
    readiness: watch::Receiver<Readiness>,
    voice: flite::Voice,
    max_seconds: u32,
}

impl Flite {
    /// Loads nothing yet. Refuses a voice that is not there.
    pub fn new(options: &SpeakingOptions) -> Result<Self, EngineError> {
        let voice = cast(&options.voice)?;
        let max_seconds = options.max_seconds;
        let (jobs, waiting) = sync_channel(options.queue);
        let (tell, readiness) = watch::channel(Readiness::Loading);
        let worker = Worker { jobs: waiting, readiness: tell, voice, max_seconds };
        let asleep = Mutex::new(Some(worker));
        Ok(Self { jobs, asleep, readiness, voice, max_seconds })
    }

    /// Puts the line into the queue; its sound comes through what is returned.
    fn order(&self, line: Line) -> Result<mpsc::Receiver<Result<Sound, EngineError>>, EngineError> {
        let voice = cast(&line.voice)?;
        self.warm_up();
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

    fn warm_up(&self) {
        let asleep = self.asleep.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(worker) = asleep else { return };
        let tell = worker.readiness.clone();
        let thread = thread::Builder::new().name("speaking".to_owned());
        if let Err(error) = thread.spawn(move || worker.run()) {
            let why = format!("no thread could be started for speaking: {error}");
            tell.send_replace(Readiness::Failed(why));
        }
    }

    fn readiness(&self) -> Readiness {
        self.readiness.borrow().clone()
    }

    fn voices(&self) -> Vec<Voice> {
        flite::Voice::ALL.map(|voice| Voice(voice.name().to_owned())).to_vec()
    }

    fn speaker(&self, voice: &Voice) -> Voice {
        cast(voice).map_or_else(|_| voice.clone(), |own| Voice(own.name().to_owned()))
    }

    fn can_say(&self, text: &str) -> Result<(), EngineError> {
        if wording::is_sayable(text) {
            return Ok(());
        }
        let why = "this voice speaks English, and there are no English words in it";
        Err(EngineError::Unspeakable(why.to_owned()))
    }

    fn speak(&self, line: Line, _wanted: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        match self.order(line) {
            Ok(mut pieces) => stream::poll_fn(move |context| pieces.poll_recv(context)).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}
