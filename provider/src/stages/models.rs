//! The list of models.

use std::time::Duration;

use serde_json::{Value, json};

use crate::behaviour::{Behaviour, Model};
use crate::stages::answer::Answer;

pub(crate) fn answer(behaviour: &Behaviour) -> Answer {
    let data: Vec<Value> = behaviour.models.iter().map(entry).collect();
    Answer::json(Duration::ZERO, json!({"object": "list", "data": data}).to_string())
}

fn entry(model: &Model) -> Value {
    let mut entry = json!({
        "id": model.id,
        "object": "model",
        "created": model.created,
        "owned_by": model.owned_by,
    });
    if let Some(day) = &model.shutdown_date {
        entry["shutdown_date"] = json!(day);
    }
    entry
}
