//! Bodies that are one thing: JSON, urlencoded fields, words, or sound.

use std::collections::BTreeMap;

use bytes::BytesMut;
use futures_util::StreamExt;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::audio::clip::{Clip, Container};
use crate::routes::problem::Problem;
use crate::routes::upload::paced::{Paced, broken};
use crate::routes::upload::spill::Spill;
use crate::routes::upload::{FIELDS_BYTES, Upload, UploadLimits, missing_audio};

/// The whole body, up to so many bytes.
pub async fn bytes(paced: Paced, most: usize) -> Result<BytesMut, Problem> {
    match beginning(paced, most).await? {
        (all, true) => Ok(all),
        (_, false) => Err(too_long(most)),
    }
}

/// What fits into so many bytes and a chunk, and whether that is all.
async fn beginning(mut paced: Paced, most: usize) -> Result<(BytesMut, bool), Problem> {
    let mut read = BytesMut::new();
    while let Some(chunk) = paced.next().await {
        read.extend_from_slice(&chunk.map_err(|error| broken(&error))?);
        if read.len() > most {
            return Ok((read, false));
        }
    }
    Ok((read, true))
}

fn too_long(most: usize) -> Problem {
    let detail = format!("the body has more than {} KiB", most / 1024);
    Problem::new("text_too_long", detail).in_stage("upload").closing()
}

/// The fields of a JSON object. Numbers and truths count as their text.
pub async fn json(paced: Paced) -> Result<BTreeMap<String, String>, Problem> {
    match beginning(paced, FIELDS_BYTES).await? {
        (all, true) => members(&all),
        (_, false) => Err(too_long_for_fields()),
    }
}

fn members(body: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    let object: BTreeMap<String, Value> = serde_json::from_slice(body)
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
    pairs(&bytes(paced, FIELDS_BYTES).await?)
}

/// The same, where JSON or sound may have been meant: curl calls everything a form.
pub async fn urlencoded_or_other(paced: Paced) -> Result<BTreeMap<String, String>, Problem> {
    let (read, whole) = beginning(paced, FIELDS_BYTES).await?;
    let read = read.freeze();
    if let Ok(clip) = Clip::new(read.clone()) {
        return Err(undeclared(clip.container()));
    }
    if !whole {
        return Err(too_long_for_fields());
    }
    if read.trim_ascii_start().starts_with(b"{") {
        return members(&read);
    }
    Ok(pairs(&read)?.into_iter().collect())
}

/// Sound in a field, in base64 say, is the usual reason.
fn too_long_for_fields() -> Problem {
    let detail = format!(
        "the body has more than {} KiB of fields; sound is not taken in a field but as a file: \
         curl -F audio=@clip.webm, or as the body itself",
        FIELDS_BYTES / 1024
    );
    Problem::new("text_too_long", detail).in_stage("upload").closing()
}

fn pairs(form: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    if percent_decode(form).decode_utf8().is_err() {
        return Err(Problem::malformed("the form's fields are not UTF-8").in_stage("upload"));
    }
    Ok(url::form_urlencoded::parse(form).into_owned().collect())
}

/// Sound that says it is a form: curl says so of everything, unless it is told what it is.
fn undeclared(container: Container) -> Problem {
    let detail = format!(
        "the body is {}, but was sent as application/x-www-form-urlencoded; say what it is with \
         -H 'Content-Type: {}', or send it in a form with -F audio=@clip.{}",
        container.name(),
        container.mime(),
        container.extension()
    );
    missing_audio(&detail).closing()
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
