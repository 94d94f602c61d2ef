//! Pages: what works and how to use it, the way in, what a problem means, and the docs.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use thiserror::Error;
use uuid::Uuid;

use crate::conversations::Conversations;
use crate::domain::persona::Persona;
use crate::routes::guard::{Access, Bearer};
use crate::routes::health::Health;
use crate::routes::problem::{KINDS, Problem};

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The pages' templates.
#[derive(Debug, Clone)]
pub struct Templates(Environment<'static>);

/// A template that is part of this program is broken.
#[derive(Debug, Error)]
#[error("a page cannot be drawn")]
pub struct BrokenTemplate(#[from] minijinja::Error);

impl Templates {
    /// Reads them all, so that a broken one is known when the server starts.
    pub fn read() -> Result<Self, BrokenTemplate> {
        let mut environment = Environment::new();
        environment.add_template("first.html", include_str!("../../templates/first.html"))?;
        environment.add_template("login.html", include_str!("../../templates/login.html"))?;
        environment.add_template("problem.html", include_str!("../../templates/problem.html"))?;
        Ok(Self(environment))
    }

    /// The page on which one logs in.
    pub fn login(&self) -> Result<HttpResponse, Problem> {
        self.page("login.html", context! { version => VERSION })
    }

    fn page(&self, name: &str, values: Value) -> Result<HttpResponse, Problem> {
        let drawn = self.0.get_template(name).and_then(|page| page.render(values));
        let page = drawn.map_err(|error| {
            tracing::error!(%error, page = name, "a page cannot be drawn");
            Problem::new("internal", "this page cannot be drawn")
        })?;
        Ok(HttpResponse::Ok()
            .insert_header(("Content-Security-Policy", POLICY))
            .insert_header(("Cache-Control", "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(page))
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `GET /`: what works now. A browser that comes for the first time gets its cookie here.
pub async fn first(
    request: HttpRequest,
    access: Data<Access>,
    conversations: Data<Conversations>,
    persona: Data<Persona>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    let health = Serde(Health::of(conversations.store(), conversations.pipeline()).await);
    let base = {
        let connection = request.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    };
    let values = context! { health, name => &persona.name, version => VERSION, base };
    let mut page = templates.page("first.html", values)?;
    if access.cookies.read(&request).is_none() {
        let cookie = access.cookies.issue(Bearer::Visitor(Uuid::new_v4()));
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
            version => VERSION,
            code => kind.code,
            status => kind.status,
            title => kind.title,
            help => kind.help,
            retryable => kind.retryable,
        },
    )
}

/// How it looks.
pub async fn style() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../static/css/page.css"))
}
