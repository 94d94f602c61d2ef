//! Renderings that are sound: with the whole reply in their headers, or from the first sentence on.

use std::collections::VecDeque;

use actix_web::{HttpResponse, HttpResponseBuilder};
use async_stream::try_stream;
use bytes::Bytes;
use futures_util::Stream;
use tokio::task::yield_now;

use crate::audio::format::Format;
use crate::routes::header_text::HeaderText;
use crate::routes::patience::Patience;
use crate::routes::problem::Problem;
use crate::routes::voice::talk::{Happened, Talk};

/// What the headers wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The whole reply's text, and the first sound.
    Reply,
    /// The first sound.
    Sound,
}

/// The answer as sound. A failure before its headers is a proper error; one after them cuts the
/// body off, so that it never looks whole.
pub async fn answer(
    mut talk: Talk,
    (format, wait): (Format, Wait),
) -> Result<HttpResponse, Problem> {
    let mut waiting = VecDeque::new();
    let mut replied = wait == Wait::Sound;
    let mut began = None;
    while !replied || began.is_none() {
        match talk.next().await.transpose()? {
            Some(Happened::Speech(speech)) => {
                began.get_or_insert((speech.rate_hz, speech.voice));
                waiting.push_back(speech.data);
            }
            Some(Happened::Replied) => replied = true,
            Some(Happened::Ended(_)) | None => return Err(Problem::interrupted()),
            Some(_) => {}
        }
    }
    let (rate_hz, voice) = began.unwrap_or_default();
    let mut response = HttpResponse::Ok();
    let place = if wait == Wait::Reply { "attachment" } else { "inline" };
    response
        .content_type(format.mime(rate_hz))
        .insert_header((
            "Content-Disposition",
            format!("{place}; filename=\"ai_response.{}\"", format.extension()),
        ))
        .insert_header(("X-Voice", HeaderText::of(voice.name()).value));
    headers(&mut response, &talk, wait == Wait::Reply);
    Ok(response.body(Patience::for_sound(format).with(body(waiting, talk))))
}

/// What every rendering tells of the turn in its headers.
pub fn headers(response: &mut HttpResponseBuilder, talk: &Talk, with_reply: bool) {
    response.insert_header(("Cache-Control", "no-store"));
    response.insert_header(("Vary", "Accept"));
    response.insert_header(("Server-Timing", talk.times.header()));
    names(response, talk);
    let transcript = HeaderText::of(&talk.transcript);
    let reply = with_reply.then(|| HeaderText::of(talk.reply.trim()));
    let texts = [("transcript", Some(&transcript)), ("reply", reply.as_ref())];
    if texts.iter().any(|(_, text)| text.is_some_and(|text| text.encoded)) {
        response.insert_header(("X-Text-Encoding", "percent-utf8"));
    }
    let truncated = texts.iter().filter(|(_, text)| text.is_some_and(|text| text.truncated));
    let truncated: Vec<_> = truncated.map(|(name, _)| *name).collect();
    if !truncated.is_empty() {
        response.insert_header(("X-Text-Truncated", truncated.join(",")));
    }
    response.insert_header(("X-Transcript", transcript.value.as_str()));
    if let Some(reply) = &reply {
        response.insert_header(("X-AI-Response", reply.value.as_str()));
    }
}

/// What the turn is called, and where it can be read if anything of it will be left.
pub fn names(response: &mut HttpResponseBuilder, talk: &Talk) {
    let Some(turn) = talk.turn else { return };
    response.insert_header(("X-Turn-Id", turn.to_string()));
    if let Some(conversation) = talk.conversation {
        let link = format!("</api/v1/turns/{turn}>; rel=\"describedby\"");
        response
            .insert_header(("Link", link))
            .insert_header(("X-Conversation-Id", conversation.to_string()));
    }
}

fn body(
    mut waiting: VecDeque<Bytes>,
    mut talk: Talk,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    try_stream! {
        while let Some(data) = waiting.pop_front() {
            yield data;
        }
        let mut whole = false;
        let mut broken = None;
        while let Some(happened) = talk.next().await {
            match happened {
                Ok(Happened::Speech(speech)) => yield speech.data,
                Ok(Happened::Ended(turn)) => whole = turn.is_whole(),
                Ok(_) => {}
                Err(problem) => broken = Some(problem),
            }
        }
        if !whole {
            // A body that fails takes along what has not left yet, be it the headers.
            yield_now().await;
            Err(broken.unwrap_or_else(Problem::interrupted))?;
        }
    }
}
