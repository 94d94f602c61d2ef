//! Transcriptions.

use std::time::Duration;

use bytes::Bytes;
use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::journal::call::{Asked, Upload};
use crate::journal::visit::Visit;
use crate::sound::length::length;
use crate::stages::answer::{Answer, Piece, Shape};
use crate::stages::refusal::Refusal;
use crate::stages::{Question, check_model, upload};

const MICROSECONDS_PER_MINUTE: u128 = 60_000_000;
/// Parts of a millionth of a dollar.
const PARTS: u128 = 1_000_000;

pub(crate) async fn answer(
    question: &Question<'_>,
    body: Bytes,
    visit: &mut Visit,
) -> Result<Answer, Refusal> {
    let behaviour = question.behaviour;
    let content_type = question.parts.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut form = upload::read(content_type, body).await?;
    if visit.is_noted() {
        form.upload.file_sha256 = form.file.as_deref().map(upload::sha256).unwrap_or_default();
        visit.asks(Asked::Hear(form.upload.clone()));
    }
    let file = upload::check(&form)?;
    check_model(behaviour, &form.upload.model)?;
    let length = behaviour.upload_length.unwrap_or_else(|| length(&file));
    let number = question.state.heard.next();
    let own = behaviour.recognises_own_speech.then(|| question.state.recall.recognise(&file));
    let text = own.flatten();
    let text = text.unwrap_or_else(|| behaviour.transcript.replace("{n}", &number.to_string()));
    let transcript = transcript(behaviour, text, length);
    let mut answer = shaped(behaviour.hearing, &form.upload, transcript, length)?;
    let price = u128::from(behaviour.prices.per_audio_minute) * PARTS * length.as_micros();
    answer.price = u64::try_from(price / MICROSECONDS_PER_MINUTE).unwrap_or(u64::MAX);
    Ok(answer)
}

fn transcript(behaviour: &Behaviour, text: String, length: Duration) -> Value {
    let mut transcript = json!({ "text": text });
    if let Some(language) = &behaviour.language {
        transcript["language"] = json!(language);
    }
    if behaviour.usage {
        let seconds = length.as_millis().div_ceil(1_000) as u64;
        transcript["usage"] = json!({"type": "duration", "seconds": seconds});
    }
    transcript
}

fn shaped(
    after: Duration,
    upload: &Upload,
    mut transcript: Value,
    length: Duration,
) -> Result<Answer, Refusal> {
    if upload.field("stream") == Some("true") {
        return Ok(events(after, transcript));
    }
    match upload.field("response_format").unwrap_or("json") {
        "json" => Ok(Answer::json(after, transcript.to_string())),
        "text" => {
            let text = transcript["text"].as_str().unwrap_or_default();
            let answer = Answer::json(after, format!("{text}\n"));
            Ok(Answer { content_type: "text/plain; charset=utf-8", ..answer })
        }
        "verbose_json" => {
            transcript["task"] = json!("transcribe");
            transcript["duration"] = json!(length.as_secs_f64());
            transcript["segments"] = json!([]);
            Ok(Answer::json(after, transcript.to_string()))
        }
        other => {
            let message = format!("response_format '{other}' is not compatible with this model.");
            Err(Refusal::invalid("response_format", message))
        }
    }
}

fn events(after: Duration, mut transcript: Value) -> Answer {
    let delta = json!({"type": "transcript.text.delta", "delta": transcript["text"]});
    transcript["type"] = json!("transcript.text.done");
    let event = |data: Value| Piece::at(after, format!("data: {data}\n\n").into());
    Answer {
        content_type: "text/event-stream; charset=utf-8",
        shape: Shape::Events,
        pieces: [event(delta), event(transcript)].into(),
        price: 0,
        price_per_token: 0,
    }
}
