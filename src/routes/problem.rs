//! What went wrong, told to whoever asked.

mod kinds;
mod told;

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

pub use crate::routes::problem::kinds::{KINDS, Kind};

/// A problem, as it happened to one request.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: &'static Kind,
    case: Box<Case>,
}

/// What is particular to one request.
#[derive(Debug, Clone)]
struct Case {
    detail: String,
    stage: Option<&'static str>,
    retry_after: Option<Duration>,
    /// Whether what is left of the request must not be read.
    closes: bool,
    more: Map<String, Value>,
    /// Why, in words for whoever runs the server; the caller is not told.
    reason: Option<String>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        let case = Case {
            detail: detail.into(),
            stage: None,
            retry_after: None,
            closes: false,
            more: Map::new(),
            reason: None,
        };
        Self { kind: Kind::of(code), case: Box::new(case) }
    }

    /// The request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new("malformed_request", detail)
    }

    /// Someone has ended the turn.
    pub fn interrupted() -> Self {
        Self::new("turn_interrupted", "the turn was ended before its answer was")
    }

    /// Something of ours broke, which is no business of the caller's.
    pub fn broken(reason: impl fmt::Display) -> Self {
        Self::new("internal", "something broke on our side").because(reason)
    }

    /// The same, in this stage.
    pub fn in_stage(mut self, stage: &'static str) -> Self {
        self.case.stage = Some(stage);
        self
    }

    /// The same, with one more thing to know.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.case.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same, worth trying again after so long.
    pub fn after(mut self, wait: Duration) -> Self {
        self.case.retry_after = Some(wait);
        self
    }

    /// The same; the rest of the request is not read, and the connection ends with the answer.
    pub fn closing(mut self) -> Self {
        self.case.closes = true;
        self
    }

    /// The same; the log says why.
    pub fn because(mut self, reason: impl fmt::Display) -> Self {
        self.case.reason = Some(reason.to_string());
        self
    }

    /// As an answer. `present` writes its body, since only it knows the request.
    pub fn answer(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }

    /// What kind it is.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// What happened, in full.
    pub fn detail(&self) -> &str {
        &self.case.detail
    }

    /// In which stage.
    pub fn stage(&self) -> Option<&'static str> {
        self.case.stage
    }

    /// Whether the connection ends with the answer.
    pub fn closes(&self) -> bool {
        self.case.closes
    }

    /// In how many seconds to try again, if that may help and is known.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        if !self.kind.retryable {
            return None;
        }
        let default = matches!(self.kind.status, 429 | 503).then_some(Duration::from_secs(1));
        self.case.retry_after.or(default).map(|wait| wait.as_millis().div_ceil(1000) as u64)
    }

    /// In the original's words, where it had some.
    pub fn words(&self) -> &'static str {
        match (self.kind.status, self.case.stage) {
            (500.., Some("hearing")) => "Failed to transcribe audio",
            (500.., Some("thinking")) => "Failed to get AI response",
            (500.., Some("speaking")) => "Failed to generate speech",
            _ => self.kind.title,
        }
    }

    /// As JSON (RFC 9457), for this request.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut object = Map::new();
        object.insert("error".to_owned(), json!(self.words()));
        object.insert("type".to_owned(), json!(format!("/problems/{}", self.kind.slug())));
        object.insert("title".to_owned(), json!(self.kind.title));
        object.insert("status".to_owned(), json!(self.kind.status));
        object.insert("detail".to_owned(), json!(self.case.detail));
        object.insert("code".to_owned(), json!(self.kind.code));
        if let Some(stage) = self.case.stage {
            object.insert("stage".to_owned(), json!(stage));
        }
        object.insert("retryable".to_owned(), json!(self.kind.retryable));
        if let Some(seconds) = self.retry_after_seconds() {
            object.insert("retry_after_seconds".to_owned(), json!(seconds));
        }
        object.insert("request_id".to_owned(), json!(request_id));
        object.extend(self.case.more.clone());
        Value::Object(object)
    }

    /// In the envelope of OpenAI's API.
    pub fn to_openai(&self, request_id: &str) -> Value {
        let kind = match self.kind.status {
            401 => "authentication_error",
            403 => "permission_error",
            402 => "insufficient_quota",
            404 => "not_found_error",
            429 => "rate_limit_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        };
        json!({ "error": {
            "message": self.case.detail,
            "type": kind,
            "param": self.case.more.get("param"),
            "code": self.kind.code,
            "request_id": request_id,
        }})
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.code, self.case.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.answer()
    }
}
