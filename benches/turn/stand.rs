//! The stand: a provider in its own thread, a server in its own process, and clips to send.

use std::time::Duration;

use repartee_provider::{Provider, Reply};
use tempfile::TempDir;

use crate::caller::{Caller, Question};
use crate::clips::Clips;
use crate::process::Process;
use crate::setting::Setting;
use crate::spotter::Rendering;

/// Turns before anything is counted: everything is warm then, and numbers have three digits.
const WARM_UP: usize = 120;

/// A warm server and all that it needs.
pub struct Stand {
    pub provider: Provider,
    pub server: Process,
    pub clips: Clips,
    pub folder: TempDir,
}

/// How many digits the numbers of the turns have that are taken on a fresh stand.
pub const DIGITS: usize = 3;

impl Stand {
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let provider = Provider::in_own_thread().unwrap();
        let clips = Clips::make(folder.path());
        let server = Process::repartee(folder.path(), &provider.base_url(), &[]);
        let stand = Self { provider, server, clips, folder };
        stand.warm_up().await;
        stand
    }

    async fn warm_up(&self) {
        self.set(&Setting::instant("warm-up", Reply::text("It is warm, {n}.")));
        let mut caller = Caller::connect(self.server.address).await;
        for turn in 0..WARM_UP {
            let rendering = Rendering::ALL[turn % Rendering::ALL.len()];
            let answer = caller.ask(&self.question(rendering), rendering).await;
            assert!(answer.is_some_and(|answer| answer.status.is_success()), "{rendering:?}");
        }
    }

    /// From here on the provider is like this.
    pub fn set(&self, setting: &Setting) {
        self.provider.set(setting.behaviour());
    }

    /// A turn over speech.
    pub fn question(&self, rendering: Rendering) -> Question {
        Question::form(rendering.path(), "audio", &self.clips.speech, &[])
    }

    /// What this takes of the server's processors.
    pub async fn cpu_of<T>(&self, work: impl Future<Output = T>) -> (T, Duration) {
        let before = self.server.cpu();
        let done = work.await;
        (done, self.server.cpu() - before)
    }
}
