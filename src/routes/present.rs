//! What every answer has in common, good or bad: its id, its safety, its end when nobody listens
//! any more, and problems in words.

use std::panic::AssertUnwindSafe;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use actix_web::http::{ConnectionType, Method, Version};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;

use crate::routes::guard::{Gate, Standing};
use crate::routes::line::Line;
use crate::routes::page::{POLICY, Templates, wants_a_page};
use crate::routes::problem::Problem;
use crate::routes::request_id::{self, RequestId};
use crate::routes::sent::Entry;
use crate::routes::upload;

/// The first is for every answer, the others for those that may be shown as pages.
const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    // With `no-referrer`, browsers hide from us that our own form is ours.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "microphone=(self), camera=(), geolocation=()"),
    ("x-frame-options", "DENY"),
];

/// Marks a request that is answered like a GET, and was a HEAD.
pub struct OnlyHead;

/// What is known of a request after it was handed on.
struct Asked {
    id: String,
    origin: Option<String>,
    openai: bool,
    part: bool,
    /// What draws the page, if a browser wants one.
    templates: Option<web::Data<Templates>>,
    entry: Entry,
}

/// Asks the gate who may come in, catches what breaks, sees who leaves, and dresses the answer.
pub async fn present(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let entry = Entry::of(&request);
    // A HEAD is a GET whose body is not sent; the server sees to that.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(OnlyHead);
    }
    let gate = request.app_data::<web::Data<Gate>>().cloned().unwrap_or_default();
    let asked = Asked::of(request.request(), &gate, entry);
    let line = Line::of(&mut request);
    let refused = match gate.preflight(request.request()) {
        Some(preflight) => Some(preflight),
        None => {
            let welcome = gate.check(request.request());
            let welcome = welcome.and_then(|()| upload::refuse_packed(request.request()));
            welcome.err().map(|problem| problem.answer())
        }
    };
    if let Some(refused) = refused {
        let refused = asked.dress(refused, &gate);
        let refused = line.iter().fold(refused, |refused, line| line.answer(refused));
        return Ok(request.into_response(refused));
    }
    let answering = AssertUnwindSafe(next.call(request)).catch_unwind();
    let answered = match &line {
        None => answering.await,
        Some(line) => tokio::select! {
            biased;
            answered = answering => answered,
            () = line.gone() => return Err(asked.error(Problem::interrupted(), &gate)),
        },
    };
    match answered {
        Ok(Ok(response)) => {
            let (request, response) = response.map_into_boxed_body().into_parts();
            let standing = request.extensions().get::<Standing>().copied();
            let error = response.error().map(problem_of);
            let response = match error {
                Some(problem) => problem.answer(),
                None => response,
            };
            let mut response = asked.dress(response, &gate);
            if request.version() < Version::HTTP_11 {
                end_with_the_connection(&mut response);
            }
            if let Some(standing) = standing {
                standing.tell(response.headers_mut());
            }
            let response = line.iter().fold(response, |response, line| line.answer(response));
            Ok(ServiceResponse::new(request, response))
        }
        Ok(Err(error)) => Err(asked.error(problem_of(&error), &gate)),
        Err(_) => Err(asked.error(Problem::broken("a handler panicked"), &gate)),
    }
}

/// Those who are older than HTTP/1.1 know no chunks: what has no length ends with the connection.
fn end_with_the_connection(response: &mut HttpResponse) {
    if response.body().size() == BodySize::Stream {
        let head = response.head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
}

/// Our own problems are told as they are; what the framework says of a request is put into words.
fn problem_of(error: &Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    let status = error.as_response_error().status_code();
    match status.as_u16() {
        404 => Problem::new("not_found", "there is nothing at this address"),
        400..=499 => Problem::malformed(error.to_string()),
        _ => Problem::broken(error),
    }
}

impl Asked {
    fn of(request: &HttpRequest, gate: &Gate, entry: Entry) -> Self {
        let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
        let openai = request.path().starts_with("/v1/");
        let templates = request.app_data::<web::Data<Templates>>();
        // The form to log in is the only one that a browser itself sends.
        let goes_there = request.method() == Method::GET || request.path().starts_with("/login");
        let templates = templates.filter(|_| !openai && goes_there && wants_a_page(request));
        Self {
            id: id.unwrap_or_default(),
            origin: gate.allowed_origin(request).map(str::to_owned),
            openai,
            part: request.path().starts_with("/static/"),
            templates: templates.cloned(),
            entry,
        }
    }

    /// For when there is no request any more that an answer could belong to.
    fn error(self, problem: Problem, gate: &Gate) -> Error {
        let response = self.dress(problem.answer(), gate);
        InternalError::from_response(problem, response).into()
    }

    fn dress(self, response: HttpResponse, gate: &Gate) -> HttpResponse {
        let problem = response.extensions().get::<Problem>().cloned();
        let mut response = match problem {
            Some(problem) => self.write(response, &problem),
            None => response,
        };
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(HeaderName::from_static(request_id::LOWER), id);
        }
        // Scripts, styles and pictures are no pages: the rest says nothing of them, forty times.
        let wanted = if self.part { &HEADERS[..1] } else { &HEADERS[..] };
        for &(name, value) in wanted {
            let name = HeaderName::from_static(name);
            if !headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        gate.dress(self.origin.as_deref(), headers);
        self.entry.follow(response)
    }

    /// The problem as the caller wants to read it: OpenAI's clients know one envelope only, and
    /// people read pages.
    fn written(&self, problem: &Problem) -> (&'static str, String) {
        let page = self.templates.as_ref().and_then(|all| all.told(problem, &self.id).ok());
        match page {
            Some(page) => ("text/html; charset=utf-8", page),
            None if self.openai => {
                ("application/json", format!("{}\n", problem.to_openai(&self.id)))
            }
            None => ("application/problem+json", format!("{}\n", problem.to_json(&self.id))),
        }
    }

    fn write(&self, response: HttpResponse, problem: &Problem) -> HttpResponse {
        let (kind, text) = self.written(problem);
        problem.tell();
        let mut response = response.set_body(BoxBody::new(text));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.templates.is_some() {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        }
        if let Some(seconds) = problem.retry_after_seconds() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if problem.kind().status == 401 {
            let challenge = HeaderValue::from_static("Bearer realm=\"repartee\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if problem.closes() {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::web::{Data, get};
    use actix_web::{App, HttpResponse};
    use async_stream::stream;
    use bytes::Bytes;
    use serde_json::Value;

    use super::*;
    use crate::routes::guard::Admission;

    fn asked() -> TestRequest {
        TestRequest::get().uri("/").insert_header(("host", "localhost"))
    }

    fn gate() -> Data<Gate> {
        Data::new(Gate { hosts: vec!["localhost".to_owned()], ..Gate::default() })
    }

    async fn breaks(admission: Data<Admission>) -> HttpResponse {
        let _permit = admission.enter([127, 0, 0, 1].into());
        assert_eq!(admission.inside(), 1);
        panic!("as it should in this test");
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_an_error_and_gives_its_place_back() {
        let admission = Data::new(Admission::new(Some(1)));
        let app = App::new().app_data(gate()).app_data(admission.clone());
        let app = init_service(app.wrap(from_fn(present)).route("/", get().to(breaks))).await;

        for _ in 0..2 {
            let error = try_call_service(&app, asked().to_request()).await.unwrap_err();

            let answer = error.error_response();
            assert_eq!(answer.status(), 500);
            let told = to_bytes(answer.into_body()).await.unwrap();
            let told: Value = serde_json::from_slice(&told).unwrap();
            assert_eq!((&told["code"], &told["retryable"]), (&"internal".into(), &true.into()));
            assert!(!told.to_string().contains("panic"), "{told}");
            assert_eq!(admission.inside(), 0);
        }
    }

    async fn breaks_off(admission: Data<Admission>) -> HttpResponse {
        let permit = admission.enter([127, 0, 0, 1].into());
        HttpResponse::Ok().streaming(stream! {
            let _permit = permit;
            yield Ok::<_, Problem>(Bytes::from_static(b"one"));
            if admission.inside() == 1 {
                panic!("as it should in this test");
            }
        })
    }

    #[actix_web::test]
    async fn a_body_that_panics_is_cut_and_gives_its_place_back() {
        let admission = Data::new(Admission::new(Some(1)));
        let app = App::new().app_data(gate()).app_data(admission.clone());
        let app = init_service(app.wrap(from_fn(present)).route("/", get().to(breaks_off))).await;

        for _ in 0..2 {
            let answer = try_call_service(&app, asked().to_request()).await.unwrap();

            assert_eq!(answer.status(), 200);
            let cut = to_bytes(answer.into_body()).await.unwrap_err();
            assert_eq!(cut.downcast_ref::<Problem>().unwrap().kind().code, "internal");
            assert_eq!(admission.inside(), 0);
        }
    }
}
