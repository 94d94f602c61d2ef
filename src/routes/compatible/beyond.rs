//! What chat completions of OpenAI's do and these do not: refused by name, never left out in silence.

use serde_json::Value;

use crate::routes::compatible::fields::Fields;
use crate::routes::problem::Problem;

/// Refuses what the caller would miss in the answer.
pub fn refuse(fields: &mut Fields) -> Result<(), Problem> {
    refuse_tools(fields)?;
    refuse_shapes(fields)?;
    let count: Option<u64> = fields.optional("n")?;
    if count.is_some_and(|count| count != 1) {
        return Err(beyond("n", "one answer is given at a time; leave `n` out, or ask again"));
    }
    let modalities: Vec<String> = fields.optional("modalities")?.unwrap_or_default();
    if modalities.iter().any(|modality| modality != "text") || fields.is_given("audio") {
        let detail = "answers here are text; POST /v1/audio/speech says one, and /voice-chat takes \
                      a whole turn with its sound";
        return Err(beyond("modalities", detail));
    }
    if fields.optional("logprobs")?.unwrap_or(false) {
        return Err(beyond("logprobs", "no probabilities are told here; leave `logprobs` out"));
    }
    Ok(())
}

/// Tools that may not be called may be told of.
fn refuse_tools(fields: &mut Fields) -> Result<(), Problem> {
    let choice: Value = fields.optional("tool_choice")?.unwrap_or_default();
    let old_choice: Value = fields.optional("function_call")?.unwrap_or_default();
    for (name, choice) in [("tools", choice), ("functions", old_choice)] {
        let offered: Vec<Value> = fields.optional(name)?.unwrap_or_default();
        if !offered.is_empty() && choice != "none" {
            let detail = format!("no tools are called here; leave `{name}` out");
            return Err(beyond(name, &detail));
        }
    }
    Ok(())
}

fn refuse_shapes(fields: &mut Fields) -> Result<(), Problem> {
    let format: Value = fields.optional("response_format")?.unwrap_or_default();
    match format["type"].as_str() {
        None if format.is_null() => Ok(()),
        Some("text") => Ok(()),
        _ => {
            let detail = "answers here are plain text, made to be said; JSON is not promised: \
                          leave `response_format` out";
            Err(beyond("response_format", detail))
        }
    }
}

/// A part of a message that is no text.
pub fn part(kind: &str) -> Problem {
    let kind: String = kind.chars().filter(|letter| !letter.is_control()).take(40).collect();
    let detail = format!(
        "`messages`: a part is of type `{kind}`; only text is read here. For sound there is \
         /v1/audio/transcriptions"
    );
    beyond("messages", &detail)
}

fn beyond(param: &str, detail: &str) -> Problem {
    Problem::new("unsupported_parameter", detail).with("param", param)
}
