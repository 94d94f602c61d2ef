//! What can go wrong in a turn, by meaning.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::audio::error::AudioError;
use crate::audio::hearing::Report;
use crate::pipeline::budget::BudgetReached;

/// The stages of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Speech to text.
    Hearing,
    /// The answer.
    Thinking,
    /// Text to speech.
    Speaking,
}

impl Stage {
    /// Its name, as in errors and receipts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hearing => "hearing",
            Self::Thinking => "thinking",
            Self::Speaking => "speaking",
        }
    }
}

/// Why an engine did not do its work.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EngineError {
    /// It is still loading.
    #[error("the engine is still loading; try again in a moment")]
    Loading,
    /// Its queue is full.
    #[error("the engine is busy; try again in a moment")]
    Busy,
    /// It is not there or cannot be reached. The text says why and what to do.
    #[error("the engine is not available: {0}")]
    Unavailable(String),
    /// It does not work as it is set up, and waiting does not help. The text says what to look at.
    #[error("the engine is not set up rightly: {0}")]
    Misconfigured(String),
    /// It understood and declined.
    #[error("the engine refused: {0}")]
    Refused(String),
    /// It has no words for this text. The error says what it speaks.
    #[error("this text cannot be said aloud: {0}")]
    Unspeakable(String),
    /// Its quota is used up.
    #[error("the engine's quota is used up; look at the account's plan and billing")]
    Quota,
    /// It takes no more requests for now.
    #[error("the engine takes no more requests for now; try again in {} s", whole_seconds(*.retry_after))]
    Limited {
        /// When it takes some again.
        retry_after: Duration,
    },
    /// It failed several times in a row, or says itself that it is down for a while.
    #[error("the engine is down for now; try again in {} s", whole_seconds(*.retry_after))]
    Down {
        /// When it is worth another try.
        retry_after: Duration,
    },
    /// The model is not there, or not any more.
    #[error("there is no model `{0}` any more, or not for this key; name another in the settings")]
    Gone(String),
    /// It did not answer in time.
    #[error("the engine did not answer in time")]
    Timeout,
    /// What it answered makes no sense.
    #[error("the engine's answer could not be read: {0}")]
    Unreadable(String),
    /// This engine hears no clips that long.
    #[error("this engine hears at most {limit_seconds} seconds; the clip has {seconds:.1}")]
    TooLong {
        /// How long the clip is.
        seconds: f64,
        /// The longest it hears.
        limit_seconds: u32,
    },
    /// The clip itself is at fault.
    #[error(transparent)]
    Audio(#[from] AudioError),
}

impl EngineError {
    /// The turn's error: this one, in that stage.
    pub fn in_stage(self, stage: Stage) -> TurnError {
        TurnError::Engine { stage, source: self }
    }

    /// Whether nobody asks money for a call that failed like this before anything of its result was
    /// there. Where work may have begun, it counts.
    pub fn costs_nothing(&self) -> bool {
        match self {
            Self::Loading
            | Self::Busy
            | Self::Unavailable(_)
            | Self::Refused(_)
            | Self::Unspeakable(_)
            | Self::Quota
            | Self::Limited { .. }
            | Self::Down { .. }
            | Self::Gone(_)
            | Self::Misconfigured(_)
            | Self::TooLong { .. }
            | Self::Audio(_) => true,
            Self::Timeout | Self::Unreadable(_) => false,
        }
    }

    /// The same for those who are asked over the network: where the engines are, and how they are
    /// set up, only concerns whoever runs the server, and stands in its log.
    pub fn for_strangers(&self) -> String {
        match self {
            Self::Unavailable(_) => "the engine is not available; try again in a moment".to_owned(),
            Self::Misconfigured(_) | Self::Gone(_) => {
                "this server's engine is not set up rightly, which its operator has to mend; the \
                 log says how"
                    .to_owned()
            }
            Self::Quota => "the engine's quota is used up".to_owned(),
            // What comes after the semicolon is a hint at the settings.
            Self::Unreadable(why) => {
                let (what, _) = why.split_once(';').unwrap_or((why, ""));
                format!("the engine's answer could not be read: {what}")
            }
            other => other.to_string(),
        }
    }

    /// When another try is worth it, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited { retry_after } | Self::Down { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

/// Never less than was asked for.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Why a turn ended without an answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TurnError {
    /// The clip could not be read; nothing was paid for.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// Nobody is speaking in the clip, and nothing was paid for; or somebody seems to, and no word
    /// was understood.
    #[error("{}", unheard(.0))]
    NoSpeech(Box<Report>),
    /// The clip is too short to hold a word.
    #[error("the clip is too short: {:.2} s", .0.duration_seconds)]
    TooShort(Box<Report>),
    /// There is no money left for it; nothing was paid for.
    #[error(transparent)]
    Budget(#[from] BudgetReached),
    /// An engine failed.
    #[error("{}: {source}", stage.name())]
    Engine {
        /// In which stage.
        stage: Stage,
        /// Why.
        source: EngineError,
    },
    /// A stage, or the turn as a whole, took too long.
    #[error("{} took longer than {:.0} s", stage.name(), after.as_secs_f64())]
    Timeout {
        /// The stage it was in.
        stage: Stage,
        /// The limit that it reached.
        after: Duration,
    },
}

impl TurnError {
    /// The error's code in the HTTP contract and in `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Audio(error) | Self::Engine { source: EngineError::Audio(error), .. } => {
                audio_code(error)
            }
            Self::NoSpeech(_) => "no_speech",
            Self::TooShort(_) => "audio_too_short",
            Self::Budget(_) => "budget_reached",
            Self::Timeout { .. } => "engine_timeout",
            Self::Engine { source, .. } => engine_code(source),
        }
    }

    /// Whether it is certain that nothing was paid for, in a turn in which nothing was heard yet.
    pub fn costs_nothing(&self) -> bool {
        match self {
            Self::Audio(_) | Self::NoSpeech(_) | Self::TooShort(_) | Self::Budget(_) => true,
            Self::Engine { source, .. } => source.costs_nothing(),
            Self::Timeout { .. } => false,
        }
    }

    /// The same for those who are asked over the network.
    pub fn for_strangers(&self) -> String {
        match self {
            Self::Engine { stage, source } => {
                format!("{}: {}", stage.name(), source.for_strangers())
            }
            other => other.to_string(),
        }
    }

    /// The stage it happened in, if it came that far.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Engine { stage, .. } | Self::Timeout { stage, .. } => Some(*stage),
            Self::NoSpeech(_) | Self::TooShort(_) => Some(Stage::Hearing),
            Self::Audio(_) | Self::Budget(_) => None,
        }
    }

    /// When another try is worth it, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Engine { source, .. } => source.retry_after(),
            _ => None,
        }
    }
}

/// Where somebody seems to speak, the clip's level is not to blame.
fn unheard(report: &Report) -> String {
    if report.speech_seconds > 0.0 {
        return "no speech was understood: someone seems to speak, but no word of it could be made \
                out; say it again, a little slower"
            .to_owned();
    }
    let Report { duration_seconds, loudness_dbfs, .. } = report;
    format!(
        "no speech was heard: the clip has {duration_seconds:.1} s at {loudness_dbfs:.0} dBFS; \
         speech is usually at -30 to -15"
    )
}

fn audio_code(error: &AudioError) -> &'static str {
    match error {
        AudioError::Empty => "missing_audio",
        AudioError::Bare { .. } => "audio_too_short",
        AudioError::TooManyBytes { .. } => "audio_too_large",
        AudioError::TooLong { .. } | AudioError::TooDense { .. } => "audio_too_long",
        AudioError::Unsupported { .. }
        | AudioError::Broken { .. }
        | AudioError::TooSlow { .. }
        | AudioError::Panicked => "unsupported_audio",
        AudioError::DamagedPiece { .. } => "engine_refused",
    }
}

fn engine_code(error: &EngineError) -> &'static str {
    match error {
        EngineError::Busy => "overloaded",
        EngineError::Loading
        | EngineError::Unavailable(_)
        | EngineError::Limited { .. }
        | EngineError::Down { .. } => "engine_unavailable",
        EngineError::Misconfigured(_) | EngineError::Gone(_) => "engine_misconfigured",
        EngineError::Refused(_) | EngineError::Unreadable(_) => "engine_refused",
        EngineError::Unspeakable(_) => "unspeakable",
        EngineError::Quota => "engine_quota",
        EngineError::Timeout => "engine_timeout",
        EngineError::TooLong { .. } => "audio_too_long",
        EngineError::Audio(error) => audio_code(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_come_back_is_told_when() {
        let retry_after = Duration::from_millis(2_100);
        for error in [EngineError::Limited { retry_after }, EngineError::Down { retry_after }] {
            assert!(error.to_string().contains("in 3 s"), "{error}");
            let error = error.in_stage(Stage::Hearing);
            assert_eq!(error.retry_after(), Some(retry_after));
            assert_eq!(error.code(), "engine_unavailable");
        }
        let gone = EngineError::Gone("tts-1".to_owned()).in_stage(Stage::Speaking);
        assert_eq!((gone.retry_after(), gone.code()), (None, "engine_misconfigured"));
    }

    #[test]
    fn strangers_do_not_hear_how_the_server_is_set_up() {
        let advice = || "api.test:8443 refuses the key; look at THINKING_API_KEY".to_owned();
        for error in [
            EngineError::Unavailable(advice()),
            EngineError::Misconfigured(advice()),
            EngineError::Gone("gpt-9 THINKING".to_owned()),
            EngineError::Unreadable(
                "it is no sound; is the base URL of THINKING right?".to_owned(),
            ),
        ] {
            let told = error.clone().in_stage(Stage::Thinking);
            assert!(told.to_string().contains("THINKING"), "{told}");
            let told = told.for_strangers();
            assert!(told.starts_with("thinking: ") && !told.contains("THINKING"), "{told}");
            assert!(!told.contains("api.test") && !told.contains("gpt-9"), "{told}");
        }
    }
}
