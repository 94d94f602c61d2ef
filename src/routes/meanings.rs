//! What the errors of other rooms mean to whoever asked.

use crate::audio::error::AudioError;
use crate::conversations::ConversationError;
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::routes::problem::Problem;
use crate::store::StoreError;

impl From<TurnError> for Problem {
    fn from(error: TurnError) -> Self {
        let problem = Self::new(error.code(), error.for_strangers()).because(&error);
        let problem = problem.in_stage(error.stage().map_or("upload", Stage::name));
        let problem = match error.retry_after() {
            Some(wait) => problem.after(wait),
            None => problem,
        };
        match &error {
            // Measured only up to where it was sure that someone speaks.
            TurnError::NoSpeech(report) if report.speech_seconds > 0.0 => problem,
            TurnError::NoSpeech(report) | TurnError::TooShort(report) => {
                problem.with("measured", serde_json::to_value(report).unwrap_or_default())
            }
            TurnError::Budget(reached) => problem.with("resets_at", reached.resets_at.to_rfc3339()),
            TurnError::Audio(AudioError::TooLong { seconds, limit_seconds })
            | TurnError::Engine {
                source:
                    EngineError::TooLong { seconds, limit_seconds }
                    | EngineError::Audio(AudioError::TooLong { seconds, limit_seconds }),
                ..
            } => problem.with("limit_seconds", *limit_seconds).with("measured_seconds", *seconds),
            TurnError::Audio(AudioError::TooDense { limit_seconds, .. }) => {
                problem.with("limit_seconds", *limit_seconds)
            }
            TurnError::Audio(_) | TurnError::Engine { .. } | TurnError::Timeout { .. } => problem,
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        Self::new("engine_unavailable", error.for_strangers()).because(error)
    }
}

impl From<ConversationError> for Problem {
    fn from(error: ConversationError) -> Self {
        let code = error.code();
        match error {
            ConversationError::Turn(error) => error.into(),
            ConversationError::Memory(error) => error.into(),
            error @ ConversationError::UnknownVoice(_) => {
                Self::new(code, error.to_string()).with("param", "voice")
            }
            error => Self::new(code, error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownConversation => Self::new("unknown_conversation", error.to_string()),
            StoreError::UnknownTurn => Self::new("unknown_turn", error.to_string()),
            StoreError::BadCursor => Self::malformed(error.to_string()).with("param", "cursor"),
            error => {
                Self::new("memory_unavailable", "the conversations' memory is not available now")
                    .in_stage("memory")
                    .because(error)
            }
        }
    }
}
