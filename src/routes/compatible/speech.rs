//! `POST /v1/audio/speech`: text to speech in OpenAI's shape.

use actix_web::HttpResponse;
use actix_web::web::{Data, Payload};
use async_stream::try_stream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::Stream;
use serde::Deserialize;
use serde_json::json;

use crate::audio::format::Format;
use crate::conversations::Conversations;
use crate::domain::delivery::Delivery;
use crate::domain::voice::Voice;
use crate::pipeline::say::Manner;
use crate::routes::begun::Begun;
use crate::routes::compatible::common_rate::Common;
use crate::routes::compatible::fields::Fields;
use crate::routes::compatible::served_by;
use crate::routes::guard::Guest;
use crate::routes::patience::Patience;
use crate::routes::problem::Problem;
use crate::routes::upload;

/// OpenAI's own limit.
const LONGEST_INPUT: usize = 4096;
const LARGEST_BODY: usize = 64 * 1024;

#[derive(Debug)]
struct Wanted {
    input: String,
    voice: Option<NamedVoice>,
    response_format: Option<String>,
    speed: Option<f32>,
    stream_format: StreamFormat,
}

/// How the sound comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StreamFormat {
    /// As it is.
    #[default]
    Audio,
    /// In events.
    #[serde(rename = "sse")]
    Events,
}

/// A voice is named, or given as an object with its id.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum NamedVoice {
    Name(String),
    Id { id: String },
}

/// Says a text.
pub async fn speech(
    payload: Payload,
    guest: Guest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let body = upload::json_body(payload.into_inner(), LARGEST_BODY).await?;
    let wanted = Wanted::read(Fields::of(body)?)?;
    let (format, manner) = wanted.manner(&conversations)?;
    let (permit, errand) = guest.errand(&conversations)?;
    let pipeline = conversations.pipeline();
    let sound = pipeline.say(&wanted.input, manner, format, errand.tab().clone());
    let sound = Begun::wait(sound).await.map_err(|problem| match problem.kind().code {
        "unspeakable" => problem.with("param", "input"),
        _ => problem,
    })?;
    let mut common = Common::of(format);
    let Some(rate_hz) = sound.first().map(|first| first.rate_hz) else {
        let detail = "there is nothing in `input` that can be said aloud";
        return Err(Problem::malformed(detail).with("param", "input"));
    };
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    // Whoever leaves gives back their place and what was put aside, with the stream.
    let held = (errand, permit);
    let body = try_stream! {
        let _held = held;
        for await speech in sound.all() {
            let speech = speech?;
            let piece = common.push(speech.rate_hz, speech.data);
            if !piece.is_empty() {
                yield piece;
            }
        }
        let rest = common.finish();
        if !rest.is_empty() {
            yield rest;
        }
    };
    let patience = Patience::for_sound(format);
    let response = if wanted.stream_format == StreamFormat::Events {
        response.content_type("text/event-stream; charset=utf-8").body(patience.with(events(body)))
    } else {
        response
            .content_type(format.mime(Common::rate_hz(format, rate_hz)))
            .body(patience.with(body))
    };
    Ok(served_by(&pipeline.speaking().name(), response))
}

impl Wanted {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        Ok(Self {
            input: fields.required("input")?,
            voice: fields.optional("voice")?,
            response_format: fields.optional("response_format")?,
            speed: fields.optional("speed")?,
            stream_format: fields.optional("stream_format")?.unwrap_or_default(),
        })
    }

    fn manner(&self, conversations: &Conversations) -> Result<(Format, Manner), Problem> {
        let wrong = |param: &str, detail: String| Problem::malformed(detail).with("param", param);
        if self.input.trim().is_empty() || self.input.chars().count() > LONGEST_INPUT {
            let detail = format!("`input`: from 1 to {LONGEST_INPUT} characters");
            return Err(wrong("input", detail));
        }
        let format = match self.response_format.as_deref().unwrap_or("mp3") {
            "opus" => Format::Ogg,
            name => name.parse().map_err(|_| {
                let detail = "`response_format`: choose mp3, opus, wav or pcm".to_owned();
                wrong("response_format", detail)
            })?,
        };
        let speed = self.speed.unwrap_or(1.0);
        if !(0.25..=4.0).contains(&speed) {
            return Err(wrong("speed", "`speed`: from 0.25 to 4".to_owned()));
        }
        let voice = match &self.voice {
            None => conversations.voice().clone(),
            Some(NamedVoice::Name(name) | NamedVoice::Id { id: name }) => Voice(name.clone()),
        };
        voice.known_to(&conversations.pipeline().speaking().voices()).map_err(|error| {
            Problem::new("unknown_voice", error.to_string()).with("param", "voice")
        })?;
        let delivery = Delivery { speed, ..Delivery::default() }.clamped();
        Ok((format, Manner { voice, language: conversations.options().language.clone(), delivery }))
    }
}

fn events(
    sound: impl Stream<Item = Result<Bytes, Problem>>,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    try_stream! {
        for await piece in sound {
            let audio = STANDARD.encode(&piece?);
            let delta = json!({ "type": "speech.audio.delta", "audio": audio });
            yield Bytes::from(format!("data: {delta}\n\n"));
        }
        let done = json!({ "type": "speech.audio.done" });
        yield Bytes::from(format!("data: {done}\n\ndata: [DONE]\n\n"));
    }
}
