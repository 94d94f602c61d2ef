//! Every request has an id, in its answer, in the log and in its error.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use tracing::field::Empty;
use tracing::{Span, error_span};
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

/// The header that carries it.
pub const LOWER: &str = "x-request-id";

/// Names a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    /// The caller's own id if it is one, else a new one.
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(LOWER).and_then(|id| id.to_str().ok()).filter(|id| is_good(id));
        Self(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
    }
}

fn is_good(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    (1..=128).contains(&id.len()) && id.bytes().all(plain)
}

/// The span around everything that a request causes. No query and no header goes into it: they
/// may hold secrets. What of it is empty is recorded when it is known; see `Problem::tell` and
/// `Talk`.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = RequestId::of(request.headers());
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        // Whatever is logged at all says which request and which turn it is about.
        let span = error_span!(
            "request",
            request.id = %id.0,
            http.method = %request.method(),
            http.route = %route,
            turn.id = Empty,
            conversation.id = Empty,
            rendering = Empty,
            heard_ms = Empty,
            first_words_ms = Empty,
            first_sound_ms = Empty,
            problem.code = Empty,
            problem.stage = Empty,
        );
        request.extensions_mut().insert(id);
        span
    }

    /// `sent` writes the request's line, when its answer has left.
    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, actix_web::Error>) {}
}
