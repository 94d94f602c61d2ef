//! Which models are asked at a server that is not OpenAI, where nobody has named them: the server
//! is asked what it has. That is done before anything else, for it decides who hears what is said.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use thiserror::Error;

use crate::engines::openai::kinds::{Fitting, fitting};
use crate::engines::openai::models::{self, Models, names};
use crate::pipeline::error::{EngineError, Stage};
use crate::settings::{EngineChoice, Settings, StageSettings};

/// Why it is not clear which models are to be asked.
#[derive(Debug, Error)]
pub enum ChoiceError {
    /// A server could not be asked.
    #[error(
        "which models {host} has could not be asked: {source} (it is not asked for those that are \
         named in HEARING_MODEL, THINKING_MODEL and SPEAKING_MODEL)"
    )]
    Unasked {
        /// Which.
        host: String,
        /// Why not.
        source: EngineError,
    },
    /// The operator must say more: a line for each stage.
    #[error("{}", .0.join("\n"))]
    Unclear(Vec<String>),
}

/// Asks servers for the models of these stages that nobody has named, and takes the one that fits.
/// A stage that the server named for all has no model for stays on this computer. Tells what was
/// decided, in a sentence each.
pub async fn choose_models(
    settings: &mut Settings,
    stages: &[Stage],
) -> Result<Vec<String>, ChoiceError> {
    let mut lists = BTreeMap::new();
    let (mut decisions, mut mistakes) = (Vec::new(), Vec::new());
    for name in stages.iter().copied() {
        let stage = stage_mut(settings, name);
        if stage.engine() != EngineChoice::OpenAi || stage.endpoint.model.is_some() {
            continue;
        }
        let list = match lists.entry(stage.endpoint.base_url.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let (host, list) = (stage.endpoint.host(), models::listed(&stage.endpoint).await);
                unknown.insert(list.map_err(|source| ChoiceError::Unasked { host, source })?)
            }
        };
        match choose(stage, name, list.as_ref()) {
            Ok(decision) => decisions.push(decision),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(decisions) } else { Err(ChoiceError::Unclear(mistakes)) }
}

/// Takes the model that fits, or leaves the stage to this computer.
fn choose(stage: &mut StageSettings, name: Stage, list: Option<&Models>) -> Result<String, String> {
    let host = stage.endpoint.host();
    let (work, variable) = (name.name(), name.name().to_uppercase());
    let Some(list) = list else {
        return Err(format!(
            "{variable}_MODEL: {host} does not tell which models it has; name one, or set \
             {variable}_ENGINE=embedded"
        ));
    };
    match fitting(list, name, stage.endpoint.usual_model) {
        Fitting::One(model) => {
            let decision = format!("{work} is done by {model} at {host}");
            stage.endpoint.model = Some(model);
            Ok(decision)
        }
        Fitting::Several(models) => Err(format!(
            "{variable}_MODEL: {host} has several models that may be meant for {work}; name one \
             of these: {}",
            names(&models)
        )),
        Fitting::Nothing { but_others: true } if may_stay(stage) => {
            stage.choice = EngineChoice::Embedded;
            Ok(format!("{work} stays on this computer, for {host} has no model for it"))
        }
        Fitting::Nothing { .. } => Err(format!(
            "{variable}_MODEL: {host} has no model whose name tells that it is for {work}; it has \
             {}; name one, or set {variable}_ENGINE=embedded",
            names(list.keys())
        )),
    }
}

/// Whether the stage was never meant for this server by name, and this program can do its work.
fn may_stay(stage: &StageSettings) -> bool {
    let unnamed = stage.choice == EngineChoice::Auto && !stage.is_named;
    unnamed && cfg!(feature = "embedded")
}

fn stage_mut(settings: &mut Settings, name: Stage) -> &mut StageSettings {
    let engines = &mut settings.engines;
    match name {
        Stage::Hearing => &mut engines.hearing,
        Stage::Thinking => &mut engines.thinking,
        Stage::Speaking => &mut engines.speaking,
    }
}
