//! What is sent, and how it went: one line of the log for each request, when its answer has left
//! or nobody is there any more to take it.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use tracing::Span;

use crate::routes::problem::Problem;

/// Those who watch the house ask for these all the time.
const WATCHERS: [&str; 4] = ["/livez", "/readyz", "/metrics", "/health"];

/// A request's line in the log, which is written when this is dropped.
pub struct Entry {
    began: Instant,
    span: Span,
    route: String,
    /// Whether only the headers of the answer are wanted.
    headers_only: bool,
    status: Option<StatusCode>,
    bytes: u64,
    end: End,
}

/// How an answer ended.
#[derive(Clone, Copy)]
enum End {
    /// All of it was taken.
    Whole,
    /// It broke off, as it had to.
    Cut,
    /// Whoever asked was not there any more.
    Left,
}

impl Entry {
    /// The one of this request, which has just come.
    pub fn of(request: &ServiceRequest) -> Self {
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        let bare = if route.len() > 1 { route.trim_end_matches('/') } else { &route };
        let bare = bare.replace(":.*", "");
        Self {
            began: Instant::now(),
            span: Span::current(),
            route: bare,
            headers_only: request.method() == Method::HEAD,
            status: None,
            bytes: 0,
            end: End::Left,
        }
    }

    /// The answer, followed until it has left.
    pub fn follow(mut self, response: HttpResponse) -> HttpResponse {
        self.status = Some(response.status());
        let empty = matches!(response.body().size(), BodySize::None | BodySize::Sized(0));
        if empty || self.headers_only {
            self.end = End::Whole;
            return response;
        }
        response
            .map_body(|_, body| BoxBody::new(Sent { announced: body.size(), body, entry: self }))
    }

    fn write(&self) {
        let milliseconds = (self.began.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        let (status, bytes) = (self.status.map(|status| status.as_u16()), self.bytes);
        let end = match self.end {
            End::Whole => "whole",
            End::Cut => "cut",
            End::Left => "left",
        };
        if WATCHERS.contains(&self.route.as_str()) {
            tracing::debug!(
                http.status = status,
                http.bytes = bytes,
                milliseconds,
                end,
                "answered"
            );
        } else {
            tracing::info!(http.status = status, http.bytes = bytes, milliseconds, end, "answered");
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let class = self.status.map_or("none", |status| class(status.as_u16()));
        metrics::counter!(
            "repartee_http_requests_total",
            "route" => self.route.clone(), "status" => class
        )
        .increment(1);
        self.span.in_scope(|| self.write());
    }
}

fn class(status: u16) -> &'static str {
    match status {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// A body on its way.
struct Sent {
    body: BoxBody,
    announced: BodySize,
    entry: Entry,
}

impl Sent {
    fn note(&mut self, next: &Poll<Option<Result<Bytes, Box<dyn Error>>>>) {
        match next {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(bytes))) => {
                self.entry.bytes += bytes.len() as u64;
                // Nobody asks whether there is more than was announced.
                if self.announced == BodySize::Sized(self.entry.bytes) {
                    self.entry.end = End::Whole;
                }
            }
            Poll::Ready(Some(Err(error))) => {
                self.entry.end = End::Cut;
                if let Some(problem) = error.downcast_ref::<Problem>() {
                    problem.tell();
                }
            }
            Poll::Ready(None) => self.entry.end = End::Whole,
        }
    }
}

impl MessageBody for Sent {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.announced
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let body = AssertUnwindSafe(|| Pin::new(&mut self.body).poll_next(context));
        let next = catch_unwind(body).unwrap_or_else(|_| {
            Poll::Ready(Some(Err(Problem::broken("the body of an answer panicked").into())))
        });
        self.note(&next);
        next
    }
}
