//! PocketSphinx behind the hearing trait: English, on this computer.

mod worker;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use async_trait::async_trait;
use tokio::sync::{oneshot, watch};

use crate::audio::clip::Clip;
use crate::audio::decode;
use crate::domain::money::Price;
use crate::engines::embedded::ENGINE;
use crate::engines::embedded::hearing::worker::{Job, Worker};
use crate::pipeline::engine::{EngineName, Hint, Readiness, Transcriber, Transcript};
use crate::pipeline::error::EngineError;

/// What the hearing may take.
#[derive(Debug, Clone)]
pub struct HearingOptions {
    /// The folder with the acoustic model, the language model and the dictionary.
    pub model_dir: PathBuf,
    /// How many clips are heard at once. Each costs about 93 MB.
    pub threads: NonZeroUsize,
    /// How many more may wait; beyond that the engine is busy.
    pub queue: usize,
    /// The longest clip. A decode cannot be stopped, and takes a tenth of the clip's time.
    pub max_seconds: u32,
    /// What decoding a clip may take.
    pub limits: decode::Limits,
}

impl Default for HearingOptions {
    fn default() -> Self {
        Self {
            model_dir: PathBuf::from("/usr/share/pocketsphinx/model/en-us"),
            threads: NonZeroUsize::MIN,
            queue: 32,
            max_seconds: 30,
            limits: decode::Limits::default(),
        }
    }
}

/// Hears English with PocketSphinx, on threads of its own. They end when this is dropped.
pub struct PocketSphinx {
    jobs: SyncSender<Job>,
    /// Those that have not been started yet.
    asleep: Mutex<Vec<Worker>>,
    readiness: watch::Receiver<Readiness>,
    max_seconds: u32,
}

impl PocketSphinx {
    /// Loads nothing yet. Once it does, [`Transcriber::readiness`] tells when it is done, and
    /// clips that come before wait for it.
    pub fn new(options: HearingOptions) -> Self {
        let (jobs, waiting) = sync_channel(options.queue);
        let (tell, readiness) = watch::channel(Readiness::Loading);
        let waiting = Arc::new(Mutex::new(waiting));
        let worker =
            || Worker { options: options.clone(), jobs: waiting.clone(), readiness: tell.clone() };
        let asleep = Mutex::new((0..options.threads.get()).map(|_| worker()).collect());
        Self { jobs, asleep, readiness, max_seconds: options.max_seconds }
    }

    /// Why the workers no longer take or finish jobs.
    fn gone(&self) -> EngineError {
        match &*self.readiness.borrow() {
            Readiness::Failed(why) => EngineError::Unavailable(why.clone()),
            Readiness::Ready | Readiness::Loading => {
                EngineError::Unavailable("PocketSphinx has stopped; restart repartee".to_owned())
            }
        }
    }
}

#[async_trait]
impl Transcriber for PocketSphinx {
    fn name(&self) -> EngineName {
        EngineName { engine: ENGINE.to_owned(), model: "pocketsphinx-en-us".to_owned() }
    }

    fn price(&self) -> Price {
        Price::Free
    }

    fn warm_up(&self) {
        let mut asleep = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, worker) in asleep.drain(..).enumerate() {
            let tell = worker.readiness.clone();
            let thread = thread::Builder::new().name(format!("hearing-{}", number + 1));
            if let Err(error) = thread.spawn(move || worker.run()) {
                worker::fail(&tell, format!("no thread could be started for hearing: {error}"));
            }
        }
    }

    fn readiness(&self) -> Readiness {
        self.readiness.borrow().clone()
    }

    fn longest_seconds(&self) -> Option<u32> {
        Some(self.max_seconds)
    }

    async fn transcribe(&self, clip: &Clip, hint: &Hint) -> Result<Transcript, EngineError> {
        self.warm_up();
        let (reply, heard) = oneshot::channel();
        let job = Job { clip: clip.clone(), keywords: hint.keywords.clone(), reply };
        self.jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => self.gone(),
        })?;
        heard.await.unwrap_or_else(|_| Err(self.gone()))
    }
}
