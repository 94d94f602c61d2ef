//! `GET /openapi.json`: what there is, for programs.

use std::sync::LazyLock;

use actix_web::http::header::{ETag, EntityTag};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::routes::assets::is_known;

/// The document, as it is served.
pub const DOCUMENT: &str = include_str!("../../static/openapi.json");

static TAG: LazyLock<EntityTag> = LazyLock::new(|| {
    let hash = Sha256::digest(DOCUMENT.as_bytes());
    EntityTag::new_strong(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
});

/// Sends the document, unless it is known already.
pub async fn openapi(request: HttpRequest) -> HttpResponse {
    let known = is_known(&request, &TAG);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(TAG.clone()))
        .insert_header(("Cache-Control", "public, max-age=300"));
    match known {
        true => response.finish(),
        false => response.content_type("application/json").body(DOCUMENT),
    }
}
