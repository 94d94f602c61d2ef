//! Why a command did not do what it was asked, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::audio::error::AudioError;
use crate::conversations::ConversationError;
use crate::engines::ChoiceError;
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::settings::SettingsError;
use crate::startup::StartupError;
use crate::store::StoreError;

/// Whose fault it is, which is what a script must know.
/// The gravest comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The input's, the settings' or the command line's: exit code 2.
    Input,
    /// Nobody's for long: exit code 3.
    Busy,
    /// Ours: exit code 1.
    Ours,
    /// Whoever read the result has stopped reading: exit code 141, as if by SIGPIPE.
    Unread,
    /// The process was told to stop, by this signal: exit code 128 and its number.
    Stopped(u8),
}

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    fault: Fault,
    code: &'static str,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// The input is wrong; `message` says what.
    pub fn input(message: impl Into<String>) -> Self {
        Self { fault: Fault::Input, code: "wrong_input", message: message.into(), source: None }
    }

    /// Something of ours broke.
    pub fn broken(error: &dyn Error) -> Self {
        Self { fault: Fault::Ours, code: "broken", message: error.to_string(), source: None }
    }

    /// The result could not be written.
    pub fn output(error: io::Error) -> Self {
        let unread = error.kind() == io::ErrorKind::BrokenPipe;
        let fault = if unread { Fault::Unread } else { Fault::Ours };
        let message = "the result could not be written".to_owned();
        Self { fault, code: "output", message, source: Some(error.into()) }
    }

    /// The process was told to stop.
    pub fn stopped(signal: u8) -> Self {
        let message = "stopped before it was done".to_owned();
        Self { fault: Fault::Stopped(signal), code: "stopped", message, source: None }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The same, with what it is about in front.
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self
    }

    /// A word for scripts: `no_speech`, `unsupported_audio` …
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.fault {
            Fault::Ours => 1,
            Fault::Input => 2,
            Fault::Busy => 3,
            Fault::Unread => 141,
            Fault::Stopped(signal) => 128 + signal,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self {
            fault: Fault::Input,
            code: "wrong_settings",
            message: error.to_string(),
            source: None,
        }
    }
}

impl From<AudioError> for Failure {
    fn from(error: AudioError) -> Self {
        TurnError::Audio(error).into()
    }
}

impl From<TurnError> for Failure {
    fn from(error: TurnError) -> Self {
        let fault = match &error {
            TurnError::Audio(_) | TurnError::NoSpeech(_) | TurnError::TooShort(_) => Fault::Input,
            TurnError::Budget(_) | TurnError::Timeout { .. } => Fault::Busy,
            TurnError::Engine { stage: Stage::Hearing, source: EngineError::Audio(_) }
            | TurnError::Engine { source: EngineError::TooLong { .. }, .. } => Fault::Input,
            TurnError::Engine { source, .. } => match source {
                EngineError::Unreadable(_) | EngineError::Refused(_) | EngineError::Audio(_) => {
                    Fault::Ours
                }
                // Only another setting helps.
                EngineError::Gone(_)
                | EngineError::Misconfigured(_)
                | EngineError::Unspeakable(_) => Fault::Input,
                _ => Fault::Busy,
            },
        };
        Self { fault, code: error.code(), message: error.to_string(), source: None }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let fault = match &error {
            StoreError::Url(_)
            | StoreError::RecordingsPlace(_)
            | StoreError::NotBackedUp(_)
            | StoreError::UnknownConversation
            | StoreError::UnknownKey
            | StoreError::KeyNameTaken(_) => Fault::Input,
            StoreError::TooNew(_)
            | StoreError::Damaged(_)
            | StoreError::Refused(_)
            | StoreError::Outdated => Fault::Ours,
            _ => Fault::Busy,
        };
        Self { fault, code: "memory_unavailable", message: error.to_string(), source: None }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        // An engine that cannot be opened with these settings will not open later either.
        let settings = matches!(
            error,
            EngineError::Refused(_) | EngineError::Gone(_) | EngineError::Misconfigured(_)
        );
        let fault = if settings { Fault::Input } else { Fault::Busy };
        Self { fault, code: "engine_unavailable", message: error.to_string(), source: None }
    }
}

impl From<StartupError> for Failure {
    fn from(error: StartupError) -> Self {
        match error {
            StartupError::Store(error) => error.into(),
            StartupError::Engine(error) => error.into(),
            StartupError::Models(ChoiceError::Unasked { ref source, .. }) => {
                Self { message: error.to_string(), ..source.clone().into() }
            }
            StartupError::Models(ChoiceError::Unclear(_)) => Self::input(error.to_string()),
            StartupError::DataFolder { .. } | StartupError::Bind { .. } => {
                Self::input(error.to_string())
            }
            StartupError::Certificate { .. }
            | StartupError::Unsafe(_)
            | StartupError::UnknownPrices(_) => Self::input(error.to_string()),
            StartupError::Server(_) | StartupError::Page(_) => Self::broken(&error),
        }
    }
}

impl From<ConversationError> for Failure {
    fn from(error: ConversationError) -> Self {
        let code = error.code();
        match error {
            ConversationError::Turn(error) => error.into(),
            ConversationError::Memory(error) => error.into(),
            ConversationError::UnknownConversation
            | ConversationError::UnknownTurn
            | ConversationError::OtherRequest
            | ConversationError::UnknownVoice(_) => Self { code, ..Self::input(error.to_string()) },
            ConversationError::TurnInFlight => {
                Self { fault: Fault::Busy, code, ..Self::input(error.to_string()) }
            }
        }
    }
}
