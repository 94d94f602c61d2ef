//! `POST /v1/audio/transcriptions`: speech to text in OpenAI's shape.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::conversations::Conversations;
use crate::pipeline::engine::{Hint, Transcript};
use crate::pipeline::error::TurnError;
use crate::routes::compatible::served_by;
use crate::routes::guard::Guest;
use crate::routes::problem::Problem;
use crate::routes::turns::personal;
use crate::routes::upload::Upload;

/// Hears a file.
pub async fn transcriptions(
    request: HttpRequest,
    payload: Payload,
    guest: Guest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let mut upload = Upload::read(&request, payload.into_inner(), guest.limits()).await?;
    let format = Shape::named(upload.field("response_format").unwrap_or("json"))?;
    let sound = upload.sound.take();
    let sound =
        sound.ok_or_else(|| upload.missing("send a file as `file`").with("param", "file"))?;
    let mut keywords = conversations.options().keywords.clone();
    keywords.extend(upload.field("keywords[]").map(str::to_owned));
    let hint = Hint { language: upload.value("language")?, keywords };
    let (_permit, errand) = guest.errand(&conversations)?;
    let heard = conversations.pipeline().hear(&sound.clip, &hint, errand.tab()).await;
    let heard = heard.or_else(nothing_said)?;
    let streamed = matches!(upload.field("stream"), Some("true" | "1"));
    let response = if streamed { events(&heard) } else { format.told(&heard) };
    Ok(served_by(&conversations.pipeline().hearing().name(), response))
}

/// Here silence is an answer without words, as it is at OpenAI: its clients send whatever the
/// microphone gave them.
fn nothing_said(error: TurnError) -> Result<Transcript, TurnError> {
    match error {
        TurnError::NoSpeech(report) => {
            Ok(Transcript { audio_seconds: report.duration_seconds, ..Transcript::default() })
        }
        error => Err(error),
    }
}

/// The shapes that a transcript comes in.
enum Shape {
    Json,
    Text,
    Verbose,
    Srt,
    Vtt,
}

impl Shape {
    fn named(name: &str) -> Result<Self, Problem> {
        Ok(match name {
            "json" => Self::Json,
            "text" => Self::Text,
            "verbose_json" => Self::Verbose,
            "srt" => Self::Srt,
            "vtt" => Self::Vtt,
            _ => {
                let detail = "`response_format`: choose json, text, verbose_json, srt or vtt";
                return Err(Problem::malformed(detail).with("param", "response_format"));
            }
        })
    }

    fn told(&self, heard: &Transcript) -> HttpResponse {
        let mut response = personal();
        let plain = "text/plain; charset=utf-8";
        match self {
            Self::Json => response.json(json!({ "text": heard.text, "usage": usage(heard) })),
            Self::Text => response.content_type(plain).body(format!("{}\n", heard.text)),
            Self::Verbose => response.json(verbose(heard)),
            Self::Srt if heard.text.is_empty() => response.content_type(plain).body(""),
            Self::Vtt if heard.text.is_empty() => response.content_type(plain).body("WEBVTT\n"),
            Self::Srt => {
                let cue = format!("1\n{} --> {}\n", clock(0.0, ','), clock(end(heard), ','));
                response.content_type(plain).body(format!("{cue}{}\n", heard.text))
            }
            Self::Vtt => {
                let cue = format!("{} --> {}\n", clock(0.0, '.'), clock(end(heard), '.'));
                response.content_type(plain).body(format!("WEBVTT\n\n{cue}{}\n", heard.text))
            }
        }
    }
}

fn usage(heard: &Transcript) -> Value {
    json!({ "type": "duration", "seconds": heard.audio_seconds.ceil() })
}

fn verbose(heard: &Transcript) -> Value {
    let seconds = |milliseconds: u32| f64::from(milliseconds) / 1e3;
    let words = heard.words.iter().map(|word| {
        json!({
            "word": word.text,
            "start": seconds(word.start_ms),
            "end": seconds(word.end_ms),
        })
    });
    let whole = json!({ "id": 0, "start": 0.0, "end": end(heard), "text": heard.text });
    let segments: Vec<_> = Some(whole).filter(|_| !heard.text.is_empty()).into_iter().collect();
    json!({
        "task": "transcribe",
        "language": heard.language,
        "duration": heard.audio_seconds,
        "text": heard.text,
        "words": words.collect::<Vec<_>>(),
        "segments": segments,
        "usage": usage(heard),
    })
}

fn end(heard: &Transcript) -> f64 {
    heard.audio_seconds
}

fn clock(seconds: f64, mark: char) -> String {
    let milliseconds = (seconds * 1e3).round() as u64;
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3600);
    format!("{hours:02}:{minutes:02}:{:02}{mark}{milliseconds:03}", seconds % 60)
}

/// All of it at once: the engines hear whole clips.
fn events(heard: &Transcript) -> HttpResponse {
    let delta = json!({ "type": "transcript.text.delta", "delta": heard.text });
    let done = json!({ "type": "transcript.text.done", "text": heard.text, "usage": usage(heard) });
    personal()
        .content_type("text/event-stream; charset=utf-8")
        .body(format!("data: {delta}\n\ndata: {done}\n\ndata: [DONE]\n\n"))
}
