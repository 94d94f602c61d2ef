//! One's conversations: listed, read, named, steered, taken along and deleted.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Payload, Query};
use futures_util::{StreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::conversations::Conversations;
use crate::domain::api_key::Scope;
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::persona::Persona;
use crate::routes::guard::{Caller, Reader};
use crate::routes::header_text::tidy;
use crate::routes::markdown;
use crate::routes::problem::Problem;
use crate::routes::turn_json;
use crate::routes::turns::{personal, sound_of};
use crate::routes::upload;
use crate::store::{Conversation, Page, Turn};

const PAGE: u64 = 20;
const LARGEST_PAGE: u64 = 100;
/// A conversation longer than this is taken along up to here.
const EXPORTED: usize = 10_000;
/// So many recordings are looked for at the same time.
const LOOKED_FOR: usize = 8;
const LARGEST_BODY: usize = 16 * 1024;
const LONGEST_TITLE: usize = 200;
const LONGEST_INSTRUCTIONS: usize = 4 * 1024;

/// Which part of a list.
#[derive(Debug, Deserialize)]
pub struct Part {
    limit: Option<u64>,
    cursor: Option<String>,
    q: Option<String>,
}

impl Part {
    fn page(self) -> Result<Page, Problem> {
        let limit = self.limit.unwrap_or(PAGE);
        if !(1..=LARGEST_PAGE).contains(&limit) {
            let detail = format!("`limit`: choose from 1 to {LARGEST_PAGE}");
            return Err(Problem::malformed(detail).with("param", "limit"));
        }
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Page { limit, cursor: filled(self.cursor), query: filled(self.q) })
    }
}

/// `GET /api/v1/conversations`.
pub async fn list(
    Reader { caller }: Reader,
    part: Query<Part>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let page = part.into_inner().page()?;
    // Nobody in particular owns nothing: those conversations are found by their ids only.
    if caller.owner.is_anyone() {
        return Ok(personal().json(json!({ "data": [], "next_cursor": null })));
    }
    let listed = conversations.store().conversations(&caller.owner, page).await?;
    let data: Vec<_> = listed.items.iter().map(conversation_json).collect();
    Ok(personal().json(json!({ "data": data, "next_cursor": listed.next_cursor })))
}

/// `GET /api/v1/conversations/{id}`.
pub async fn show(
    Reader { caller }: Reader,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let found = conversations.store().conversation(&caller.owner, conversation_id(&id)?).await?;
    Ok(personal().json(conversation_json(&found)))
}

/// `GET /api/v1/conversations/{id}/turns`.
pub async fn turns(
    Reader { caller }: Reader,
    id: Path<String>,
    part: Query<Part>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let (id, page) = (conversation_id(&id)?, part.into_inner().page()?);
    let listed = conversations.store().turns(&caller.owner, id, page).await?;
    let data = turns_json(&conversations, &listed.items).await;
    Ok(personal().json(json!({ "data": data, "next_cursor": listed.next_cursor })))
}

/// `PATCH /api/v1/conversations/{id}`: `title`, `instructions`; null takes either away.
pub async fn change(
    payload: Payload,
    caller: Caller,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    caller.may(Scope::Talk)?;
    let id = conversation_id(&id)?;
    let body = upload::json_body(payload.into_inner(), LARGEST_BODY).await?;
    let Some(Value::Object(changes)) = body else {
        return Err(Problem::malformed("send JSON with `title`, `instructions` or both"));
    };
    let title = text(&changes, "title", LONGEST_TITLE)?;
    let instructions = text(&changes, "instructions", LONGEST_INSTRUCTIONS)?;
    let store = conversations.store();
    if let Some(title) = title {
        store.rename(&caller.owner, id, &tidy(&title.unwrap_or_default())).await?;
    }
    if let Some(instructions) = instructions {
        store.steer(&caller.owner, id, instructions).await?;
    }
    let found = store.conversation(&caller.owner, id).await?;
    let mut told = conversation_json(&found);
    if caller.may(Scope::Read).is_err() {
        // What others have written is not told to those who may not read, only what they wrote.
        for name in ["title", "instructions"].iter().filter(|name| !changes.contains_key(**name)) {
            told[*name] = Value::Null;
        }
    }
    Ok(personal().json(told))
}

/// `DELETE /api/v1/conversations/{id}`.
pub async fn delete(
    caller: Caller,
    id: Path<String>,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    caller.may(Scope::Talk)?;
    conversations.delete(&caller.owner, conversation_id(&id)?).await?;
    Ok(HttpResponse::NoContent().insert_header(("Cache-Control", "no-store")).finish())
}

/// How a conversation is taken along.
#[derive(Debug, Deserialize)]
pub struct Taken {
    format: Option<String>,
}

/// `GET /api/v1/conversations/{id}/export?format=json|md`.
pub async fn export(
    Reader { caller }: Reader,
    id: Path<String>,
    taken: Query<Taken>,
    conversations: Data<Conversations>,
    persona: Data<Persona>,
) -> Result<HttpResponse, Problem> {
    let id = conversation_id(&id)?;
    let found = conversations.store().conversation(&caller.owner, id).await?;
    let turns = all_turns(&conversations, &caller.owner, id).await?;
    let (extension, kind, body) = match taken.format.as_deref().unwrap_or("json") {
        "json" => {
            let turns = turns_json(&conversations, &turns).await;
            let all = json!({ "conversation": conversation_json(&found), "turns": turns });
            ("json", "application/json", format!("{all:#}\n"))
        }
        "md" => {
            let text = markdown::conversation(&found, &turns, &persona.name);
            ("md", "text/markdown; charset=utf-8", text)
        }
        _ => {
            let detail = "`format`: choose json or md";
            return Err(Problem::malformed(detail).with("param", "format"));
        }
    };
    let title = found.title.unwrap_or_else(|| "Conversation".to_owned());
    let named = utf8_percent_encode(&title, NON_ALPHANUMERIC);
    let attachment = format!(
        "attachment; filename=\"conversation-{id}.{extension}\"; \
         filename*=UTF-8''{named}.{extension}"
    );
    Ok(personal().content_type(kind).insert_header(("Content-Disposition", attachment)).body(body))
}

/// All turns, the oldest first.
async fn all_turns(
    conversations: &Conversations,
    owner: &Owner,
    id: ConversationId,
) -> Result<Vec<Turn>, Problem> {
    let mut page = Page::first(LARGEST_PAGE);
    let mut turns = Vec::new();
    loop {
        let listed = conversations.store().turns(owner, id, page).await?;
        turns.extend(listed.items);
        match listed.next_cursor {
            Some(cursor) if turns.len() < EXPORTED => {
                page = Page::first(LARGEST_PAGE).after(&cursor);
            }
            _ => break,
        }
    }
    turns.reverse();
    Ok(turns)
}

async fn turns_json(conversations: &Conversations, turns: &[Turn]) -> Vec<Value> {
    let told = stream::iter(turns)
        .map(async |turn| turn_json::turn(turn, sound_of(conversations, turn).await));
    told.buffered(LOOKED_FOR).collect().await
}

fn conversation_json(conversation: &Conversation) -> Value {
    json!({
        "conversation_id": conversation.id,
        "title": conversation.title,
        "instructions": conversation.instructions,
        "channel": conversation.channel,
        "created_at": conversation.created_at.to_rfc3339(),
        "updated_at": conversation.updated_at.to_rfc3339(),
    })
}

fn conversation_id(id: &str) -> Result<ConversationId, Problem> {
    let unknown = || Problem::new("unknown_conversation", "there is no such conversation");
    id.parse().map_err(|_| unknown())
}

/// A field that is to be changed: none if it is not named, none within if it is taken away.
fn text(
    changes: &serde_json::Map<String, Value>,
    name: &str,
    longest: usize,
) -> Result<Option<Option<String>>, Problem> {
    match changes.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) if text.len() <= longest => {
            Ok(Some(Some(text.trim().to_owned()).filter(|text| !text.is_empty())))
        }
        Some(_) => {
            let detail = format!("`{name}`: a text of at most {longest} bytes, or null");
            Err(Problem::malformed(detail).with("param", name))
        }
    }
}
