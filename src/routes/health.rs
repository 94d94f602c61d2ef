//! Is the process alive, can it take a turn, and how is it doing.

use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use metrics::{counter, gauge};
use serde::Serialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::conversations::Conversations;
use crate::domain::persona::Persona;
use crate::pipeline::Pipeline;
use crate::pipeline::engine::{EngineName, Readiness};
use crate::routes::guard::{Caller, Confidence, Entrance};
use crate::routes::outlook::Outlook;
use crate::routes::problem::Problem;
use crate::store::Store;
use crate::telemetry::Metrics;

/// What was found out about the database is good for so long.
const FRESH: Duration = Duration::from_secs(1);

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
#[derive(Debug, Clone, Serialize)]
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
    async fn of(pulse: &Pulse, store: &Store, pipeline: &Pipeline) -> Self {
        let (ear, mind, mouth) = (pipeline.hearing(), pipeline.thinking(), pipeline.speaking());
        let database = pulse.database(store, Instant::now()).await;
        let hearing = engine(ear.name(), ear.readiness());
        let thinking = engine(mind.name(), mind.readiness());
        let speaking = engine(mouth.name(), mouth.readiness());
        let ready = [&database, &hearing, &thinking, &speaking].iter().all(|part| part.is_ready());
        Self { ready, database, hearing, thinking, speaking }
    }
}

/// How the database was a moment ago: whoever asks for it again and again costs it nothing.
#[derive(Default)]
pub struct Pulse {
    known: Mutex<Option<(Instant, Part)>>,
}

impl Pulse {
    async fn database(&self, store: &Store, now: Instant) -> Part {
        let mut known = self.known.lock().await;
        if let Some((asked, part)) = &*known
            && now.duration_since(*asked) < FRESH
        {
            return part.clone();
        }
        let part = database(store).await;
        *known = Some((now, part.clone()));
        part
    }
}

/// How everything is, for somebody who may know so much of it.
pub struct Checkup {
    confidence: Confidence,
    health: Health,
}

impl FromRequest for Checkup {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        type Parts = (Confidence, Data<Pulse>, Data<Conversations>, Data<Entrance>);
        let parts = Parts::extract(request);
        Box::pin(async move {
            let (confidence, pulse, conversations, entrance) = parts.await?;
            let (store, pipeline) = (conversations.store(), conversations.pipeline());
            let mut health = Health::of(&pulse, store, pipeline).await;
            health.ready &= !entrance.is_closed();
            health.database = health.database.told_to(confidence);
            Ok(Self { confidence, health })
        })
    }
}

impl Part {
    /// What is wrong with the database names its host and its user.
    fn told_to(self, confidence: Confidence) -> Self {
        let problem = self.problem.filter(|_| confidence == Confidence::Insider);
        Self { problem, ..self }
    }

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
pub async fn readyz(checkup: Checkup) -> HttpResponse {
    let Checkup { confidence, health } = checkup;
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut response = HttpResponse::build(status);
    response.insert_header(("Cache-Control", "no-store"));
    if confidence == Confidence::Stranger {
        return response.json(json!({ "ready": health.ready }));
    }
    response.json(health)
}

/// How the service is doing, for people and dashboards.
pub async fn health(
    checkup: Checkup,
    conversations: Data<Conversations>,
    entrance: Data<Entrance>,
    persona: Data<Persona>,
    outlook: Data<Outlook>,
) -> HttpResponse {
    let pipeline = conversations.pipeline();
    let Checkup { confidence, health } = checkup;
    let budget = &conversations.options().budget;
    let limit = budget.limit().map(|limit| limit.dollars());
    let status = if health.ready { "ok" } else { "not ready" };
    let version = env!("CARGO_PKG_VERSION");
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    if confidence == Confidence::Stranger {
        let told = json!({ "status": status, "service": "repartee", "version": version });
        return response.json(told);
    }
    response.json(json!({
        "status": status,
        "service": "repartee",
        "version": version,
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
        "budget": (confidence == Confidence::Insider).then(|| {
            json!({ "spent_today_usd": budget.spent().dollars(), "daily_limit_usd": limit })
        }),
        "recordings_lost": conversations.recordings().map(|kept| kept.lost()),
        "warnings": outlook.warnings(),
    }))
}

/// For Prometheus. Where others can reach us, only for those who administer.
pub async fn metrics(
    caller: Caller,
    exposed: Data<Exposed>,
    conversations: Data<Conversations>,
    entrance: Data<Entrance>,
    counted: Data<Metrics>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_database_is_asked_once_a_second_however_often_somebody_asks() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("kept.db").display());
        let store = Store::open(&url).await.unwrap();
        let (pulse, now) = (Pulse::default(), Instant::now());

        assert_eq!(pulse.database(&store, now).await.state, "ready");
        store.close().await.unwrap();

        assert_eq!(pulse.database(&store, now + FRESH / 2).await.state, "ready");
        assert_eq!(pulse.database(&store, now + FRESH).await.state, "failed");
    }
}
