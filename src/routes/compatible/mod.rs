//! OpenAI's own shapes over whatever engines are configured, so that its clients can point here.

mod beyond;
mod chat;
mod common_rate;
mod fields;
mod models;
mod speech;
mod transcriptions;
mod usage;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};

use crate::pipeline::engine::EngineName;

pub use crate::routes::compatible::chat::chat;
pub use crate::routes::compatible::models::{model, models, voices};
pub use crate::routes::compatible::speech::speech;
pub use crate::routes::compatible::transcriptions::transcriptions;

/// Any model may be asked for, and the configured one serves: where the answer itself has no place
/// to say which, a header says it.
fn served_by(engine: &EngineName, mut response: HttpResponse) -> HttpResponse {
    if let Ok(model) = HeaderValue::from_str(&engine.model) {
        response.headers_mut().insert(HeaderName::from_static("x-model"), model);
    }
    response
}
