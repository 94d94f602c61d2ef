//! The line to whoever asked, where the framework does not look after it. Of someone's leaving by
//! HTTP/2 it hears nothing until it sends something, so the line is looked at again and again. And
//! a chunked request that was let go of before its end it would read for ever, so it is held.

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::{HttpMessage, HttpResponse};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::poll_fn;
use tokio::time::{Instant, sleep};

use crate::routes::problem::Problem;

/// How often the line is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// A listener who takes nothing for so long has left, as on a connection of their own.
const UNREAD: Duration = Duration::from_secs(30);

/// The line that a request came by. Clones share it.
#[derive(Clone)]
pub struct Line {
    state: Rc<RefCell<State>>,
    /// Whether it is one of several in one connection.
    shared: bool,
}

struct State {
    payload: Payload,
    /// What came while the line was looked at.
    come: Option<Bytes>,
    reader: Option<Waker>,
    /// Nobody reads any more: what still comes is of no use.
    unread: bool,
}

impl Line {
    /// The line of this request, if it has to be looked after; what comes by it, the request
    /// still gets.
    pub fn of(request: &mut ServiceRequest) -> Option<Self> {
        let chunked = request.chunked().unwrap_or_default();
        let payload = request.take_payload();
        let shared = matches!(payload, Payload::H2 { .. });
        let held = chunked && matches!(payload, Payload::H1 { .. });
        if !shared && !held {
            request.set_payload(payload);
            return None;
        }
        let state = State { payload, come: None, reader: None, unread: false };
        let line = Self { state: Rc::new(RefCell::new(state)), shared };
        let body: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Reader(line.clone()));
        request.set_payload(Payload::Stream { payload: body });
        Some(line)
    }

    /// Waits until whoever asked has left, if only the line tells.
    pub async fn gone(&self) {
        if !self.shared {
            return pending().await;
        }
        while self.is_there().await {
            sleep(LOOK).await;
        }
    }

    /// The answer, which holds the line. It ends when they leave or take nothing of it for long.
    pub fn answer(&self, response: HttpResponse) -> HttpResponse {
        response.map_body(|_, body| {
            if self.shared && matches!(body.size(), BodySize::Stream | BodySize::Sized(1..)) {
                return self.watch(body);
            }
            BoxBody::new(Held { body, _line: self.clone() })
        })
    }

    fn watch(&self, body: BoxBody) -> BoxBody {
        let size = body.size();
        let said = Rc::new(RefCell::new(Said { body: Some(body), taker: None, taken: None }));
        actix_web::rt::spawn(attend(self.clone(), Rc::downgrade(&said)));
        BoxBody::new(Watched { said, size })
    }

    async fn is_there(&self) -> bool {
        poll_fn(|context| Poll::Ready(self.state.borrow_mut().look(context))).await
    }
}

impl State {
    /// Whether whoever asked is still there.
    fn look(&mut self, context: &mut Context<'_>) -> bool {
        while self.come.is_none() {
            match Pin::new(&mut self.payload).poll_next(context) {
                // Frames without anything in them may come without end.
                Poll::Ready(Some(Ok(bytes))) if self.unread || bytes.is_empty() => {}
                Poll::Ready(Some(Ok(bytes))) => {
                    self.come = Some(bytes);
                    self.reader.take().inspect(Waker::wake_by_ref);
                }
                Poll::Ready(Some(Err(_))) => return false,
                Poll::Ready(None) | Poll::Pending => return true,
            }
        }
        true
    }
}

/// What comes by the line, for the request.
struct Reader(Line);

impl Stream for Reader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.0.state.borrow_mut();
        if let Some(bytes) = state.come.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        state.reader = Some(context.waker().clone());
        Pin::new(&mut state.payload).poll_next(context)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.0.state.borrow_mut();
        state.unread = true;
        state.come = None;
    }
}

/// What is said by the line.
struct Said {
    /// None once it was broken off.
    body: Option<BoxBody>,
    taker: Option<Waker>,
    /// Since when nothing was asked for; none while something is.
    taken: Option<Instant>,
}

impl Said {
    fn is_unread(&self) -> bool {
        self.taken.is_some_and(|taken| taken.elapsed() > UNREAD)
    }
}

/// Breaks the body off when nobody listens any more, even while it waits to be taken.
async fn attend(line: Line, said: Weak<RefCell<Said>>) {
    loop {
        let there = line.is_there().await;
        let Some(said) = said.upgrade() else { return };
        if !there || said.borrow().is_unread() {
            let (body, taker) = {
                let mut said = said.borrow_mut();
                (said.body.take(), said.taker.take())
            };
            drop(body);
            taker.inspect(Waker::wake_by_ref);
            return;
        }
        drop(said);
        sleep(LOOK).await;
    }
}

/// A body with the line that it belongs to: a request that is held and was not read to its end
/// ends with its connection.
struct Held {
    body: BoxBody,
    _line: Line,
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

struct Watched {
    said: Rc<RefCell<Said>>,
    size: BodySize,
}

impl MessageBody for Watched {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut said = self.said.borrow_mut();
        let Some(body) = &mut said.body else {
            return Poll::Ready(Some(Err(Problem::interrupted().into())));
        };
        let next = Pin::new(body).poll_next(context);
        said.taken = next.is_ready().then(Instant::now);
        said.taker = next.is_pending().then(|| context.waker().clone());
        next
    }
}
