//! Serves one request, from its headers to the response.

use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request, Response, StatusCode};

use crate::fault::{At, Kind};
use crate::journal::call::{Asked, Call, Outcome};
use crate::journal::visit::Visit;
use crate::server::performance::{Ending, Head, Performance};
use crate::server::playback::Playback;
use crate::server::schedule::Schedule;
use crate::server::spoil::spoil;
use crate::server::wire::Fuse;
use crate::stages::{self, Question, refusal::Refusal};
use crate::state::State;

/// No clip may be larger, and the rest of its request has room beside it.
const MOST_BYTES: usize = 26 * 1_024 * 1_024;

/// Where a request came in.
pub(crate) struct Place {
    pub(crate) state: Arc<State>,
    pub(crate) fuse: Arc<Fuse>,
    pub(crate) connection: u64,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Answers a request as the behaviour and the faults want it.
pub(crate) async fn serve(
    place: Place,
    request: Request<Incoming>,
) -> Result<Response<Playback>, Failure> {
    let (parts, body) = request.into_parts();
    let behaviour = place.state.behaviour();
    let call = arriving(&parts, place.connection);
    let mut visit = Visit::begin(&place.state, &behaviour, call);
    let body = match Limited::new(body, MOST_BYTES).collect().await {
        Ok(body) => Some(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => None,
        Err(error) => return Err(error),
    };
    let mut schedule = Schedule::from(complete(&visit));
    let question = Question { state: &place.state, behaviour: &behaviour, parts: &parts };
    let performance = perform(&question, body, &mut visit).await;
    match performance {
        Performance::Mute(ending) => {
            be_mute(ending, &mut visit, &place.fuse).await;
            Err("a mute answer has ended".into())
        }
        Performance::Response(head, script) => {
            schedule.reach(script.begin).await;
            let request = place.state.requests.next();
            let body = Playback::new(script, schedule, visit, place.fuse);
            let mut response = Response::new(body);
            *response.status_mut() = StatusCode::from_u16(head.status)?;
            fill(response.headers_mut(), head, request)?;
            Ok(response)
        }
    }
}

fn arriving(parts: &Parts, connection: u64) -> Call {
    let text = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    Call {
        stage: stages::stage(&parts.method, parts.uri.path()),
        path: parts.uri.path().to_owned(),
        connection,
        authorized: parts.headers.contains_key(AUTHORIZATION),
        content_type: text("content-type"),
        organization: text("openai-organization"),
        asked: Arc::new(Asked::Nothing),
        arrived: Instant::now(),
        complete: None,
        first_byte: None,
        ended: None,
        outcome: Outcome::Open,
    }
}

fn complete(visit: &Visit) -> Instant {
    let now = Instant::now();
    visit.complete(now);
    now
}

async fn perform(question: &Question<'_>, body: Option<Bytes>, visit: &mut Visit) -> Performance {
    let answer = match body {
        Some(body) => stages::answer(question, body, visit).await,
        None => Err(Refusal::too_large()),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(refusal) => return Performance::refusal(&refusal),
    };
    let stage = stages::stage(&question.parts.method, question.parts.uri.path());
    let fault = question.state.faults.draw(stage);
    let refused = fault.as_ref().is_some_and(|fault| {
        fault.at == At::BeforeFirstByte && matches!(fault.kind, Kind::Status { .. })
    });
    if !refused {
        visit.accept(answer.price, answer.price_per_token);
    }
    match fault {
        Some(fault) => spoil(answer, fault.at, fault.kind),
        None => Performance::of(answer),
    }
}

/// Never returns; the connection ends around it.
async fn be_mute(ending: Ending, visit: &mut Visit, fuse: &Fuse) {
    let Ending::Strike(strike) = ending else { return std::future::pending().await };
    visit.end(Outcome::Faulted);
    fuse.blow(strike);
    let mut woken = false;
    std::future::poll_fn(|context| {
        if !std::mem::replace(&mut woken, true) {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}

fn fill(headers: &mut HeaderMap, head: Head, request: u64) -> Result<(), Failure> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(head.content_type));
    if let Some(length) = head.length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    let id = HeaderValue::try_from(format!("req_{request:016x}"))?;
    headers.insert(HeaderName::from_static("x-request-id"), id);
    for (name, value) in head.headers {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    Ok(())
}
