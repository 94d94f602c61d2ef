//! Answers by a language model on a server.

mod briefing;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::{Value, json};

use crate::domain::message::Message;
use crate::domain::money::Price;
use crate::engines::openai::PATIENCE;
use crate::engines::openai::answer::{Answer, unreadable};
use crate::engines::openai::manners::{Manners, Offer};
use crate::engines::openai::request::Request;
use crate::engines::openai::server::Server;
use crate::engines::openai::thinking::briefing::{folding, messages, newest_lines};
use crate::engines::openai::thinking::reading::{Reading, usage};
use crate::pipeline::engine::{EngineName, Prompt, ReplyPart, Responder, Summary, summary_tokens};
use crate::pipeline::error::{EngineError, Stage};

/// How long to wait for the count of tokens when the text is whole: the listener waits as well.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// Thinks by asking a server.
pub(super) struct Thinking(Arc<Mind>);

struct Mind {
    server: Server,
    price: Price,
    effort: Option<String>,
    manners: Manners,
}

/// What is asked of a model.
struct Question {
    messages: Vec<Value>,
    max_tokens: u32,
    temperature: Option<f32>,
    stream: Option<Value>,
}

impl Thinking {
    pub(super) fn new(server: Server, price: Price, effort: Option<String>) -> Self {
        let swift = server.endpoint().is_openai.then(|| "none".to_owned());
        let effort = effort.or(swift);
        Self(Arc::new(Mind {
            server: server.for_stage(Stage::Thinking),
            price,
            effort,
            manners: Manners::default(),
        }))
    }
}

impl Mind {
    async fn ask(&self, question: &Question) -> Result<Answer, EngineError> {
        let mut offer = self.manners.offer();
        loop {
            let (body, sent) = self.body(question, &offer);
            match self.server.ask(&Request::json("chat/completions", &body)).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) if offer.learn(&trouble, &sent) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    /// What is sent, and what of it a server may not take.
    fn body(&self, question: &Question, offer: &Offer<'_>) -> (Value, Vec<&'static str>) {
        let mut body = json!({
            "model": self.server.endpoint().model(),
            "messages": question.messages,
            "stream": question.stream.is_some(),
        });
        let temperature = question.temperature.map(|warmth| {
            // As it was written: 0.7 and not 0.699999988.
            json!((f64::from(warmth) * 1e3).round() / 1e3)
        });
        let mut sent = Vec::new();
        // By one name or the other the answer is always bounded: no complaint makes it longer than
        // what was put aside to pay for.
        if offer.takes("max_completion_tokens") {
            body["max_completion_tokens"] = json!(question.max_tokens);
            sent.push("max_completion_tokens");
        } else {
            body["max_tokens"] = json!(question.max_tokens);
        }
        let optional = [
            ("temperature", temperature),
            ("reasoning_effort", self.effort.as_ref().map(|effort| json!(effort))),
            ("stream_options", question.stream.clone()),
        ];
        for (parameter, value) in optional {
            if let Some(value) = value.filter(|_| offer.takes(parameter)) {
                body[parameter] = value;
                sent.push(parameter);
            }
        }
        (body, sent)
    }
}

#[async_trait]
impl Responder for Thinking {
    fn name(&self) -> EngineName {
        super::name(self.0.server.endpoint())
    }

    fn price(&self) -> Price {
        self.0.price
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<ReplyPart, EngineError>> {
        let mind = Arc::clone(&self.0);
        let parts = try_stream! {
            let question = Question {
                messages: messages(&prompt),
                max_tokens: prompt.max_tokens,
                temperature: Some(prompt.temperature),
                stream: Some(json!({"include_usage": true})),
            };
            let mut answer = mind.ask(&question).await?;
            let mut reading = Reading::default();
            if answer.media_type() == "application/json" {
                // It does not stream, but it answers.
                for part in reading.take(&answer.json().await?)? {
                    yield part;
                }
            } else {
                while let Some(bytes) = more(&mut answer, &reading).await? {
                    for part in reading.push(&bytes)? {
                        yield part;
                    }
                }
            }
            for part in reading.finish()? {
                yield part;
            }
        };
        parts.boxed()
    }

    async fn summarize(
        &self,
        summary: Option<&str>,
        messages: &[Message],
        max_bytes: usize,
    ) -> Result<Summary, EngineError> {
        let question = Question {
            messages: folding(summary, messages, max_bytes),
            max_tokens: summary_tokens(max_bytes),
            temperature: None,
            stream: None,
        };
        let reply: Value = self.0.ask(&question).await?.json().await?;
        let choice = &reply["choices"][0];
        let text = choice["message"]["content"].as_str();
        let text = text.ok_or_else(|| unreadable("it holds no text"))?.trim();
        let whole = match (choice["finish_reason"].as_str(), text.rsplit_once('\n')) {
            // The line that it ran out of room in is no fact.
            (Some("length"), Some((whole, _))) => whole,
            _ => text,
        };
        Ok(Summary { text: newest_lines(whole, max_bytes).to_owned(), usage: usage(&reply) })
    }
}

/// The next bytes that are worth waiting for.
async fn more(answer: &mut Answer, reading: &Reading) -> Result<Option<bytes::Bytes>, EngineError> {
    if reading.is_over() {
        return Ok(None);
    }
    if !reading.is_whole() {
        return answer.next_within(PATIENCE).await;
    }
    // The text is whole; what is lost now is only the count of its tokens.
    Ok(answer.next_within(AFTERWARDS).await.unwrap_or_default())
}
