//! What can go wrong at a provider, and when it does.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A transcription.
    Hearing,
    /// A chat completion.
    Thinking,
    /// Speech.
    Speaking,
    /// The list of models.
    Models,
    /// Something that this provider does not have.
    Elsewhere,
}

/// The moment at which something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Nothing is sent before.
    BeforeFirstByte,
    /// So many bytes of the body are sent before, or all of them if there are fewer.
    AfterBytes(usize),
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// With which requests.
    pub stage: Stage,
    /// When.
    pub at: At,
    /// What.
    pub kind: Kind,
    /// How often. None: for ever.
    pub times: Option<u32>,
}

impl Fault {
    /// It goes wrong with the next request only.
    pub fn once(stage: Stage, at: At, kind: Kind) -> Self {
        Self { stage, at, kind, times: Some(1) }
    }

    /// It goes wrong for ever.
    pub fn always(stage: Stage, at: At, kind: Kind) -> Self {
        Self { stage, at, kind, times: None }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The request is refused, at once. Too late for that, this is the same as `JsonError`.
    Status {
        /// The status.
        code: u16,
        /// More headers.
        headers: Vec<(String, String)>,
        /// The body, as JSON.
        body: String,
    },
    /// The connection is reset. Of more than about 60 kB, what the client has not taken yet is
    /// lost with it, as resets do.
    Reset,
    /// The connection is closed as if all were well, but the answer has not ended.
    Close,
    /// The connection stays open and nothing more comes.
    Stall,
    /// From here on, the bytes come one by one, so far apart.
    Drip(Duration),
    /// JSON that is none.
    BadJson,
    /// The answer ends too early, but properly: speech inside a frame, a stream without its last
    /// event. Before the first byte means that half of it is sent.
    Truncated,
    /// The answer ends properly here.
    Empty,
    /// An error in the place of an answer, though the status says that all is well.
    JsonError,
}

impl Kind {
    /// Too many requests.
    pub fn rate_limited(retry_after: &str) -> Self {
        let message = "Rate limit reached. Please try again later.";
        let body = envelope(message, "requests", Some("rate_limit_exceeded"));
        Self::Status { code: 429, headers: header("retry-after", retry_after), body }
    }

    /// Nothing left to pay with.
    pub fn insufficient_quota() -> Self {
        let message =
            "You exceeded your current quota, please check your plan and billing details.";
        let body = envelope(message, "insufficient_quota", Some("insufficient_quota"));
        Self::Status { code: 429, headers: Vec::new(), body }
    }

    /// The server is at its end.
    pub fn server_error(code: u16) -> Self {
        Self::Status { code, headers: Vec::new(), body: Self::server_error_body() }
    }

    /// The model is not there any more.
    pub fn model_gone() -> Self {
        let message = "The model does not exist or you do not have access to it.";
        let body = envelope(message, "invalid_request_error", Some("model_not_found"));
        Self::Status { code: 404, headers: Vec::new(), body }
    }

    /// Somebody else is to be asked.
    pub fn redirect(location: &str) -> Self {
        Self::Status { code: 307, headers: header("location", location), body: String::new() }
    }

    pub(crate) fn server_error_body() -> String {
        let message = "The server had an error while processing your request. Sorry about that!";
        envelope(message, "server_error", None)
    }
}

fn header(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

fn envelope(message: &str, kind: &str, code: Option<&str>) -> String {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}}).to_string()
}

/// Everything that is yet to go wrong, in the order in which it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.all().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.all().clear();
    }

    /// What goes wrong with the next request for this.
    pub(crate) fn draw(&self, stage: Stage) -> Option<Fault> {
        let mut all = self.all();
        all.retain(|fault| fault.times != Some(0));
        let fault = all.iter_mut().find(|fault| fault.stage == stage)?;
        fault.times = fault.times.map(|times| times - 1);
        Some(fault.clone())
    }

    fn all(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
