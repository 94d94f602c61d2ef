//! Is the process alive, can it take a turn, and how is it doing.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use metrics::{counter, gauge};
use serde::Serialize;
use serde_json::json;

use crate::conversations::Conversations;
use crate::domain::persona::Persona;
use crate::pipeline::Pipeline;
use crate::pipeline::engine::{EngineName, Readiness};
use crate::routes::guard::{Caller, Entrance};
use crate::routes::outlook::Outlook;
use crate::routes::problem::Problem;
use crate::store::Store;
use crate::telemetry::Metrics;

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
    pub async fn of(store: &Store, pipeline: &Pipeline) -> Self {
        let (ear, mind, mouth) = (pipeline.hearing(), pipeline.thinking(), pipeline.speaking());
        let database = database(store).await;
        let hearing = engine(ear.name(), ear.readiness());
        let thinking = engine(mind.name(), mind.readiness());
        let speaking = engine(mouth.name(), mouth.readiness());
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

/// The process can take a turn; 503 while it can't, or will not because it is about to end.
pub async fn readyz(
    conversations: web::Data<Conversations>,
    entrance: web::Data<Entrance>,
) -> HttpResponse {
    let mut health = Health::of(conversations.store(), conversations.pipeline()).await;
    health.ready &= !entrance.is_closed();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).insert_header(("Cache-Control", "no-store")).json(health)
}

/// How the service is doing, for people and dashboards.
pub async fn health(
    conversations: web::Data<Conversations>,
    entrance: web::Data<Entrance>,
    persona: web::Data<Persona>,
    outlook: web::Data<Outlook>,
) -> HttpResponse {
    let pipeline = conversations.pipeline();
    let health = Health::of(conversations.store(), pipeline).await;
    let budget = &conversations.options().budget;
    let limit = budget.limit().map(|limit| limit.dollars());
    let status = if health.ready && !entrance.is_closed() { "ok" } else { "not ready" };
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({
        "status": status,
        "service": "repartee",
        "version": env!("CARGO_PKG_VERSION"),
        "agent": persona.name,
        "voice": conversations.voice(),
        "models": {
            "hearing": pipeline.hearing().name().model,
            "thinking": pipeline.thinking().name().model,
            "speaking": pipeline.speaking().name().model,
        },
        "engines": {
            "hearing": health.hearing,
            "thinking": health.thinking,
            "speaking": health.speaking,
        },
        "database": health.database,
        "turns_in_flight": entrance.inside(),
        "budget": { "spent_today_usd": budget.spent().dollars(), "daily_limit_usd": limit },
        "recordings_lost": conversations.recordings().map(|kept| kept.lost()),
        "warnings": outlook.warnings(),
    }))
}

/// For Prometheus. Where others can reach us, only for those who administer.
pub async fn metrics(
    caller: Caller,
    exposed: web::Data<Exposed>,
    conversations: web::Data<Conversations>,
    entrance: web::Data<Entrance>,
    counted: web::Data<Metrics>,
) -> Result<HttpResponse, Problem> {
    if exposed.0 && !caller.admin {
        let detail = "send the admin token as `Authorization: Bearer …`";
        return Err(Problem::new("forbidden", detail));
    }
    let budget = &conversations.options().budget;
    gauge!("repartee_turns_in_flight").set(entrance.inside());
    gauge!("repartee_spent_today_usd").set(budget.spent().dollars());
    if let Some(limit) = budget.limit() {
        gauge!("repartee_daily_budget_usd").set(limit.dollars());
    }
    if let Some(recordings) = conversations.recordings() {
        counter!("repartee_recordings_lost_total").absolute(recordings.lost());
    }
    // What has never happened is counted as well: a rate needs a first value.
    counter!("repartee_panics_total").increment(0);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(HttpResponse::Ok().content_type(kind).body(counted.render()))
}

/// Whether other machines can reach us.
#[derive(Debug, Clone, Copy)]
pub struct Exposed(pub bool);
