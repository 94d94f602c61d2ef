//! `GET /v1/models` and `GET /v1/audio/voices`: who works here.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::conversations::Conversations;
use crate::domain::voice::{COMMON_VOICES, Voice};
use crate::routes::guard::Caller;
use crate::routes::problem::Problem;

/// The models behind the three stages. Any other name is accepted as well.
pub async fn models(
    _: Caller,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let pipeline = conversations.pipeline();
    let names = [pipeline.hearing().name(), pipeline.thinking().name(), pipeline.speaking().name()];
    let names: BTreeSet<_> = names.into_iter().map(|name| (name.model, name.engine)).collect();
    let data: Vec<_> = names
        .into_iter()
        .map(|(model, engine)| {
            json!({ "id": model, "object": "model", "created": 0, "owned_by": engine })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "object": "list", "data": data })))
}

/// The voices, as Open WebUI asks for them.
pub async fn voices(
    _: Caller,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let own = conversations.pipeline().speaking().voices();
    let names: Vec<_> = COMMON_VOICES.into_iter().chain(own.iter().map(Voice::name)).collect();
    let voices: Vec<_> = names.iter().map(|name| json!({ "id": name, "name": name })).collect();
    Ok(HttpResponse::Ok().json(json!({ "voices": voices })))
}
