//! `GET /docs`: what there is, for people. Everything on it comes from the document and the house.

mod contents;
mod schema;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::json;

use crate::conversations::Conversations;
use crate::routes::capabilities::limits;
use crate::routes::docs::schema::Document;
use crate::routes::guard::{Confidence, Entrance};
use crate::routes::openapi::DOCUMENT;
use crate::routes::page::{Templates, base};
use crate::routes::problem::{KINDS, Problem};

/// Where the document's examples think that the server is.
const EXAMPLE: &str = "http://127.0.0.1:8000";

/// What the page tells, wherever it is asked.
#[derive(Debug, Clone)]
pub struct Contents(Value);

impl Contents {
    /// Reads the document.
    pub fn read() -> Result<Self, serde_json::Error> {
        let document = Document::read(DOCUMENT)?;
        let kinds = KINDS.iter().map(|kind| {
            json!({
                "code": kind.code,
                "slug": kind.slug(),
                "status": kind.status,
                "title": kind.title,
                "help": kind.help,
            })
        });
        let kinds: Vec<_> = kinds.collect();
        Ok(Self(context! {
            renderings => Serde(contents::renderings(&document)),
            script => contents::script(&document),
            groups => Serde(contents::groups(&document)),
            turn => Serde(document.members("Turn")),
            turn_example => document.example("Turn"),
            events => Serde(contents::events(&document)),
            kinds => Serde(kinds),
            limits => Serde(document.members("Limits")),
            EXAMPLE,
        }))
    }
}

/// Draws the page.
pub async fn docs(
    request: HttpRequest,
    confidence: Confidence,
    conversations: Data<Conversations>,
    entrance: Data<Entrance>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    let here = context! {
        base => base(&request),
        in_force => Serde(limits(&conversations, &entrance, confidence)),
    };
    let contents = templates.contents.0.clone();
    templates.page("docs.html", context! { ..here, ..contents })
}
