//! What went wrong, told to whoever asked: the one place that turns meanings into statuses.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

/// A kind of problem: everything about it that does not depend on the request.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name in the contract.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What the reader can do about it.
    pub help: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

/// Every kind of problem there is.
pub const KINDS: &[Kind] = &[
    kind(
        "missing_audio",
        400,
        "No audio file provided",
        "Send a file as `audio`, a raw audio body, or words as `text`.",
    ),
    kind("ambiguous_input", 400, "Both audio and text were sent", "Send either `audio` or `text`."),
    kind(
        "malformed_request",
        400,
        "The request cannot be read",
        "The detail says what could not be read and how it should look.",
    ),
    kind(
        "unknown_voice",
        400,
        "Nobody speaks with that voice",
        "Take a name from /api/v1/capabilities.",
    ),
    kind(
        "unauthenticated",
        401,
        "Who is asking?",
        "Send an API key as `Authorization: Bearer …`; `repartee key add` makes one.",
    ),
    kind(
        "budget_reached",
        402,
        "Today's budget is used up",
        "Wait until `resets_at`, or raise the budget.",
    ),
    kind("forbidden", 403, "Not allowed", "The detail says what is missing."),
    kind("not_found", 404, "There is nothing here", "GET /api/v1 lists what there is."),
    kind(
        "unknown_conversation",
        404,
        "There is no such conversation",
        "Leave the id out to begin a new one.",
    ),
    kind(
        "unknown_turn",
        404,
        "There is no such turn",
        "A turn can be read by whoever its conversation belongs to.",
    ),
    kind("no_recording", 404, "There is no recording", "It was not kept, or its time is over."),
    kind(
        "method_not_allowed",
        405,
        "Not this way",
        "`Allow` names the methods there are, the detail the right call.",
    ),
    kind(
        "not_acceptable",
        406,
        "That cannot be served",
        "Ask for audio/mpeg, audio/wav, audio/ogg, application/json or text/event-stream.",
    ),
    again(
        "upload_too_slow",
        408,
        "The upload took too long",
        "Send at least 4 KiB a second, and all of it within 30 seconds.",
    ),
    again(
        "turn_in_flight",
        409,
        "The turn before is still being answered",
        "Wait for its end, or interrupt it.",
    ),
    kind(
        "audio_too_large",
        413,
        "The audio file is too large",
        "Send less, or in a format that packs tighter.",
    ),
    kind("audio_too_long", 413, "The audio is too long", "Send a shorter clip."),
    kind("text_too_long", 413, "The text is too long", "Send fewer words."),
    kind(
        "unsupported_audio",
        415,
        "Unsupported audio format",
        "Send WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC.",
    ),
    kind(
        "range_not_satisfiable",
        416,
        "There are no such bytes",
        "`Content-Range` says how many there are.",
    ),
    kind(
        "no_speech",
        422,
        "No speech was heard",
        "Check the microphone: POST the clip to /test-transcript.",
    ),
    kind("audio_too_short", 422, "The audio is too short", "Hold on a little longer."),
    kind(
        "idempotency_mismatch",
        422,
        "That Idempotency-Key belongs to another request",
        "Use a new key for a new request.",
    ),
    again("turn_interrupted", 409, "The turn was interrupted", "Take another one."),
    again("rate_limited", 429, "Too many turns", "Wait for as long as `Retry-After` says."),
    again(
        "internal",
        500,
        "Something broke on our side",
        "Try again; if it stays, tell the operator the request id.",
    ),
    kind(
        "engine_refused",
        502,
        "An engine refused",
        "The detail names the stage and what it said.",
    ),
    again(
        "engine_unavailable",
        503,
        "An engine is not available",
        "Try again in a moment; `repartee doctor` tells the operator why.",
    ),
    kind(
        "engine_quota",
        503,
        "An engine's quota is used up",
        "The operator's account with the provider needs attention.",
    ),
    again("memory_unavailable", 503, "The memory is not available", "Try again in a moment."),
    again("overloaded", 503, "Too much at once", "Try again in a moment."),
    again("engine_timeout", 504, "An engine took too long", "Try again."),
];

const fn kind(code: &'static str, status: u16, title: &'static str, help: &'static str) -> Kind {
    Kind { code, status, title, help, retryable: false }
}

const fn again(code: &'static str, status: u16, title: &'static str, help: &'static str) -> Kind {
    Kind { code, status, title, help, retryable: true }
}

impl Kind {
    /// The kind of this name; what nobody has named is our own mistake.
    pub fn of(code: &str) -> &'static Self {
        let internal = KINDS.iter().find(|kind| kind.code == "internal");
        let known = KINDS.iter().find(|kind| kind.code == code).or(internal);
        known.unwrap_or(&KINDS[0])
    }

    /// How it is written in addresses.
    pub fn slug(&self) -> String {
        self.code.replace('_', "-")
    }
}

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
