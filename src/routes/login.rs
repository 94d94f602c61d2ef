//! Logging in with a browser: by the link that a first start prints, or with a key.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;

use crate::domain::api_key::Secret;
use crate::routes::guard::{Access, Bearer};
use crate::routes::page::{Templates, wants_a_page};
use crate::routes::present::OnlyHead;
use crate::routes::problem::Problem;
use crate::routes::upload;

/// How one comes to the page.
#[derive(Debug, Deserialize)]
pub struct Coming {
    once: Option<String>,
}

/// `GET /login`: the form, or, by the link that opens once, straight in.
pub async fn form(
    request: HttpRequest,
    coming: Query<Coming>,
    access: Data<Access>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    // Those who only look at a link, to show what is behind it, do not use it up.
    let looks = request.extensions().contains::<OnlyHead>();
    match coming.once.as_deref().filter(|_| !looks) {
        Some(once) if access.logins.opens_once(once, Instant::now()) => {
            Ok(home().cookie(admin(&access)).finish())
        }
        Some(_) if wants_a_page(&request) => templates.login(&request, Some("used")),
        Some(_) => {
            let detail = "this link was used already, is too old or not whole; log in with the token in \
                          DATA_DIR/admin.token";
            Err(Problem::new("forbidden", detail))
        }
        None => templates.login(&request, None),
    }
}

/// `POST /login`: with the admin token or an API key.
pub async fn login(
    request: HttpRequest,
    payload: Payload,
    access: Data<Access>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Problem> {
    let fields: BTreeMap<_, _> = upload::urlencoded_body(payload.into_inner()).await?;
    let token = fields.get("token").map(|token| token.trim()).unwrap_or_default();
    let address = access.address(&request);
    if access.is_admin_token(token, address) {
        return Ok(home().cookie(admin(&access)).finish());
    }
    match access.keyring.find(&Secret::shown(token)).await? {
        Some(key) => Ok(home().cookie(access.cookies.issue(Bearer::Key(key.id))).finish()),
        None => {
            let problem = access.wrong_token("there is no such token or API key", address);
            match problem.kind().status {
                401 if wants_a_page(&request) => templates.login(&request, Some("wrong")),
                _ => Err(problem),
            }
        }
    }
}

/// `POST /logout`.
pub async fn logout(access: Data<Access>) -> HttpResponse {
    home().cookie(access.cookies.removal()).finish()
}

fn admin(access: &Access) -> actix_web::cookie::Cookie<'static> {
    access.cookies.issue(Bearer::Admin)
}

fn home() -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header(("Location", "/")).insert_header(("Cache-Control", "no-store"));
    response
}
