//! Pages: the one on which one talks, the testers', the way in, what a problem means, and the docs.

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use minijinja::{Environment, HtmlEscape, Value, context};
use thiserror::Error;
use uuid::Uuid;

use crate::domain::persona::Persona;
use crate::routes::assets;
use crate::routes::docs::Contents;
use crate::routes::guard::{Access, Bearer, Gate};
use crate::routes::problem::{KINDS, Problem};
use crate::routes::words::{BrokenWords, Words};

/// What a page may load, and from where.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; media-src 'self' blob:; manifest-src 'self'; \
                      worker-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// The pages' templates, and what the docs tell.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
    pub(super) contents: Contents,
    words: Words,
}

/// A template or the document that is part of this program is broken.
#[derive(Debug, Error)]
pub enum BrokenTemplate {
    /// A template.
    #[error("a page cannot be drawn: {0}")]
    Template(#[from] minijinja::Error),
    /// The document.
    #[error("openapi.json cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    /// A catalogue.
    #[error(transparent)]
    Words(#[from] BrokenWords),
}

impl Templates {
    /// Reads them all, so that a broken one is known when the server starts.
    pub fn read() -> Result<Self, BrokenTemplate> {
        let mut environment = Environment::new();
        environment.add_template("program.html", include_str!("../../templates/program.html"))?;
        environment.add_template("talk.html", include_str!("../../templates/talk.html"))?;
        environment.add_template("test.html", include_str!("../../templates/test.html"))?;
        environment.add_template("icons.html", include_str!("../../templates/icons.html"))?;
        environment.add_template("login.html", include_str!("../../templates/login.html"))?;
        environment.add_template("problem.html", include_str!("../../templates/problem.html"))?;
        environment.add_template("docs.html", include_str!("../../templates/docs.html"))?;
        environment.add_filter("prose", prose);
        environment.add_filter("data", data);
        environment.add_global("home", Value::from_safe_string(assets::home()));
        environment.add_global("version", VERSION);
        Ok(Self { environment, contents: Contents::read()?, words: Words::read()? })
    }

    /// The page on which one logs in; `trouble` is the name of the words for what went wrong.
    pub fn login(
        &self,
        request: &HttpRequest,
        trouble: Option<&str>,
    ) -> Result<HttpResponse, Problem> {
        let (language, words) = self.words.suit("login", request);
        let mut page = self.page("login.html", context! { language, words, trouble })?;
        if trouble.is_some() {
            *page.status_mut() = StatusCode::UNAUTHORIZED;
        }
        Ok(page)
    }

    /// What went wrong, for whoever sits in front of a browser.
    pub fn told(&self, problem: &Problem, request_id: &str) -> Result<String, Problem> {
        let kind = problem.kind();
        let values = context! {
            code => kind.code,
            status => kind.status,
            title => kind.title,
            retryable => kind.retryable,
            detail => sentence(problem.detail()),
            request_id,
        };
        self.draw("problem.html", values)
    }

    /// A page that is a program of its own: its words are in the language of whoever asks for it,
    /// and its scripts are those in the folder of its name and those that all pages share.
    fn program(
        &self,
        page: &str,
        request: &HttpRequest,
        values: Value,
    ) -> Result<HttpResponse, Problem> {
        let (language, words) = self.words.suit(page, request);
        let rooms = [format!("js/{page}/"), "js/common/".to_owned()];
        let modules: Vec<_> = rooms.iter().flat_map(|room| assets::names(room)).collect();
        let told = context! {
            words,
            language,
            languages => self.words.languages(page),
            modules,
            page,
        };
        let drawn = self.draw(&format!("{page}.html"), context! { ..values, ..told })?;
        let mut response = html();
        response.insert_header(("Vary", "Accept-Encoding, Accept-Language, Cookie"));
        if assets::takes_gzip(request)
            && let Ok(packed) = assets::gzip(drawn.as_bytes())
        {
            return Ok(response.insert_header(("Content-Encoding", "gzip")).body(packed));
        }
        Ok(response.body(drawn))
    }

    /// A page, drawn.
    pub(super) fn page(&self, name: &str, values: Value) -> Result<HttpResponse, Problem> {
        Ok(html().body(self.draw(name, values)?))
    }

    fn draw(&self, name: &str, values: Value) -> Result<String, Problem> {
        let drawn = self.environment.get_template(name).and_then(|page| page.render(values));
        drawn.map_err(|error| {
            tracing::error!(%error, page = name, "a page cannot be drawn");
            Problem::new("internal", "this page cannot be drawn")
        })
    }
}

/// What is a part of a line elsewhere stands alone on a page.
fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// Whether someone sits in front of it: programs do not ask for pages.
pub fn wants_a_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn html() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Cache-Control", "no-store"))
        .content_type("text/html; charset=utf-8");
    response
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What stands between backticks is code.
fn prose(text: &str) -> Value {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        let part = HtmlEscape(part);
        match at % 2 {
            0 => html.push_str(&part.to_string()),
            _ => html.push_str(&format!("<code>{part}</code>")),
        }
    }
    Value::from_safe_string(html)
}

/// Values for scripts: nothing in them ends the element they stand in.
fn data(value: Value) -> Result<Value, minijinja::Error> {
    let json = serde_json::to_string(&value).map_err(|error| {
        minijinja::Error::new(minijinja::ErrorKind::BadSerialization, error.to_string())
    })?;
    Ok(Value::from_safe_string(json.replace('<', "\\u003c")))
}

/// The server as this request has reached it.
pub(super) fn base(request: &HttpRequest) -> String {
    let gate = request.app_data::<Data<Gate>>();
    gate.map(|gate| gate.address(request)).unwrap_or_default()
}

/// `GET /`, `GET /c/{id}`: the page on which one talks.
pub async fn talk(
    request: HttpRequest,
    access: Data<Access>,
    persona: Data<Persona>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    let (bearer, cookie) = visitor(&request, &access);
    let values = context! {
        name => &persona.name,
        about => &persona.about,
        suggestions => persona.suggestions(),
        visitor => bearer.mark(),
    };
    known(templates.program("talk", &request, values)?, cookie)
}

/// `GET /test`: the page for testers.
pub async fn test(
    request: HttpRequest,
    access: Data<Access>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    known(templates.program("test", &request, context! {})?, visitor(&request, &access).1)
}

/// Who comes, and their cookie if they come for the first time.
fn visitor(request: &HttpRequest, access: &Access) -> (Bearer, Option<Cookie<'static>>) {
    if let Some(bearer) = access.cookies.read(request) {
        return (bearer, None);
    }
    let bearer = Bearer::Visitor(Uuid::new_v4());
    (bearer, Some(access.cookies.issue(bearer)))
}

/// A browser that comes for the first time gets its cookie.
fn known(mut page: HttpResponse, cookie: Option<Cookie<'static>>) -> Result<HttpResponse, Problem> {
    if let Some(cookie) = cookie {
        page.add_cookie(&cookie)
            .map_err(|_| Problem::new("internal", "the cookie cannot be sent"))?;
    }
    Ok(page)
}

/// `GET /problems/{slug}`: what a kind of problem means, and what to do.
pub async fn problem(
    slug: Path<String>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    let kind = KINDS.iter().find(|kind| kind.slug() == *slug).ok_or_else(|| {
        Problem::new("not_found", "there is no such kind of problem; GET /docs lists them")
    })?;
    templates.page(
        "problem.html",
        context! {
            code => kind.code,
            status => kind.status,
            title => kind.title,
            help => kind.help,
            retryable => kind.retryable,
        },
    )
}
