//! A thread that hears: it loads a decoder, then takes one clip after another.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{oneshot, watch};
use tracing::debug;

use crate::audio::clip::Clip;
use crate::audio::decode::Decoding;
use crate::audio::hearing::report_of;
use crate::audio::pcm::Pcm;
use crate::domain::language::Language;
use crate::engines::embedded::dressing::dress;
use crate::engines::embedded::hearing::HearingOptions;
use crate::engines::embedded::pocketsphinx::{Decoder, Segment};
use crate::pipeline::engine::{Readiness, Transcript, Word};
use crate::pipeline::error::EngineError;

/// What the model was made for.
const RATE_HZ: u32 = 16_000;
const SAMPLES_A_MS: usize = 16;
/// Kept around the speech: soft beginnings and endings are easily taken for silence.
const MARGIN_SECONDS: f64 = 0.2;
const FRAME_MS: u32 = 10;
/// What a model consists of.
const ACOUSTIC_MODEL: &str = "en-us";
const LANGUAGE_MODEL: &str = "en-us.lm.bin";
const DICTIONARY: &str = "cmudict-en-us.dict";
/// One pass over the sound, and what it gives up on. Over 96 sentences in two voices this costs
/// nothing against the library's own choices, clean (4.9 and 4.9 % of the words) and through Opus
/// at 24 kb/s (4.5 and 4.4 %), and takes 70 % of the time; in noise of 28 dB it costs one to three
/// words in a hundred (14.4 and 13.3 %, 20.0 and 17.0 %). Fewer Gaussians (`-topn`) would be faster
/// too, and mishear what a codec leaves.
const SEARCH: [(&str, &str); 4] =
    [("-fwdflat", "no"), ("-maxhmmpf", "6000"), ("-maxwpf", "40"), ("-wbeam", "1e-24")];

/// A clip to be heard, and who wants to know.
pub(super) struct Job {
    pub(super) clip: Clip,
    pub(super) keywords: Vec<String>,
    pub(super) reply: oneshot::Sender<Result<Transcript, EngineError>>,
}

/// Jobs wait in line for whichever worker is free.
type Line = Arc<Mutex<Receiver<Job>>>;

/// What a hearing thread works with.
pub(super) struct Worker {
    pub(super) options: HearingOptions,
    pub(super) jobs: Line,
    pub(super) readiness: watch::Sender<Readiness>,
}

impl Worker {
    /// Loads, then hears clips until nobody can send one. When loading fails, the worker ends;
    /// with the last one, the jobs that wait are dropped, and so answered.
    pub(super) fn run(self) {
        let mut decoder = match load(&self.options.model_dir) {
            Ok(decoder) => decoder,
            Err(why) => return fail(&self.readiness, why),
        };
        self.readiness.send_replace(Readiness::Ready);
        while let Some(job) = self.next_job() {
            if job.reply.is_closed() {
                debug!("nobody waits for this clip any more; it is skipped");
                continue;
            }
            let heard = hear(&mut decoder, &job, &self.options);
            drop(job.reply.send(heard));
        }
    }

    fn next_job(&self) -> Option<Job> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }
}

/// Says that hearing cannot work, unless some other thread can.
pub(super) fn fail(readiness: &watch::Sender<Readiness>, why: String) {
    readiness.send_if_modified(|readiness| {
        let loading = *readiness == Readiness::Loading;
        if loading {
            *readiness = Readiness::Failed(why);
        }
        loading
    });
}

fn load(folder: &Path) -> Result<Decoder, String> {
    let [acoustic, language, dictionary] =
        [ACOUSTIC_MODEL, LANGUAGE_MODEL, DICTIONARY].map(|part| folder.join(part));
    for part in [&acoustic, &language, &dictionary] {
        if !part.exists() {
            let part = part.display();
            return Err(format!(
                "the model of PocketSphinx is missing ({part} does not exist); install the package pocketsphinx-en-us, or say where the model is"
            ));
        }
    }
    let [acoustic, language, dictionary] =
        [&acoustic, &language, &dictionary].map(|part| part.to_string_lossy());
    let options = [
        ("-hmm", &*acoustic),
        ("-lm", &*language),
        ("-dict", &*dictionary),
        // Silence is cut off before, and what is cut out within would shift the words' times.
        ("-remove_silence", "no"),
    ];
    let options = options.into_iter().chain(SEARCH).collect::<Vec<_>>();
    Decoder::load(&options).ok_or_else(|| {
        let folder = folder.display();
        format!(
            "PocketSphinx cannot read its model in {folder}; install the package pocketsphinx-en-us again"
        )
    })
}

fn hear(
    decoder: &mut Decoder,
    job: &Job,
    options: &HearingOptions,
) -> Result<Transcript, EngineError> {
    let sound = decode(&job.clip, options)?;
    let audio_seconds = sound.seconds();
    let (start, speech) = speech_of(&sound);
    let heard = if speech.is_empty() { None } else { decoder.hear(speech) };
    let Some(hypothesis) = heard else {
        return Ok(Transcript { audio_seconds, ..Transcript::default() });
    };
    let start_ms = u32::try_from(start / SAMPLES_A_MS).unwrap_or(u32::MAX);
    Ok(Transcript {
        text: dress(&hypothesis, &job.keywords),
        language: Some(Language::english()),
        words: decoder.segments().into_iter().map(|segment| word(segment, start_ms)).collect(),
        audio_seconds,
        usage: None,
    })
}

/// The whole clip as samples. How long a clip is that is too long, is measured, not decoded.
fn decode(clip: &Clip, options: &HearingOptions) -> Result<Pcm, EngineError> {
    let max_seconds = options.max_seconds;
    let mut decoding = Decoding::open(clip, options.limits, RATE_HZ)?;
    let mut sound = Pcm { rate_hz: RATE_HZ, samples: Vec::new() };
    while let Some(block) = decoding.next_block()? {
        sound.samples.extend(block);
        if sound.seconds() > f64::from(max_seconds) {
            let seconds = decoding.skim()?;
            return Err(EngineError::TooLong { seconds, limit_seconds: max_seconds });
        }
    }
    Ok(sound)
}

/// From the first voice to the last, with a margin; where it begins, in samples.
fn speech_of(sound: &Pcm) -> (usize, &[i16]) {
    let regions = report_of(sound).speech_regions;
    let (Some((first, _)), Some((_, last))) = (regions.first(), regions.last()) else {
        return (0, &[]);
    };
    let at = |seconds: f64| (seconds.max(0.0) * f64::from(RATE_HZ)) as usize;
    let end = at(last + MARGIN_SECONDS).min(sound.samples.len());
    let start = at(first - MARGIN_SECONDS).min(end);
    (start, &sound.samples[start..end])
}

fn word(segment: Segment, clip_start_ms: u32) -> Word {
    Word {
        text: segment.word,
        start_ms: clip_start_ms + segment.first_frame * FRAME_MS,
        end_ms: clip_start_ms + (segment.last_frame + 1) * FRAME_MS,
        confidence: Some(segment.probability),
    }
}
