//! The turn as server-sent events, as they happen.

use std::time::Duration;

use actix_web::HttpResponse;
use async_stream::stream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::Stream;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::audio::format::Format;
use crate::pipeline::event::Speech;
use crate::routes::patience::Patience;
use crate::routes::problem::Problem;
use crate::routes::turn_json::Sound;
use crate::routes::voice::sound::names;
use crate::routes::voice::talk::{Happened, Talk};

/// Proxies hang up on those who are quiet for longer.
const QUIET: Duration = Duration::from_secs(15);

/// The answer as events. A failure is an event as well; before the turn has begun, it is an error.
pub async fn answer(
    mut talk: Talk,
    format: Format,
    request_id: String,
) -> Result<HttpResponse, Problem> {
    match talk.next().await.transpose()? {
        Some(Happened::Started) => {}
        _ => return Err(Problem::interrupted()),
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Vary", "Accept"))
        .insert_header(("X-Accel-Buffering", "no"));
    names(&mut response, &talk);
    Ok(response.body(Patience::for_sound(format).with(body(talk, format, request_id))))
}

fn body(
    mut talk: Talk,
    format: Format,
    request_id: String,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream! {
        let mut teller = Teller { seq: 0, places: Places::default(), format, request_id };
        yield Ok(teller.started(&talk));
        loop {
            match timeout(QUIET, talk.next()).await {
                Err(_) => yield Ok(Bytes::from_static(b": still here\n\n")),
                Ok(None) => break,
                Ok(Some(Ok(happened))) => {
                    if let Some(event) = teller.tell(&talk, happened) {
                        yield Ok(event);
                    }
                }
                Ok(Some(Err(problem))) => {
                    yield Ok(teller.failed(&problem));
                    break;
                }
            }
        }
    }
}

/// Writes events, each with its number.
struct Teller {
    seq: u64,
    places: Places,
    format: Format,
    request_id: String,
}

impl Teller {
    fn started(&mut self, talk: &Talk) -> Bytes {
        let id = self.request_id.clone();
        self.event(
            "started",
            json!({
                "turn_id": talk.turn,
                "conversation_id": talk.conversation,
                "request_id": id,
            }),
        )
    }

    fn tell(&mut self, talk: &Talk, happened: Happened) -> Option<Bytes> {
        Some(match happened {
            Happened::Started | Happened::Replied => return None,
            Happened::Heard(language) => {
                let heard = json!({ "transcript": talk.transcript, "language": language });
                self.event("heard", heard)
            }
            Happened::Reply(delta) => self.event("reply", json!({ "delta": delta })),
            Happened::Speech(speech) => {
                let speech = self.speech(talk, &speech);
                self.event("speech", speech)
            }
            Happened::Ended(turn) => self.event("finished", talk.told(&turn, Sound::ByAddress)),
        })
    }

    fn speech(&mut self, talk: &Talk, speech: &Speech) -> Value {
        json!({
            "sentence": speech.sentence,
            "text": speech.text,
            "text_from": self.places.utf16(&talk.reply, speech.span.start),
            "text_to": self.places.utf16(&talk.reply, speech.span.end),
            "start_ms": speech.start_ms,
            "duration_ms": speech.duration_ms,
            "mime": self.format.mime(speech.rate_hz),
            "data": STANDARD.encode(&speech.data),
        })
    }

    fn failed(&mut self, problem: &Problem) -> Bytes {
        problem.tell();
        let problem = problem.to_json(&self.request_id);
        self.event("failed", json!({ "problem": problem }))
    }

    fn event(&mut self, name: &str, mut data: Value) -> Bytes {
        if let Value::Object(object) = &mut data {
            object.insert("seq".to_owned(), json!(self.seq));
        }
        self.seq += 1;
        Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
    }
}

/// Places in the reply, counted in UTF-16 as scripts in browsers count.
#[derive(Default)]
struct Places {
    bytes: usize,
    units: usize,
}

impl Places {
    /// Counts on from the place before, since places only ever move on, or from the beginning.
    fn utf16(&mut self, reply: &str, byte: usize) -> usize {
        if byte < self.bytes {
            *self = Self::default();
        }
        let between = reply.get(self.bytes..byte).unwrap_or_default();
        self.units += between.encode_utf16().count();
        self.bytes = byte.min(reply.len());
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_browsers_count() {
        let reply = "Hé 😀! नमस्ते";
        let mut places = Places::default();

        assert_eq!(places.utf16(reply, 3), 2);
        assert_eq!(places.utf16(reply, "Hé 😀".len()), 5);
        assert_eq!(places.utf16(reply, 3), 2);
        assert_eq!(places.utf16(reply, reply.len()), reply.encode_utf16().count());
    }
}
