//! The first page: what works, and how to use it.

use actix_web::{HttpResponse, Responder, error, web};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use thiserror::Error;

use crate::domain::persona::Persona;
use crate::pipeline::Engines;
use crate::routes::health::Health;
use crate::store::Store;

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
        Ok(Self(environment))
    }
}

/// What works now.
pub async fn first(
    store: web::Data<Store>,
    engines: web::Data<Engines>,
    persona: web::Data<Persona>,
    templates: web::Data<Templates>,
) -> actix_web::Result<impl Responder> {
    let health = Serde(Health::of(&store, &engines).await);
    let version = env!("CARGO_PKG_VERSION");
    let page = templates
        .0
        .get_template("first.html")
        .and_then(|page| page.render(context! { health, name => &persona.name, version }))
        .map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Cache-Control", "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page))
}

/// How it looks.
pub async fn style() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../static/css/page.css"))
}
