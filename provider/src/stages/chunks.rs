//! A chat completion, as one document or as events.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use serde_json::{Value, json};

use crate::reply::{Reply, ToolCall};
use crate::stages::answer::{Answer, Piece, Shape};

/// How many tokens went in and came out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) tokens_in: u64,
    pub(crate) tokens_out: u64,
}

/// Everything that a completion says.
#[derive(Debug)]
pub(crate) struct Completion {
    pub(crate) number: u64,
    pub(crate) model: String,
    /// In seconds since 1970.
    pub(crate) created: u64,
    pub(crate) reply: Reply,
    pub(crate) usage: Usage,
}

impl Completion {
    /// All of it at once.
    pub(crate) fn document(&self, after: Duration, usage: bool) -> Answer {
        let mut message = json!({
            "role": "assistant", "content": self.reply.tokens.concat(), "refusal": null,
        });
        if !self.reply.tool_calls.is_empty() {
            let calls = self.reply.tool_calls.iter();
            message["tool_calls"] =
                calls.map(|call| named(call, &call.arguments.concat())).collect();
        }
        let choice = json!({
            "index": 0, "message": message, "logprobs": null, "finish_reason": self.finish(),
        });
        let mut document = self.frame("chat.completion");
        document["choices"] = json!([choice]);
        if usage {
            document["usage"] = self.usage.json();
        }
        let mut answer = Answer::json(after, document.to_string());
        for piece in &mut answer.pieces {
            piece.tokens = self.usage.tokens_out;
        }
        answer
    }

    /// Token by token.
    pub(crate) fn events(&self, first: Duration, gap: Duration, usage: bool) -> Answer {
        let mut writer = Writer::new(self, usage);
        let first_delta = json!({"role": "assistant", "content": "", "refusal": null});
        writer.delta(first, &first_delta);
        let (mut now, mut next) = (first, first);
        for token in &self.reply.tokens {
            now = next;
            writer.token(now, token);
            next += gap;
        }
        for (index, call) in self.reply.tool_calls.iter().enumerate() {
            let mut opening = named(call, "");
            opening["index"] = json!(index);
            writer.delta(now, &json!({ "tool_calls": [opening] }));
            for piece in &call.arguments {
                let more = json!({"index": index, "function": {"arguments": piece}});
                writer.delta(now, &json!({ "tool_calls": [more] }));
            }
        }
        writer.event(now, "{}", &json!(self.finish()).to_string());
        if usage {
            let mut last = self.frame("chat.completion.chunk");
            last["choices"] = json!([]);
            last["usage"] = self.usage.json();
            writer.raw(now, &last.to_string());
        }
        writer.raw(now, "[DONE]");
        Answer {
            content_type: "text/event-stream; charset=utf-8",
            shape: Shape::Events,
            pieces: writer.pieces,
            price: 0,
            price_per_token: 0,
        }
    }

    fn finish(&self) -> &'static str {
        match (self.reply.cut_short, self.reply.tool_calls.is_empty()) {
            (true, _) => "length",
            (false, false) => "tool_calls",
            (false, true) => "stop",
        }
    }

    fn frame(&self, object: &str) -> Value {
        json!({
            "id": format!("chatcmpl-{:012}", self.number),
            "object": object,
            "created": self.created,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": null,
        })
    }
}

fn named(call: &ToolCall, arguments: &str) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    })
}

/// Writes events one after the other. What is the same in all of them is made only once.
struct Writer {
    before: String,
    after: &'static str,
    buffer: BytesMut,
    pieces: VecDeque<Piece>,
}

impl Writer {
    fn new(completion: &Completion, usage: bool) -> Self {
        let frame = completion.frame("chat.completion.chunk").to_string();
        let before =
            format!("{},\"choices\":[{{\"index\":0,\"delta\":", frame.trim_end_matches('}'));
        let after = if usage { "}],\"usage\":null}" } else { "}]}" };
        let room = (completion.reply.tokens.len() + 4) * (before.len() + 96);
        Self { before, after, buffer: BytesMut::with_capacity(room), pieces: VecDeque::new() }
    }

    fn token(&mut self, at: Duration, token: &str) {
        let content = Value::from(token);
        self.event(at, &format!("{{\"content\":{content}}}"), "null");
        if let Some(piece) = self.pieces.back_mut() {
            piece.tokens = 1;
        }
    }

    fn delta(&mut self, at: Duration, delta: &Value) {
        self.event(at, &delta.to_string(), "null");
    }

    fn event(&mut self, at: Duration, delta: &str, finish: &str) {
        let middle = ",\"logprobs\":null,\"finish_reason\":";
        for part in ["data: ", &self.before, delta, middle, finish, self.after, "\n\n"] {
            self.buffer.put_slice(part.as_bytes());
        }
        self.finish(at);
    }

    fn raw(&mut self, at: Duration, data: &str) {
        for part in ["data: ", data, "\n\n"] {
            self.buffer.put_slice(part.as_bytes());
        }
        self.finish(at);
    }

    fn finish(&mut self, at: Duration) {
        self.pieces.push_back(Piece::at(at, self.buffer.split().freeze()));
    }
}
