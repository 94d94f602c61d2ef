//! What is noted about a request.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::fault::Stage;

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it was for.
    pub stage: Stage,
    /// The path that it went to.
    pub path: String,
    /// The connection that it came on, from 1.
    pub connection: u64,
    /// Whether it carried a key.
    pub authorized: bool,
    /// What it said its body was.
    pub content_type: Option<String>,
    /// The organization that it named.
    pub organization: Option<String>,
    /// What it asked for.
    pub asked: Arc<Asked>,
    /// When its headers came.
    pub arrived: Instant,
    /// When its body was complete.
    pub complete: Option<Instant>,
    /// When the first byte of the body was sent, or the headers if it had none.
    pub first_byte: Option<Instant>,
    /// When it ended, or when it was noticed that the client had left.
    pub ended: Option<Instant>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is not over. One that was stalled stays so until its client leaves.
    Open,
    /// It was answered (or refused) to the end.
    Done,
    /// The client went away before the end.
    Aborted,
    /// What was to go wrong has gone wrong.
    Faulted,
}

/// What a request asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Nothing that could be read.
    Nothing,
    /// To hear this.
    Hear(Upload),
    /// To answer this.
    Think(Chat),
    /// To say this.
    Speak(Speech),
}

/// A clip that was to be heard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Upload {
    /// The model asked for.
    pub model: String,
    /// The name of the file.
    pub filename: Option<String>,
    /// What the file was said to be.
    pub file_type: Option<String>,
    /// How many bytes it has.
    pub file_bytes: usize,
    /// Its SHA-256, in hexadecimal digits.
    pub file_sha256: String,
    /// All the other fields, in order.
    pub fields: Vec<(String, String)>,
}

impl Upload {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut named = self.fields.iter().filter(|(other, _)| other == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// Every field of this name, such as `keywords[]`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// A conversation that was to be continued.
#[derive(Debug, Clone, PartialEq)]
pub struct Chat {
    /// The model asked for.
    pub model: String,
    /// The messages.
    pub messages: Vec<Value>,
    /// How many tokens the reply may have.
    pub max_completion_tokens: Option<u64>,
    /// How daring it may be.
    pub temperature: Option<f64>,
    /// How much thought is to go into it.
    pub reasoning_effort: Option<String>,
    /// Whether it is to come piece by piece.
    pub stream: bool,
    /// The whole request.
    pub raw: Value,
}

/// A line that was to be spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// The model asked for.
    pub model: String,
    /// The line.
    pub input: String,
    /// The voice.
    pub voice: String,
    /// How fast, 1 being the usual speed.
    pub speed: Option<f64>,
    /// The format of the sound.
    pub format: String,
    /// How it is to be said.
    pub instructions: Option<String>,
}

impl Call {
    /// What was to be heard, if that was asked for.
    pub fn upload(&self) -> Option<&Upload> {
        if let Asked::Hear(upload) = &*self.asked { Some(upload) } else { None }
    }

    /// What was to be answered, if that was asked for.
    pub fn chat(&self) -> Option<&Chat> {
        if let Asked::Think(chat) = &*self.asked { Some(chat) } else { None }
    }

    /// What was to be spoken, if that was asked for.
    pub fn speech(&self) -> Option<&Speech> {
        if let Asked::Speak(speech) = &*self.asked { Some(speech) } else { None }
    }
}
