//! What there is to ask for.

pub(crate) mod answer;
mod chunks;
mod hearing;
mod models;
pub(crate) mod refusal;
mod speaking;
mod thinking;
mod upload;

use std::sync::Arc;

use bytes::Bytes;
use hyper::Method;
use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;

use crate::behaviour::Behaviour;
use crate::fault::Stage;
use crate::journal::visit::Visit;
use crate::stages::answer::Answer;
use crate::stages::refusal::Refusal;
use crate::state::State;

/// A request, but for its body.
pub(crate) struct Question<'a> {
    pub(crate) state: &'a Arc<State>,
    pub(crate) behaviour: &'a Behaviour,
    pub(crate) parts: &'a Parts,
}

/// What a request is for.
pub(crate) fn stage(method: &Method, path: &str) -> Stage {
    let place = path.rfind("/v1/").map_or(path, |start| &path[start + 3..]);
    match (method.as_str(), place) {
        ("GET", "/models") => Stage::Models,
        ("POST", "/audio/transcriptions") => Stage::Hearing,
        ("POST", "/chat/completions") => Stage::Thinking,
        ("POST", "/audio/speech") => Stage::Speaking,
        _ => Stage::Elsewhere,
    }
}

/// What is answered if nothing goes wrong.
pub(crate) async fn answer(
    question: &Question<'_>,
    body: Bytes,
    visit: &mut Visit,
) -> Result<Answer, Refusal> {
    authorize(question)?;
    match stage(&question.parts.method, question.parts.uri.path()) {
        Stage::Models => Ok(models::answer(question.behaviour)),
        Stage::Hearing => hearing::answer(question, body, visit).await,
        Stage::Thinking => thinking::answer(question, &body, visit),
        Stage::Speaking => speaking::answer(question, &body, visit),
        Stage::Elsewhere => {
            let parts = question.parts;
            Err(Refusal::unknown_path(parts.method.as_str(), parts.uri.path()))
        }
    }
}

fn authorize(question: &Question<'_>) -> Result<(), Refusal> {
    let Some(key) = &question.behaviour.required_key else { return Ok(()) };
    let given = question.parts.headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok());
    let given = given.and_then(|given| given.strip_prefix("Bearer "));
    if given == Some(key) { Ok(()) } else { Err(Refusal::wrong_key()) }
}

/// Refuses models that there are not, if that is wanted.
fn check_model(behaviour: &Behaviour, model: &str) -> Result<(), Refusal> {
    if model.is_empty() {
        return Err(Refusal::missing("model"));
    }
    let known = behaviour.models.iter().any(|known| known.id == model);
    if known || !behaviour.strict_models { Ok(()) } else { Err(Refusal::unknown_model(model)) }
}
