//! The turn as JSON, when it is over.

use actix_web::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::audio::format::Format;
use crate::audio::wav;
use crate::routes::header_text::HeaderText;
use crate::routes::problem::Problem;
use crate::routes::turn_json::Sound;
use crate::routes::voice::sound::headers;
use crate::routes::voice::talk::{Happened, Talk};
use crate::routes::voice::wants::Include;

/// The whole turn, with its sound as it was asked for.
pub async fn answer(
    mut talk: Talk,
    format: Format,
    include: Include,
) -> Result<HttpResponse, Problem> {
    let mut sound = Vec::new();
    let mut rate_hz = 0;
    let mut ended = None;
    while let Some(happened) = talk.next().await.transpose()? {
        match happened {
            Happened::Speech(speech) if include == Include::Base64 => {
                sound.extend_from_slice(&speech.data);
                rate_hz = speech.rate_hz;
            }
            Happened::Ended(turn) => ended = Some(turn),
            _ => {}
        }
    }
    let turn = ended.ok_or_else(Problem::interrupted)?;
    let mut response = HttpResponse::Ok();
    headers(&mut response, &talk, true);
    response.insert_header(("X-Voice", HeaderText::of(turn.voice.name()).value));
    if format == Format::Wav {
        let bytes = sound.len() as u64;
        wav::mend(&mut sound, bytes);
    }
    let encoded = STANDARD.encode(&sound);
    let mime = format.mime(rate_hz);
    let sound = match include {
        Include::Base64 => Sound::Here { mime: &mime, base64: &encoded },
        Include::Url => Sound::ByAddress,
        Include::None => Sound::Absent,
    };
    Ok(response.json(talk.told(&turn, sound)))
}
