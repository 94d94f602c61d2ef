//! What the servers of engines tell of themselves.

use crate::commands::doctor::{Examined, Finding, examine};
use crate::engines::{self, Retirement};
use crate::settings::Settings;
use crate::startup;

/// Whether servers take the key and have the models that they will be asked for, and until when.
/// Returns the settings with the models that are chosen as the server would choose them.
pub(super) async fn examine_models(findings: &mut Vec<Finding>, settings: &Settings) -> Settings {
    let mut chosen = settings.clone();
    if engines::servers(settings).next().is_none() {
        return chosen;
    }
    let mut later = Vec::new();
    let examination = async {
        let decisions = engines::choose_models(&mut chosen, &startup::STAGES).await;
        let decisions = decisions.map_err(|error| error.to_string())?;
        let retirements = engines::retirements(&chosen).await.map_err(|error| error.to_string())?;
        let (gone, soon) = retirements.into_iter().partition(|model| is_gone(&chosen, model));
        later = soon;
        models(&chosen, &decisions, gone)
    };
    examine(findings, "models", examination).await;
    findings.extend(later.iter().map(|retirement| Finding::warning("models", retirement)));
    chosen
}

/// Whether a price that nobody knows would keep the server from starting, or counts as nothing.
pub(super) async fn examine_prices(findings: &mut Vec<Finding>, settings: &Settings) {
    if let Err(unknown) = startup::refuse_unknown_prices(settings) {
        examine(findings, "prices", async { Err(unknown.to_string()) }).await;
    }
    let free = startup::counted_as_free(settings);
    findings.extend(free.iter().map(|model| {
        let told = format!("nobody knows what {model} costs; on your own server it counts as free");
        Finding::warning("prices", told)
    }));
}

/// A compatible server may have more than it lists; OpenAI has not.
fn is_gone(settings: &Settings, retirement: &Retirement) -> bool {
    let mut servers = engines::servers(settings);
    let at_openai =
        servers.any(|(stage, endpoint)| stage == retirement.stage && endpoint.is_openai);
    retirement.is_over() || retirement.is_unlisted() && at_openai
}

fn models(settings: &Settings, decisions: &[String], gone: Vec<Retirement>) -> Examined {
    if !gone.is_empty() {
        let gone: Vec<_> = gone.iter().map(Retirement::to_string).collect();
        return Err(gone.join("; "));
    }
    let asked = engines::servers(settings);
    let asked: Vec<_> =
        asked.map(|(_, server)| format!("{} at {}", server.model(), server.host())).collect();
    let stays = decisions.iter().filter(|decision| decision.contains("stays")).cloned();
    Ok([asked.join(", ")].into_iter().chain(stays).collect::<Vec<_>>().join("; "))
}
