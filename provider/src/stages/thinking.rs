//! Chat completions.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::journal::call::{Asked, Chat};
use crate::journal::visit::Visit;
use crate::reply::Reply;
use crate::stages::answer::Answer;
use crate::stages::chunks::{Completion, Usage};
use crate::stages::refusal::Refusal;
use crate::stages::{Question, check_model};

/// What a token of the request has on the average.
const CHARACTERS_PER_TOKEN: usize = 4;
/// What a message takes beside its text.
const TOKENS_PER_MESSAGE: usize = 4;

pub(crate) fn answer(
    question: &Question<'_>,
    body: &[u8],
    visit: &mut Visit,
) -> Result<Answer, Refusal> {
    let behaviour = question.behaviour;
    let raw: Value = serde_json::from_slice(body).map_err(|_| Refusal::unreadable())?;
    let model = raw["model"].as_str().unwrap_or_default().to_owned();
    let streams = raw["stream"].as_bool().unwrap_or(false);
    let messages = raw["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let usable = !messages.is_empty();
    let tokens_in = count_tokens(messages);
    let limit = raw["max_completion_tokens"].as_u64().or_else(|| raw["max_tokens"].as_u64());
    let include_usage = raw["stream_options"]["include_usage"].as_bool().unwrap_or(false);
    if visit.is_noted() {
        visit.asks(Asked::Think(chat(raw)));
    }
    check_model(behaviour, &model)?;
    if !usable {
        return Err(Refusal::missing("messages"));
    }
    let number = question.state.thought.next();
    let summary = behaviour.summary.as_ref().filter(|_| !streams);
    let reply = numbered(summary.unwrap_or(&behaviour.reply), number, limit);
    let usage = Usage { tokens_in, tokens_out: reply.tokens.len() as u64 };
    let created = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let completion = Completion { number, model, created, reply, usage };
    let mut answer = if streams {
        completion.events(behaviour.first_token, behaviour.per_token, include_usage)
    } else {
        let tokens = u32::try_from(usage.tokens_out).unwrap_or(u32::MAX).saturating_sub(1);
        completion.document(behaviour.first_token + behaviour.per_token * tokens, behaviour.usage)
    };
    answer.price = behaviour.prices.per_million_tokens_in * tokens_in;
    answer.price_per_token = behaviour.prices.per_million_tokens_out;
    Ok(answer)
}

fn chat(raw: Value) -> Chat {
    let text = |name: &str| raw[name].as_str().map(str::to_owned);
    Chat {
        model: text("model").unwrap_or_default(),
        messages: raw["messages"].as_array().cloned().unwrap_or_default(),
        max_completion_tokens: raw["max_completion_tokens"].as_u64(),
        temperature: raw["temperature"].as_f64(),
        reasoning_effort: text("reasoning_effort"),
        stream: raw["stream"].as_bool().unwrap_or(false),
        raw,
    }
}

/// The reply to the request of this number, no longer than allowed.
fn numbered(reply: &Reply, number: u64, limit: Option<u64>) -> Reply {
    let number = number.to_string();
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let too_long = reply.tokens.len() > limit;
    let tokens = reply.tokens.iter().take(limit);
    Reply {
        tokens: tokens.map(|token| token.replace("{n}", &number)).collect(),
        tool_calls: if too_long { Vec::new() } else { reply.tool_calls.clone() },
        cut_short: reply.cut_short || too_long,
    }
}

fn count_tokens(messages: &[Value]) -> u64 {
    let tokens = messages.iter().map(|message| {
        TOKENS_PER_MESSAGE + characters(&message["content"]).div_ceil(CHARACTERS_PER_TOKEN)
    });
    tokens.sum::<usize>() as u64
}

fn characters(content: &Value) -> usize {
    match content {
        Value::String(text) => text.chars().count(),
        Value::Array(parts) => parts.iter().map(|part| characters(&part["text"])).sum(),
        _ => 0,
    }
}

impl Usage {
    /// As answers have it.
    pub(crate) fn json(self) -> Value {
        json!({
            "prompt_tokens": self.tokens_in,
            "completion_tokens": self.tokens_out,
            "total_tokens": self.tokens_in + self.tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        })
    }
}
