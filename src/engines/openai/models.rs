//! The models that servers have, and how long they will have them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::engines::openai::PATIENCE;
use crate::engines::openai::answer::unreadable;
use crate::engines::openai::request::Request;
use crate::engines::openai::server::Server;
use crate::pipeline::error::{EngineError, Stage};
use crate::settings::Endpoint;

/// How many models are named in a sentence.
const MOST_NAMED: usize = 20;

/// A configured model that is on its way out, or not to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// What it is for.
    pub stage: Stage,
    /// Its name.
    pub model: String,
    /// From when on it is gone; none: the server does not list it at all.
    pub shutdown_date: Option<NaiveDate>,
    /// How many days are left until then; none are left of a model that is gone.
    pub days_left: Option<i64>,
    /// The models that the server does list, if this one is not among them.
    pub listed: Vec<String>,
}

impl Retirement {
    /// Whether its day has passed.
    pub fn is_over(&self) -> bool {
        self.days_left.is_some_and(|days| days <= 0)
    }

    /// Whether the server does not list it, though it may have it.
    pub fn is_unlisted(&self) -> bool {
        self.shutdown_date.is_none()
    }
}

impl fmt::Display for Retirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, model, listed, .. } = self;
        let (stage, variable) = (stage.name(), stage.name().to_uppercase());
        match (self.shutdown_date, self.days_left) {
            (Some(date), Some(days)) if days > 0 => write!(
                formatter,
                "{model} ({stage}) is shut down on {date}, in {days} days; name another in \
                 {variable}_MODEL by then"
            ),
            (Some(date), _) => write!(
                formatter,
                "{model} ({stage}) was shut down on {date}; name another in {variable}_MODEL"
            ),
            (None, _) => write!(
                formatter,
                "{model} ({stage}) is not among the server's models, which are {}; look at \
                 {variable}_MODEL",
                names(listed)
            ),
        }
    }
}

/// Models by name.
pub(in crate::engines) type Models = BTreeMap<String, Listed>;

/// What a server tells of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::engines) struct Listed {
    /// From when on it is gone.
    pub until: Option<NaiveDate>,
    /// What it is for, in the server's own words.
    pub task: Option<String>,
}

/// The models that a server lists; none if it has no list.
pub(in crate::engines) async fn listed(endpoint: &Endpoint) -> Result<Option<Models>, EngineError> {
    let server = Server::new(endpoint.clone(), PATIENCE)?;
    let answer = match server.ask(&Request::get("models")).await {
        Ok(answer) => answer,
        Err(trouble) if trouble.is_missing() => return Ok(None),
        Err(trouble) => return Err(trouble.into()),
    };
    let reply: Value = answer.json().await?;
    let list = reply["data"].as_array().or_else(|| reply.as_array());
    let list = list.ok_or_else(|| unreadable("it is no list of models"))?;
    let model = |model: &Value| {
        let id = model["id"].as_str().or_else(|| model.as_str())?;
        let task = model["task"].as_str().map(str::to_lowercase);
        Some((id.to_owned(), Listed { until: date(&model["shutdown_date"]), task }))
    };
    Ok(Some(list.iter().filter_map(model).collect()))
}

/// What a list says of a model; nothing if it is there to stay.
pub(in crate::engines) fn outlook(
    list: &Models,
    stage: Stage,
    model: &str,
    today: NaiveDate,
) -> Option<Retirement> {
    let (model, known) = (model.to_owned(), list.get(model));
    let Some(known) = known else {
        let listed = list.keys().cloned().collect();
        return Some(Retirement { stage, model, shutdown_date: None, days_left: None, listed });
    };
    let date = known.until?;
    let days_left = Some((date - today).num_days());
    Some(Retirement { stage, model, shutdown_date: Some(date), days_left, listed: Vec::new() })
}

/// Models by name, as far as somebody would read on.
pub(in crate::engines) fn names<'a>(models: impl IntoIterator<Item = &'a String>) -> String {
    let mut names: Vec<&str> = models.into_iter().map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    names.truncate(MOST_NAMED);
    match (names.is_empty(), more) {
        (true, _) => "none at all".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    }
}

/// A day, with or without its time, or in seconds since 1970.
fn date(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::String(text) => text.get(..10)?.parse().ok(),
        Value::Number(seconds) => {
            Some(DateTime::<Utc>::from_timestamp(seconds.as_i64()?, 0)?.date_naive())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_read_however_it_is_written() {
        let expected = Some(day("2027-01-06"));
        assert_eq!(date(&json!("2027-01-06")), expected);
        assert_eq!(date(&json!("2027-01-06T00:00:00Z")), expected);
        assert_eq!(date(&json!(1_799_193_600)), expected);
        for none in [json!(null), json!("soon"), json!("someday in spring"), json!(true)] {
            assert_eq!(date(&none), None);
        }
    }

    #[test]
    fn a_model_is_told_of_by_its_days() {
        let until = |date: &str| Listed { until: Some(day(date)), task: None };
        let list = BTreeMap::from([
            ("old".to_owned(), until("2026-12-11")),
            ("gone".to_owned(), until("2026-11-21")),
            ("young".to_owned(), Listed::default()),
        ]);
        let tell = |model: &str| outlook(&list, Stage::Speaking, model, day("2026-11-21"));

        assert_eq!(tell("young"), None);
        let old = tell("old").unwrap();
        assert_eq!((old.days_left, old.is_over()), (Some(20), false));
        assert!(old.to_string().contains("2026-12-11, in 20 days"), "{old}");
        assert!(tell("gone").unwrap().is_over());
        let missing = tell("missing").unwrap();
        assert!(missing.is_unlisted() && missing.to_string().contains("SPEAKING_MODEL"));
        assert!(missing.to_string().contains("gone, old, young"), "{missing}");
    }
}
