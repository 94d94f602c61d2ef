//! What a request brings: sound and fields, read within limits of size, time and memory.

mod body;
mod form;
mod paced;
mod spill;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use serde_json::Value;

use crate::audio::clip::Clip;
use crate::audio::error::AudioError;
use crate::routes::problem::Problem;
use crate::routes::upload::paced::Paced;

/// Fields of a form are short; all of them together take no more than this.
const FIELDS_BYTES: usize = 64 * 1024;

/// What a request brought.
#[derive(Debug, Default)]
pub struct Upload {
    /// The sound, with what it was declared to be.
    pub sound: Option<Sound>,
    /// The fields, by name; of several with one name, the last.
    pub fields: BTreeMap<String, String>,
    /// The name of a file that is neither `audio` nor `file`; nobody looked into it.
    pub stray: Option<String>,
}

/// A sound as it was sent.
#[derive(Debug)]
pub struct Sound {
    /// What it is.
    pub clip: Clip,
    /// What it was declared to be.
    pub declared: Option<String>,
}

/// How much a request may bring.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// The largest sound, in bytes.
    pub sound_bytes: u64,
}

impl Upload {
    /// Reads the whole request. What a field is given in the query counts as well.
    pub async fn read(
        request: &HttpRequest,
        payload: Payload,
        limits: UploadLimits,
    ) -> Result<Self, Problem> {
        refuse_what_says_it_is_too_large(request, limits)?;
        let mut upload = Self { fields: query(request)?, ..Self::default() };
        let paced = Paced::new(payload);
        match essence(request).as_deref() {
            Some("multipart/form-data") => form::read(request, paced, limits, &mut upload).await?,
            Some("application/json") => upload.fields.extend(body::json(paced).await?),
            Some("application/x-www-form-urlencoded") => {
                upload.fields.extend(body::urlencoded_or_other(paced).await?);
            }
            Some("text/plain") => {
                upload.fields.insert("text".to_owned(), body::text(paced).await?);
            }
            declared => body::sound(declared, paced, limits, &mut upload).await?,
        }
        Ok(upload)
    }

    /// Nothing was sent to answer to; `call` says how it is done.
    pub fn missing(&self, call: &str) -> Problem {
        if let Some(name) = ["audio", "file"].into_iter().find(|name| self.field(name).is_some()) {
            return as_text(name, call);
        }
        match &self.stray {
            Some(name) => {
                let name: String =
                    name.chars().filter(|letter| !letter.is_control()).take(40).collect();
                missing_audio(&format!("a file was sent as `{name}`; {call}"))
            }
            None => missing_audio(call),
        }
    }

    /// A field's text, without the spaces around it; none if it is empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// A field as a value; none if it is empty.
    pub fn value<T>(&self, name: &str) -> Result<Option<T>, Problem>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(text) = self.field(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| wrong_field(name, error))
    }
}

/// Refuses a body that has to be unpacked before it can be read: a few bytes may become many.
pub fn refuse_packed(request: &HttpRequest) -> Result<(), Problem> {
    let brings = matches!(*request.method(), Method::POST | Method::PATCH);
    let Some(packed) = request.headers().get(CONTENT_ENCODING).filter(|_| brings) else {
        return Ok(());
    };
    if packed.as_bytes().eq_ignore_ascii_case(b"identity") {
        return Ok(());
    }
    let named = String::from_utf8_lossy(packed.as_bytes()).chars().take(40).collect::<String>();
    let detail = format!("the body has `Content-Encoding: {named}`; send it uncompressed");
    Err(Problem::new("unsupported_encoding", detail).in_stage("upload").closing())
}

/// A field does not say what it should.
pub fn wrong_field(name: &str, why: impl Display) -> Problem {
    Problem::malformed(format!("`{name}`: {why}")).with("param", name)
}

/// A JSON body, held to the same pace as all others; none if there is no body.
pub async fn json_body(payload: Payload, most_bytes: usize) -> Result<Option<Value>, Problem> {
    let bytes = body::bytes(Paced::new(payload), most_bytes).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let body = serde_json::from_slice(&bytes);
    body.map(Some).map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))
}

/// The fields of a form as simple pages send it.
pub async fn urlencoded_body(payload: Payload) -> Result<BTreeMap<String, String>, Problem> {
    Ok(body::urlencoded(Paced::new(payload)).await?.into_iter().collect())
}

/// The media type without its parameters, in small letters.
fn essence(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(header.split(';').next()?.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty())
}

fn query(request: &HttpRequest) -> Result<BTreeMap<String, String>, Problem> {
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map_err(|error| Problem::malformed(format!("the query: {error}")))?;
    Ok(query.into_inner().into_iter().collect())
}

fn refuse_what_says_it_is_too_large(
    request: &HttpRequest,
    limits: UploadLimits,
) -> Result<(), Problem> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok()).unwrap_or_default();
    if length > limits.sound_bytes.saturating_add(FIELDS_BYTES as u64) {
        return Err(too_large(limits).with("measured_bytes", length));
    }
    Ok(())
}

fn too_large(limits: UploadLimits) -> Problem {
    let limit = limits.sound_bytes;
    let detail = format!("the clip has more than {} MB", limit / 1024 / 1024);
    let problem = Problem::new("audio_too_large", detail).in_stage("upload");
    problem.with("limit_bytes", limit).closing()
}

/// What was sent as sound, looked at.
fn sound(bytes: Collected, declared: Option<String>) -> Result<Sound, Problem> {
    let clip = match bytes {
        Collected::Memory(bytes) => Clip::new(bytes),
        Collected::File(file) => Clip::in_file(file),
    };
    let clip = clip.map_err(|error| match error {
        AudioError::Empty => missing_audio("the audio is empty"),
        error => Problem::from(crate::pipeline::error::TurnError::from(error)),
    })?;
    Ok(Sound { clip, declared })
}

/// Sound that came as a text, in base64 say.
fn as_text(name: &str, call: &str) -> Problem {
    let detail = format!("`{name}` is a text; sound is taken as a file, and not in base64: {call}");
    missing_audio(&detail).with("param", name)
}

fn missing_audio(detail: &str) -> Problem {
    Problem::new("missing_audio", detail).in_stage("upload")
}

/// Bytes that were collected.
enum Collected {
    /// A few.
    Memory(Bytes),
    /// Many, in a file without a name.
    File(std::fs::File),
}
