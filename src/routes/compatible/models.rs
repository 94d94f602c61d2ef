//! `GET /v1/models`, one of them, and `GET /v1/audio/voices`: who works here.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};

use crate::conversations::Conversations;
use crate::domain::voice::{COMMON_VOICES, Voice};
use crate::routes::guard::Caller;
use crate::routes::problem::Problem;

/// The models behind the three stages. Any other name is accepted as well.
pub async fn models(
    _: Caller,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let data: Vec<_> = in_use(&conversations).into_iter().map(told).collect();
    Ok(HttpResponse::Ok().json(json!({ "object": "list", "data": data })))
}

/// One of them.
pub async fn model(
    _: Caller,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let wanted = id.trim_end_matches('/');
    let models = in_use(&conversations);
    let names: Vec<_> = models.iter().map(|(model, _)| model.clone()).collect();
    let Some(model) = models.into_iter().find(|(model, _)| model == wanted) else {
        let detail = format!(
            "there is no such model in use; there is {}. Requests may name any: the one in use \
             answers",
            names.join(", ")
        );
        return Err(Problem::new("not_found", detail));
    };
    Ok(HttpResponse::Ok().json(told(model)))
}

/// Each model in use, and whose it is.
fn in_use(conversations: &Conversations) -> BTreeSet<(String, String)> {
    let pipeline = conversations.pipeline();
    let names = [pipeline.hearing().name(), pipeline.thinking().name(), pipeline.speaking().name()];
    names.into_iter().map(|name| (name.model, name.engine)).collect()
}

fn told((model, engine): (String, String)) -> Value {
    json!({ "id": model, "object": "model", "created": 0, "owned_by": engine })
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
