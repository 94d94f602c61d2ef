//! `GET /openapi.json`: what there is, for programs.

use std::sync::LazyLock;

use actix_web::http::header::{ETag, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// The document, as it is served.
pub const DOCUMENT: &str = include_str!("../../static/openapi.json");

static TAG: LazyLock<EntityTag> = LazyLock::new(|| {
    let hash = Sha256::digest(DOCUMENT.as_bytes());
    EntityTag::new_strong(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
});

/// Sends the document, unless it is known already.
pub async fn openapi(request: HttpRequest) -> HttpResponse {
    let known = IfNoneMatch::parse(&request).is_ok_and(|known| is_in(&known));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(TAG.clone()))
        .insert_header(("Cache-Control", "public, max-age=300"));
    match known {
        true => response.finish(),
        false => response.content_type("application/json").body(DOCUMENT),
    }
}

fn is_in(known: &IfNoneMatch) -> bool {
    match known {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|tag| tag.weak_eq(&TAG)),
    }
}
