//! One voice turn: a clip or words in, an answer out, as the caller wants it.

mod events;
mod json;
mod repeat;
mod sound;
mod talk;
mod wants;
mod wish;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::StreamExt;
use tracing::Span;
use tracing::field::display;

use crate::audio::format::Format;
use crate::conversations::{Claim, Conversations};
use crate::routes::guard::Guest;
use crate::routes::problem::Problem;
use crate::routes::request_id::RequestId;
use crate::routes::turn_json;
use crate::routes::turns::personal;
use crate::routes::upload::{Upload, wrong_field};
use crate::routes::voice::sound::Wait;
use crate::routes::voice::talk::Talk;
use crate::routes::voice::wants::Include;
use crate::routes::voice::wish::Rendering;

/// `POST /voice-chat`.
pub async fn chat(
    request: HttpRequest,
    payload: Payload,
    guest: Guest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    guest.take_turn(&request)?;
    let upload = Upload::read(&request, payload.into_inner(), guest.limits()).await?;
    let wish = Wish::of(&request, &upload)?;
    let claim = repeat::claim(&request, &guest.caller, &upload, &conversations).await?;
    let mut ask = wants::ask(&request, &guest.caller, upload, wish.format, &conversations)?;
    let permit = guest.enter()?;
    let kept = conversations.replies().is_some();
    match claim {
        Some(Claim::Answered(turn)) => {
            let mut events = conversations.replay(&turn, wish.format).await?;
            if events.is_none() && wish.is_for_sound() {
                events = conversations.say_again(&turn, wish.format, guest.caller.payer.clone());
            }
            let mut response = match events {
                Some(events) => {
                    let talk = Talk::new(events, kept, permit);
                    wish.answer(talk, request_id(&request)).await?
                }
                None => personal().json(turn_json::turn(&turn, turn_json::Sound::Absent)),
            };
            let replayed = HeaderName::from_static("idempotent-replayed");
            response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
            Ok(response)
        }
        claim => {
            ask.claimed = claim.and_then(Claim::claimed);
            let talk = Talk::new(conversations.hear(ask).boxed(), kept, permit);
            wish.answer(talk, request_id(&request)).await
        }
    }
}

/// How the caller wants to be answered, in all.
struct Wish {
    rendering: Rendering,
    format: Format,
    include: Include,
}

impl Wish {
    /// Whether the answer is to be sound and nothing else.
    fn is_for_sound(&self) -> bool {
        matches!(self.rendering, Rendering::Whole(_) | Rendering::Streamed(_))
    }

    async fn answer(&self, talk: Talk, request_id: String) -> Result<HttpResponse, Problem> {
        Span::current().record("rendering", display(&self.rendering));
        match self.rendering {
            Rendering::Whole(format) => sound::answer(talk, (format, Wait::Reply)).await,
            Rendering::Streamed(format) => sound::answer(talk, (format, Wait::Sound)).await,
            Rendering::Events => events::answer(talk, self.format, request_id).await,
            Rendering::Json => json::answer(talk, self.format, self.include).await,
        }
    }

    fn of(request: &HttpRequest, upload: &Upload) -> Result<Self, Problem> {
        let mut rendering = Rendering::wished(request, upload.field("format"))?;
        match upload.field("stream") {
            Some("1" | "true") => rendering = rendering.streamed(),
            None | Some("0" | "false") => {}
            Some(_) => return Err(wrong_field("stream", "choose 1 or 0")),
        }
        let format = match rendering {
            Rendering::Whole(format) | Rendering::Streamed(format) => format,
            Rendering::Events | Rendering::Json => {
                upload.value("audio_format")?.unwrap_or_default()
            }
        };
        let include = upload.value("include_audio")?.unwrap_or_default();
        Ok(Self { rendering, format, include })
    }
}

fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
