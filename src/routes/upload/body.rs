//! Bodies that are one thing: JSON, urlencoded fields, words, or sound.

use std::collections::BTreeMap;

use bytes::BytesMut;
use futures_util::StreamExt;
use serde_json::Value;

use crate::routes::problem::Problem;
use crate::routes::upload::paced::{Paced, broken};
use crate::routes::upload::spill::Spill;
use crate::routes::upload::{FIELDS_BYTES, Upload, UploadLimits};

/// The whole body, up to so many bytes.
pub async fn bytes(mut paced: Paced, most: usize) -> Result<BytesMut, Problem> {
    let mut all = BytesMut::new();
    while let Some(chunk) = paced.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if all.len() + chunk.len() > most {
            let detail = format!("the body has more than {} KiB", most / 1024);
            return Err(Problem::new("text_too_long", detail).in_stage("upload").closing());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// The fields of a JSON object. Numbers and truths count as their text.
pub async fn json(paced: Paced) -> Result<BTreeMap<String, String>, Problem> {
    let bytes = bytes(paced, FIELDS_BYTES).await?;
    let object: BTreeMap<String, Value> = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::malformed(format!("the body is not a JSON object: {error}")))?;
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(Problem::malformed(format!("`{name}` must be a text or a number")));
            }
        };
        fields.insert(name, text);
    }
    Ok(fields)
}

/// The fields of a form as simple pages send it.
pub async fn urlencoded(paced: Paced) -> Result<Vec<(String, String)>, Problem> {
    let bytes = bytes(paced, FIELDS_BYTES).await?;
    Ok(url::form_urlencoded::parse(&bytes).into_owned().collect())
}

/// Words.
pub async fn text(paced: Paced) -> Result<String, Problem> {
    let bytes = bytes(paced, FIELDS_BYTES).await?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Problem::malformed("the text is not UTF-8"))
}

/// Sound, whatever it is declared to be.
pub async fn sound(
    declared: Option<&str>,
    mut paced: Paced,
    limits: UploadLimits,
    upload: &mut Upload,
) -> Result<(), Problem> {
    let mut spill = Spill::new(limits);
    let mut any = false;
    while let Some(chunk) = paced.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        any |= !chunk.is_empty();
        spill.push(chunk).await?;
    }
    if any {
        upload.sound = Some(super::sound(spill.finish().await?, declared.map(str::to_owned))?);
    }
    Ok(())
}
