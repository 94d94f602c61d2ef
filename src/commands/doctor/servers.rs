//! What the servers of engines tell of themselves.

use crate::commands::doctor::{Examined, Finding, examine};
use crate::engines::{self, Retirement};
use crate::settings::Settings;

/// Whether servers take the key and have the models that they will be asked for, and until when.
pub(super) async fn examine_models(findings: &mut Vec<Finding>, settings: &Settings) {
    if engines::servers(settings).next().is_none() {
        return;
    }
    let mut later = Vec::new();
    let examination = async {
        let retirements =
            engines::retirements(settings).await.map_err(|error| error.to_string())?;
        let (gone, soon) = retirements.into_iter().partition(|model| is_gone(settings, model));
        later = soon;
        models(settings, gone)
    };
    examine(findings, "models", examination).await;
    findings.extend(later.into_iter().map(|retirement| Finding {
        what: "models",
        ok: true,
        warning: true,
        detail: retirement.to_string(),
        took_ms: 0,
    }));
}

/// A compatible server may have more than it lists; OpenAI has not.
fn is_gone(settings: &Settings, retirement: &Retirement) -> bool {
    let mut servers = engines::servers(settings);
    let at_openai =
        servers.any(|(stage, endpoint)| stage == retirement.stage && endpoint.is_openai);
    retirement.is_over() || retirement.is_unlisted() && at_openai
}

fn models(settings: &Settings, gone: Vec<Retirement>) -> Examined {
    if !gone.is_empty() {
        let gone: Vec<_> = gone.iter().map(Retirement::to_string).collect();
        return Err(gone.join("; "));
    }
    let asked = engines::servers(settings);
    let asked: Vec<_> =
        asked.map(|(_, server)| format!("{} at {}", server.model, server.host())).collect();
    Ok(asked.join(", "))
}
