//! `POST /v1/chat/completions`: an answer in words, in OpenAI's shape.

use std::pin::pin;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_stream::try_stream;
use bytes::Bytes;
use chrono::Utc;
use futures_util::{Stream, TryStreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::conversations::{Conversations, Errand};
use crate::domain::message::{Message, Role};
use crate::pipeline::engine::{Prompt, ReplyPart};
use crate::routes::begun::Begun;
use crate::routes::compatible::beyond;
use crate::routes::compatible::fields::Fields;
use crate::routes::compatible::usage::{self, Count};
use crate::routes::guard::{Guest, Permit};
use crate::routes::patience::Patience;
use crate::routes::problem::Problem;
use crate::routes::turns::personal;
use crate::routes::upload::{self, wrong_field};

const LARGEST_BODY: usize = 1024 * 1024;
const MOST_TOKENS: u32 = 4096;

#[derive(Debug)]
struct Asked {
    messages: Vec<Said>,
    stream: bool,
    stream_options: Option<StreamOptions>,
    max_completion_tokens: Option<u32>,
    max_tokens: Option<u32>,
    temperature: Option<f32>,
}

#[derive(Debug, Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Deserialize)]
struct Said {
    role: String,
    #[serde(default)]
    content: Value,
}

impl Said {
    /// The words, also of a message in parts.
    fn words(&self) -> Result<String, Problem> {
        let parts = match &self.content {
            Value::String(text) => return Ok(text.clone()),
            Value::Array(parts) => parts,
            _ => return Ok(String::new()),
        };
        let words = parts.iter().map(|part| {
            let words = part["text"].as_str().or(part["refusal"].as_str());
            words.ok_or_else(|| beyond::part(part["type"].as_str().unwrap_or("unknown")))
        });
        Ok(words.collect::<Result<Vec<_>, _>>()?.join("\n"))
    }
}

/// Answers the last message.
pub async fn chat(
    request: HttpRequest,
    payload: Payload,
    guest: Guest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    guest.take_turn(&request)?;
    let body = upload::json_body(payload.into_inner(), LARGEST_BODY).await?;
    let asked = Asked::read(Fields::of(body)?)?;
    let (permit, errand) = guest.errand(&conversations)?;
    let pipeline = conversations.pipeline();
    let prompt = asked.prompt(&conversations)?;
    let read = usage::read(&prompt);
    let parts = Begun::wait(pipeline.reply(prompt, errand.tab().clone())).await?;
    let answering = Answering {
        id: format!("chatcmpl-{}", Uuid::new_v4().simple()),
        model: pipeline.thinking().name().model,
        created: Utc::now().timestamp(),
        read,
        _held: (errand, permit),
    };
    let usage = asked.stream_options.is_some_and(|options| options.include_usage);
    match asked.stream {
        true => Ok(answering.stream(parts, usage)),
        false => answering.whole(parts).await,
    }
}

impl Asked {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        beyond::refuse(&mut fields)?;
        Ok(Self {
            messages: fields.required("messages")?,
            stream: fields.optional("stream")?.unwrap_or_default(),
            stream_options: fields.optional("stream_options")?,
            max_completion_tokens: fields.optional("max_completion_tokens")?,
            max_tokens: fields.optional("max_tokens")?,
            temperature: fields.optional("temperature")?,
        })
    }

    fn prompt(&self, conversations: &Conversations) -> Result<Prompt, Problem> {
        let wrong = |detail: &str| Problem::malformed(detail).with("param", "messages");
        let mut briefing = conversations.options().briefing();
        let mut steering = Vec::new();
        let mut history = Vec::new();
        for said in &self.messages {
            let words = said.words()?;
            match said.role.as_str() {
                "system" | "developer" => steering.push(words),
                "user" => history.push(Message::user(words)),
                "assistant" => history.push(Message::assistant(words)),
                "tool" | "function" => {
                    let detail = "`messages`: no tools are called here, so nothing is made of \
                                  their results; leave out messages of the role tool";
                    return Err(wrong(detail));
                }
                _ => return Err(wrong("`messages`: roles are system, user and assistant")),
            }
        }
        let last = match history.pop() {
            Some(last) if last.role == Role::User => last,
            Some(_) => {
                let detail = "`messages`: the last one is the assistant's, and answers are not \
                              carried on here; end with what the user says";
                return Err(wrong(detail));
            }
            None => return Err(wrong("`messages`: there is nothing that a user said")),
        };
        if last.text.trim().is_empty() {
            return Err(wrong("`messages`: the last one is empty"));
        }
        if !steering.is_empty() {
            briefing.instructions = steering.join("\n\n");
        }
        briefing.history = history;
        let tokens = self.max_completion_tokens.or(self.max_tokens);
        briefing.max_tokens = tokens.unwrap_or(briefing.max_tokens).clamp(1, MOST_TOKENS);
        briefing.temperature = self.temperature()?.unwrap_or(briefing.temperature);
        Ok(briefing.prompt(last.text))
    }

    fn temperature(&self) -> Result<Option<f32>, Problem> {
        match self.temperature {
            Some(warm) if !(0.0..=2.0).contains(&warm) => {
                Err(wrong_field("temperature", "from 0 to 2"))
            }
            temperature => Ok(temperature),
        }
    }
}

/// What an answer is called, and what is held for it.
struct Answering {
    id: String,
    model: String,
    created: i64,
    /// Tokens read, estimated.
    read: u64,
    _held: (Errand, Permit),
}

impl Answering {
    async fn whole(self, parts: Begun<ReplyPart>) -> Result<HttpResponse, Problem> {
        let (mut text, mut count, mut finish) = (String::new(), Count::of(self.read), "stop");
        let mut parts = pin!(parts.all());
        while let Some(part) = parts.try_next().await? {
            match part {
                ReplyPart::Text(delta) => {
                    count.wrote(&delta);
                    text.push_str(&delta);
                }
                ReplyPart::Usage(used) => count.told(used),
                ReplyPart::CutOff => finish = "length",
                ReplyPart::Cost(_)
                | ReplyPart::Delivery(_)
                | ReplyPart::Unanswered
                | ReplyPart::ToolCall { .. } => {}
            }
        }
        Ok(personal().json(json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": text, "refusal": null },
                "logprobs": null,
                "finish_reason": finish,
            }],
            "usage": count.json(),
        })))
    }

    fn stream(self, parts: Begun<ReplyPart>, with_usage: bool) -> HttpResponse {
        personal()
            .content_type("text/event-stream; charset=utf-8")
            .insert_header(("X-Accel-Buffering", "no"))
            .body(Patience::for_words().with(self.chunks(parts, with_usage)))
    }

    fn chunks(
        self,
        parts: Begun<ReplyPart>,
        with_usage: bool,
    ) -> impl Stream<Item = Result<Bytes, Problem>> {
        try_stream! {
            yield self.chunk(json!({ "role": "assistant", "content": "" }), None);
            let (mut count, mut finish) = (Count::of(self.read), "stop");
            for await part in parts.all() {
                match part? {
                    ReplyPart::Text(delta) => {
                        count.wrote(&delta);
                        yield self.chunk(json!({ "content": delta }), None);
                    }
                    ReplyPart::Usage(used) => count.told(used),
                    ReplyPart::CutOff => finish = "length",
                    ReplyPart::Cost(_) | ReplyPart::Delivery(_) | ReplyPart::Unanswered | ReplyPart::ToolCall { .. } => {}
                }
            }
            yield self.chunk(json!({}), Some(finish));
            if with_usage {
                yield self.event(json!([]), count.json());
            }
            yield Bytes::from_static(b"data: [DONE]\n\n");
        }
    }

    fn chunk(&self, delta: Value, finish: Option<&str>) -> Bytes {
        let choice = json!({
            "index": 0,
            "delta": delta,
            "logprobs": null,
            "finish_reason": finish,
        });
        self.event(json!([choice]), Value::Null)
    }

    fn event(&self, choices: Value, usage: Value) -> Bytes {
        let chunk = json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
            "usage": usage,
        });
        Bytes::from(format!("data: {chunk}\n\n"))
    }
}
