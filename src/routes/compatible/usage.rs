//! Tokens of a chat completion: as the engine counts them, else estimated, and then marked so.

use serde_json::{Value, json};

use crate::domain::message::Message;
use crate::pipeline::engine::{Prompt, Usage};

/// Roughly the tokens that a prompt takes to read.
pub fn read(prompt: &Prompt) -> u64 {
    let rest = [Message::user(prompt.instructions.as_str()), Message::user(prompt.said.as_str())];
    prompt.history.iter().chain(&rest).map(|message| u64::from(message.tokens())).sum()
}

/// Counts while an answer is written.
pub struct Count {
    read: u64,
    written_bytes: usize,
    told: Option<Usage>,
}

impl Count {
    /// Of an answer to a prompt with about so many tokens.
    pub fn of(read: u64) -> Self {
        Self { read, written_bytes: 0, told: None }
    }

    /// More of the answer.
    pub fn wrote(&mut self, delta: &str) {
        self.written_bytes += delta.len();
    }

    /// The engine has counted.
    pub fn told(&mut self, usage: Usage) {
        self.told = Some(usage);
    }

    /// What is told of it. Not every engine counts.
    pub fn json(&self) -> Value {
        // Four bytes a token, as with messages.
        let estimated =
            Usage { input_tokens: self.read, output_tokens: self.written_bytes.div_ceil(4) as u64 };
        let usage = self.told.unwrap_or(estimated);
        let mut told = json!({
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens.saturating_add(usage.output_tokens),
        });
        if let (None, Value::Object(members)) = (self.told, &mut told) {
            members.insert("estimated".to_owned(), json!(true));
        }
        told
    }
}
