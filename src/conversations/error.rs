//! Why a turn that remembers ended without an answer.

use thiserror::Error;

use crate::domain::voice::UnknownVoice;
use crate::pipeline::error::TurnError;
use crate::store::StoreError;

/// Why a turn that remembers ended without an answer.
#[derive(Debug, Clone, Error)]
pub enum ConversationError {
    /// The turn itself failed.
    #[error(transparent)]
    Turn(#[from] TurnError),
    /// There is no such conversation, or it is somebody else's.
    #[error("there is no such conversation; leave it out to begin a new one")]
    UnknownConversation,
    /// Nobody speaks with the voice that was asked for.
    #[error(transparent)]
    UnknownVoice(#[from] UnknownVoice),
    /// The turn before it is still being answered.
    #[error("the turn before is still being answered; wait for its end, or end it")]
    TurnInFlight,
    /// The key of a request that may be repeated stands for another request.
    #[error("that Idempotency-Key was used for another request in the last 24 hours")]
    OtherRequest,
    /// There is no such turn, or it is somebody else's.
    #[error("there is no such turn")]
    UnknownTurn,
    /// Memory failed: nothing could be recalled, or the answer was given but is not remembered.
    #[error("the conversation's memory failed: {0}")]
    Memory(StoreError),
}

impl ConversationError {
    /// The error's code in the HTTP contract and in `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Turn(error) => error.code(),
            Self::UnknownConversation => "unknown_conversation",
            Self::UnknownVoice(_) => "unknown_voice",
            Self::TurnInFlight => "turn_in_flight",
            Self::OtherRequest => "idempotency_mismatch",
            Self::UnknownTurn => "unknown_turn",
            Self::Memory(_) => "memory_unavailable",
        }
    }
}

impl ConversationError {
    /// The house is closing.
    pub(super) fn closed() -> Self {
        Self::Memory(StoreError::Closed)
    }
}

impl From<StoreError> for ConversationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownConversation => Self::UnknownConversation,
            StoreError::UnknownTurn => Self::UnknownTurn,
            error => Self::Memory(error),
        }
    }
}
