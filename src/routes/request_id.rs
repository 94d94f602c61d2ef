//! Every request has an id, in its answer, in the log and in its error.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use tracing::field::Empty;
use tracing::{Span, info_span};
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
/// may hold secrets.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = RequestId::of(request.headers());
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        let span = info_span!(
            "request",
            request.id = %id.0,
            http.method = %request.method(),
            http.route = %route,
            http.status = Empty,
        );
        request.extensions_mut().insert(id);
        span
    }

    fn on_request_end<B: MessageBody>(
        span: Span,
        outcome: &Result<ServiceResponse<B>, actix_web::Error>,
    ) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("http.status", status.as_u16());
    }
}
