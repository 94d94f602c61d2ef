//! Is the process alive, and can it take a turn.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::pipeline::Engines;
use crate::pipeline::engine::{EngineName, Readiness};
use crate::store::Store;

/// What must be fine before a turn can be taken.
#[derive(Debug, Serialize)]
pub struct Health {
    /// Whether everything below is fine.
    pub ready: bool,
    /// Where conversations are kept.
    pub database: Part,
    /// Who hears.
    pub hearing: Part,
    /// Who thinks.
    pub thinking: Part,
    /// Who speaks.
    pub speaking: Part,
}

/// One part's state.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Who does it.
    pub name: String,
    /// `ready`, `loading` or `failed`.
    pub state: &'static str,
    /// Why it failed and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Health {
    /// Asks every part.
    pub async fn of(store: &Store, engines: &Engines) -> Self {
        let database = database(store).await;
        let hearing = engine(engines.hearing.name(), engines.hearing.readiness());
        let thinking = engine(engines.thinking.name(), engines.thinking.readiness());
        let speaking = engine(engines.speaking.name(), engines.speaking.readiness());
        let ready = [&database, &hearing, &thinking, &speaking].iter().all(|part| part.is_ready());
        Self { ready, database, hearing, thinking, speaking }
    }
}

impl Part {
    fn is_ready(&self) -> bool {
        self.state == "ready"
    }
}

async fn database(store: &Store) -> Part {
    let name = store.kind().to_owned();
    match store.check().await {
        Ok(()) => Part { name, state: "ready", problem: None },
        Err(error) => Part { name, state: "failed", problem: Some(error.to_string()) },
    }
}

fn engine(name: EngineName, readiness: Readiness) -> Part {
    let (state, problem) = match readiness {
        Readiness::Ready => ("ready", None),
        Readiness::Loading => ("loading", None),
        Readiness::Failed(why) => ("failed", Some(why)),
    };
    Part { name: name.to_string(), state, problem }
}

/// The process is alive.
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("alive\n")
}

/// The process can take a turn; 503 while it can't.
pub async fn readyz(store: web::Data<Store>, engines: web::Data<Engines>) -> HttpResponse {
    let health = Health::of(&store, &engines).await;
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).insert_header(("Cache-Control", "no-store")).json(health)
}
