//! The thread that speaks, one line after another.

use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tracing::debug;

use crate::audio::format::Sound;
use crate::audio::pcm::Pcm;
use crate::domain::delivery::Delivery;
use crate::engines::embedded::flite::{self, Flite, Manner, c_text};
use crate::engines::embedded::speaking::sound::Shaping;
use crate::engines::embedded::speaking::wording::portions;
use crate::pipeline::engine::Readiness;
use crate::pipeline::error::EngineError;

/// At which rate all of flite's voices speak.
const RATE_HZ: u32 = 16_000;
/// The least sound that flite hands over, and the first that is sent: 50 ms.
const PIECE_SAMPLES: i32 = 800;
const PIECES_A_SECOND: u32 = 20;
/// The least worth sending while the listener has something to hear: 200 ms. It is made in a few
/// milliseconds, and each piece costs whoever passes it on.
const LATER_SAMPLES: usize = 3_200;

/// A line to be spoken, and who listens.
pub(super) struct Job {
    pub(super) text: String,
    pub(super) voice: flite::Voice,
    pub(super) delivery: Delivery,
    pub(super) reply: Sender<Result<Sound, EngineError>>,
}

/// More pieces than a line can have, so that a slow listener never keeps the next one waiting.
pub(super) fn most_pieces(max_seconds: u32) -> usize {
    // Beside the pieces themselves, each portion may end in a short one, and in its silence.
    usize::try_from((max_seconds + 2) * PIECES_A_SECOND * 2).unwrap_or(usize::MAX)
}

/// What the speaking thread works with.
pub(super) struct Worker {
    pub(super) jobs: Receiver<Job>,
    pub(super) readiness: watch::Sender<Readiness>,
    pub(super) voice: flite::Voice,
    pub(super) max_seconds: u32,
}

impl Worker {
    /// Loads, then speaks lines until nobody can send one; if loading fails, says why instead.
    pub(super) fn run(self) {
        let loaded = self.load();
        self.readiness.send_replace(match &loaded {
            Ok(()) => Readiness::Ready,
            Err(why) => Readiness::Failed(why.clone()),
        });
        while let Ok(job) = self.jobs.recv() {
            if job.reply.is_closed() {
                debug!("nobody listens to this line any more; it is skipped");
                continue;
            }
            match &loaded {
                Ok(()) => self.say(&job),
                Err(why) => drop(job.reply.try_send(Err(EngineError::Unavailable(why.clone())))),
            }
        }
    }

    /// Says something to nobody: the first words take longer, since the voice is yet to be read
    /// from disk.
    fn load(&self) -> Result<(), String> {
        let manner = Manner { voice: self.voice, stretch: 1.0, min_samples: PIECE_SAMPLES };
        let flite = Flite::lock();
        let mut flite = flite.ok_or("flite does not start; install the package libflite1 again")?;
        flite.speak(&c_text("Ready to speak."), manner, |_| ControlFlow::Continue(()));
        Ok(())
    }

    fn say(&self, job: &Job) {
        let mut left = usize::try_from(self.max_seconds * RATE_HZ).unwrap_or(usize::MAX);
        for portion in portions(&job.text) {
            if left == 0 || job.reply.is_closed() {
                return;
            }
            if !say_portion(job, &portion, &mut left) {
                let error = EngineError::Unreadable("flite made no sound of a line".to_owned());
                drop(job.reply.try_send(Err(error)));
                return;
            }
        }
    }
}

/// Speaks one portion; false if flite could not. `left` counts down the samples allowed.
fn say_portion(job: &Job, portion: &str, left: &mut usize) -> bool {
    let stretch = 1.0 / job.delivery.speed;
    let manner = Manner { voice: job.voice, stretch, min_samples: PIECE_SAMPLES };
    let mut shaping = Shaping::new(RATE_HZ, job.delivery.gain_db);
    let Some(mut flite) = Flite::lock() else { return false };
    let mut gathered = Vec::new();
    let mut sent = false;
    let spoken = flite.speak(&c_text(portion), manner, |chunk| {
        gathered.extend(shaping.push(chunk));
        if sent && gathered.len() < LATER_SAMPLES {
            return ControlFlow::Continue(());
        }
        sent |= !gathered.is_empty();
        send(job, std::mem::take(&mut gathered), left)
    });
    gathered.extend(shaping.finish());
    let _ = send(job, gathered, left);
    spoken
}

/// Hands samples to the listener. Breaks off when nobody listens or the line is too long.
fn send(job: &Job, mut samples: Vec<i16>, left: &mut usize) -> ControlFlow<()> {
    samples.truncate(*left);
    *left -= samples.len();
    if samples.is_empty() {
        return if *left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    }
    let sound = Sound::Pcm(Pcm { rate_hz: RATE_HZ, samples });
    match job.reply.try_send(Ok(sound)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}
