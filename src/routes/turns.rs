//! A turn that was taken or is being taken: what it was, how it sounds, and its end.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentRange, ContentRangeSpec, Header, Range as RangeHeader};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use serde_json::Value;

use crate::conversations::Conversations;
use crate::domain::api_key::Scope;
use crate::domain::turn::TurnId;
use crate::routes::guard::{Caller, Reader};
use crate::routes::problem::Problem;
use crate::routes::turn_json::{self, Sound};
use crate::routes::upload::{self, wrong_field};
use crate::store::Turn;
use crate::store::recordings::{Name, Recording};

/// More than this is no interruption.
const LARGEST_BODY: usize = 4 * 1024;

/// `GET /api/v1/turns/{id}`.
pub async fn show(
    Reader { caller }: Reader,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let turn = conversations.turn(&caller.owner, turn_id(&id)?).await?;
    Ok(personal().json(turn_json::turn(&turn, sound_of(&conversations, &turn).await)))
}

/// `GET /api/v1/turns/{id}/audio`.
pub async fn audio(
    request: HttpRequest,
    Reader { caller }: Reader,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let turn = conversations.turn(&caller.owner, turn_id(&id)?).await?;
    let absent = || Problem::new("no_recording", "the recording was not kept, or its time is over");
    let (name, mime) = name_of(&turn).ok_or_else(absent)?;
    let recordings = conversations.replies().ok_or_else(absent)?;
    let range = RangeHeader::parse(&request).ok();
    // Of several parts at once, the whole may be sent instead.
    let Some(RangeHeader::Bytes(specs)) = range.filter(|range| is_one_part(&request, range)) else {
        let recording = recordings.get(name, None).await?.ok_or_else(absent)?;
        return Ok(sent(StatusCode::OK, &mime, recording));
    };
    let total = recordings.get(name, Some(0..0)).await?.ok_or_else(absent)?.total_bytes;
    let wanted = specs.first().and_then(|spec| spec.to_satisfiable_range(total));
    let Some((first, last)) = wanted else {
        let mut response =
            Problem::new("range_not_satisfiable", format!("there are {total} bytes"));
        response = response.with("total_bytes", total);
        let mut answer = response.answer();
        if let Ok(value) = format!("bytes */{total}").parse() {
            answer.headers_mut().insert(actix_web::http::header::CONTENT_RANGE, value);
        }
        return Ok(answer);
    };
    let part = recordings.get(name, Some(first..last + 1)).await?.ok_or_else(absent)?;
    let mut response = sent(StatusCode::PARTIAL_CONTENT, &mime, part);
    let range = ContentRange(ContentRangeSpec::Bytes {
        range: Some((first, last)),
        instance_length: Some(total),
    });
    if let Ok(value) = range.to_string().parse() {
        response.headers_mut().insert(actix_web::http::header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// `POST /api/v1/turns/{id}/interrupt`.
pub async fn interrupt(
    payload: Payload,
    caller: Caller,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    caller.may(Scope::Talk)?;
    let body = upload::json_body(payload.into_inner(), LARGEST_BODY).await?;
    let played_ms = body.as_ref().map(played_ms).transpose()?.flatten();
    let turn = conversations.interrupt(&caller.owner, turn_id(&id)?, played_ms).await?;
    let told = turn_json::turn(&turn, sound_of(&conversations, &turn).await);
    let may_read = caller.may(Scope::Read).is_ok();
    Ok(personal().json(if may_read { told } else { turn_json::without_words(told) }))
}

/// How much of the answer was played, if the body says so.
fn played_ms(body: &Value) -> Result<Option<u64>, Problem> {
    let Some(body) = body.as_object() else {
        return Err(Problem::malformed("the body is {\"played_ms\": 1840}, or empty"));
    };
    let Some(played) = body.get("played_ms").filter(|played| !played.is_null()) else {
        return Ok(None);
    };
    let whole = |number: f64| {
        let whole = number.fract() == 0.0 && (0.0..u64::MAX as f64).contains(&number);
        whole.then_some(number as u64)
    };
    // Some languages know no other numbers: 28000.0 is as whole as 28000.
    let milliseconds = played.as_u64().or_else(|| played.as_f64().and_then(whole));
    milliseconds.map(Some).ok_or_else(|| {
        wrong_field("played_ms", "a whole number of milliseconds that is not negative, as 1840")
    })
}

fn is_one_part(request: &HttpRequest, range: &RangeHeader) -> bool {
    let named = request.headers().contains_key("range");
    named && matches!(range, RangeHeader::Bytes(specs) if specs.len() == 1)
}

/// The turn's id.
fn turn_id(id: &str) -> Result<TurnId, Problem> {
    id.parse().map(TurnId).map_err(|_| Problem::new("unknown_turn", "there is no such turn"))
}

/// Whether the turn's sound can be had.
pub async fn sound_of(conversations: &Conversations, turn: &Turn) -> Sound<'static> {
    let (Some((name, _)), Some(recordings)) = (name_of(turn), conversations.replies()) else {
        return Sound::Absent;
    };
    match recordings.exists(name).await {
        Ok(true) => Sound::ByAddress,
        _ => Sound::Absent,
    }
}

fn name_of(turn: &Turn) -> Option<(Name, String)> {
    let note = turn.sound.as_ref()?;
    Some((Name::reply(turn.id, note.format()?), note.mime.clone()))
}

fn sent(status: StatusCode, mime: &str, recording: Recording) -> HttpResponse {
    let length = recording.range.end - recording.range.start;
    HttpResponse::build(status)
        .content_type(mime)
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Accept-Ranges", "bytes"))
        .no_chunking(length)
        .streaming(recording.bytes.map(|piece| piece.map_err(Problem::from)))
}

/// An answer that only who asked may see.
pub fn personal() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    response
}
