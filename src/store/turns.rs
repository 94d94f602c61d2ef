//! The table of turns: what each of them was, how it ended and what it took.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Set};
use serde::de::DeserializeOwned;

use crate::domain::conversation::ConversationId;
use crate::domain::language::Language;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::domain::voice::Voice;
use crate::pipeline::error::Stage;
use crate::pipeline::receipt::Receipt;
use crate::store::error::StoreError;
use crate::store::insert::inserted;
use crate::store::page::{Kind, Mark, Page};
use crate::store::record::{Engines, Failure, SoundNote, SpokenSentence, TurnRecord, clean};
use crate::store::search::Needle;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turns")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    conversation_id: Uuid,
    status: String,
    transcript: Option<String>,
    reply: Option<String>,
    spoken: Option<String>,
    language: Option<String>,
    voice: String,
    engines: Json,
    receipt: Option<Json>,
    error_stage: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
    created_at: DateTimeUtc,
    finished_at: Option<DateTimeUtc>,
    audio_mime: Option<String>,
    audio_ms: Option<i64>,
    sentences: Option<Json>,
    price_version: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A turn as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Names it.
    pub id: TurnId,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// How it ended.
    pub status: TurnStatus,
    /// What was heard or typed.
    pub transcript: Option<String>,
    /// The reply's text.
    pub reply: Option<String>,
    /// What was said aloud of it: all, or the whole sentences handed on before it was broken off.
    pub spoken: Option<String>,
    /// The language that was heard.
    pub language: Option<Language>,
    /// Who spoke.
    pub voice: Voice,
    /// Who did the work, as far as it came.
    pub engines: Engines,
    /// What it took, as far as it came.
    pub receipt: Option<Receipt>,
    /// Which list of prices the receipt's cost was reckoned by.
    pub price_version: Option<String>,
    /// The sound of what was said.
    pub sound: Option<SoundNote>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Turn {
    /// Whether it was answered in full.
    pub fn is_whole(&self) -> bool {
        self.status == TurnStatus::Finished
    }
}

/// As it will be read again.
impl From<&TurnRecord> for Turn {
    fn from(record: &TurnRecord) -> Self {
        let record = record.clone();
        Self {
            id: record.turn,
            conversation: record.conversation,
            status: record.status,
            transcript: record.heard,
            reply: record.reply,
            spoken: record.spoken,
            language: record.language,
            voice: record.voice,
            engines: record.engines,
            receipt: record.receipt,
            price_version: record.price_version,
            sound: record.sound,
            failure: record.failure,
            created_at: record.began_at,
            finished_at: Some(record.ended_at),
        }
    }
}

impl TryFrom<Model> for Turn {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let failure = row.error_code.map(|code| Failure {
            stage: row.error_stage.as_deref().and_then(stage),
            code,
            message: row.error_message.unwrap_or_default(),
        });
        let sound = sound(row.audio_mime, row.audio_ms, row.sentences)?;
        Ok(Self {
            id: TurnId(row.id),
            conversation: ConversationId(row.conversation_id),
            status: status(&row.status),
            transcript: row.transcript,
            reply: row.reply,
            spoken: row.spoken,
            language: row.language.and_then(|tag| tag.parse().ok()),
            voice: Voice(row.voice),
            engines: from_json(row.engines)?,
            receipt: row.receipt.map(from_json).transpose()?,
            price_version: row.price_version,
            sound,
            failure,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Writes the turns. One that is there already stays as it is; says how many were not.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    turns: &[&TurnRecord],
) -> Result<u64, StoreError> {
    let rows = turns.iter().map(|turn| row(turn)).collect::<Result<Vec<_>, _>>()?;
    inserted(Entity::insert_many(rows).on_conflict_do_nothing(), transaction).await
}

fn row(turn: &TurnRecord) -> Result<ActiveModel, StoreError> {
    let (failure, sound) = (turn.failure.as_ref(), turn.sound.as_ref());
    Ok(ActiveModel {
        id: Set(turn.turn.0),
        conversation_id: Set(turn.conversation.0),
        status: Set(status_name(turn.status).to_owned()),
        transcript: Set(turn.heard.as_deref().map(clean)),
        reply: Set(turn.reply.as_deref().map(clean)),
        spoken: Set(turn.spoken.as_deref().map(clean)),
        language: Set(turn.language.as_ref().map(|language| language.tag().to_owned())),
        voice: Set(clean(turn.voice.name())),
        engines: Set(to_json(&turn.engines)?),
        receipt: Set(turn.receipt.as_ref().map(to_json).transpose()?),
        error_stage: Set(failure.and_then(|why| why.stage).map(|stage| stage.name().to_owned())),
        error_code: Set(failure.map(|why| clean(&why.code))),
        error_message: Set(failure.map(|why| clean(&why.message))),
        created_at: Set(turn.began_at),
        finished_at: Set(Some(turn.ended_at)),
        audio_mime: Set(sound.map(|sound| clean(&sound.mime))),
        audio_ms: Set(sound.map(|sound| i64::try_from(sound.duration_ms).unwrap_or(i64::MAX))),
        sentences: Set(sound.map(|sound| to_json(&sound.sentences)).transpose()?),
        price_version: Set(turn.price_version.as_deref().map(clean)),
    })
}

/// The turn of this id.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    id: TurnId,
) -> Result<Option<Turn>, StoreError> {
    lookup(id).one(connection).await?.map(Turn::try_from).transpose()
}

pub(crate) fn lookup(id: TurnId) -> Select<Entity> {
    Entity::find_by_id(id.0)
}

/// A conversation's turns, the latest first, and one more than the page has room for.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    conversation: ConversationId,
    page: &Page,
) -> Result<Vec<Turn>, StoreError> {
    let rows = listing(conversation, page)?.all(connection).await?;
    rows.into_iter().map(Turn::try_from).collect()
}

pub(crate) fn listing(
    conversation: ConversationId,
    page: &Page,
) -> Result<Select<Entity>, StoreError> {
    let mut listing = Entity::find().filter(Column::ConversationId.eq(conversation.0));
    if let Some(mark) = page.begin(Kind::Turns)? {
        listing = listing.filter(Column::Id.lt(mark.id));
    }
    if let Some(needle) = Needle::new(page.query.as_deref()) {
        let said = needle.is_in((Entity, Column::Transcript));
        listing = listing.filter(said.add(needle.is_in((Entity, Column::Reply))));
    }
    Ok(listing.order_by_desc(Column::Id).limit(page.limit() + 1))
}

impl Turn {
    /// Its place in a list.
    pub(crate) fn mark(&self) -> Mark {
        Mark { kind: Kind::Turns, at: self.created_at, id: self.id.0 }
    }
}

/// The turns of these conversations.
pub(crate) async fn ids(
    connection: &impl ConnectionTrait,
    conversations: &[ConversationId],
) -> Result<Vec<TurnId>, StoreError> {
    let ids = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ConversationId.is_in(conversations.iter().map(|id| id.0)))
        .into_tuple::<Uuid>()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(TurnId).collect())
}

/// Marks the turn as broken off, and cuts what was said of it to this. An interruption only ever
/// takes away: a turn that was cut shorter already stays so, and one that failed stays failed.
/// Returns whether anything was cut.
pub(crate) async fn interrupt(
    transaction: &impl ConnectionTrait,
    conversation: ConversationId,
    id: TurnId,
    spoken: Option<&str>,
) -> Result<bool, StoreError> {
    let found = Entity::find_by_id(id.0)
        .filter(Column::ConversationId.eq(conversation.0))
        .one(transaction)
        .await?;
    let row = found.ok_or(StoreError::UnknownTurn)?;
    if status(&row.status) == TurnStatus::Failed {
        return Ok(false);
    }
    let cut = spoken.map_or(0, str::len) < row.spoken.as_deref().map_or(0, str::len);
    let kept = if cut { spoken.map(str::to_owned) } else { row.spoken };
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status_name(TurnStatus::Interrupted)))
        .col_expr(Column::Spoken, Expr::value(kept))
        .filter(Column::Id.eq(id.0))
        .exec(transaction)
        .await?;
    Ok(cut)
}

fn sound(
    mime: Option<String>,
    duration_ms: Option<i64>,
    sentences: Option<Json>,
) -> Result<Option<SoundNote>, StoreError> {
    let Some(mime) = mime else { return Ok(None) };
    let duration_ms = duration_ms.and_then(|length| u64::try_from(length).ok()).unwrap_or_default();
    let sentences: Option<Vec<SpokenSentence>> = sentences.map(from_json).transpose()?;
    Ok(Some(SoundNote { mime, duration_ms, sentences: sentences.unwrap_or_default() }))
}

fn to_json(value: &impl serde::Serialize) -> Result<Json, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Refused(error.to_string().into()))
}

fn from_json<T: DeserializeOwned>(value: Json) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::Refused(error.to_string().into()))
}

fn status_name(status: TurnStatus) -> &'static str {
    match status {
        TurnStatus::InProgress => "in_progress",
        TurnStatus::Finished => "finished",
        TurnStatus::Interrupted => "interrupted",
        TurnStatus::Failed => "failed",
    }
}

fn status(name: &str) -> TurnStatus {
    match name {
        "finished" => TurnStatus::Finished,
        "interrupted" => TurnStatus::Interrupted,
        "failed" => TurnStatus::Failed,
        _ => TurnStatus::InProgress,
    }
}

fn stage(name: &str) -> Option<Stage> {
    [Stage::Hearing, Stage::Thinking, Stage::Speaking]
        .into_iter()
        .find(|stage| stage.name() == name)
}
