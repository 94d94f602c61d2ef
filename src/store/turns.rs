//! The table of turns: what each of them was, how it ended and what it took.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Set, TryInsertResult};
use serde::de::DeserializeOwned;

use crate::domain::conversation::ConversationId;
use crate::domain::language::Language;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::domain::voice::Voice;
use crate::pipeline::error::Stage;
use crate::pipeline::receipt::Receipt;
use crate::store::error::StoreError;
use crate::store::record::{Engines, Failure, TurnRecord, clean};

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
    /// What it took, if the turn was answered in full.
    pub receipt: Option<Receipt>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Turn {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let failure = row.error_code.map(|code| Failure {
            stage: row.error_stage.as_deref().and_then(stage),
            code,
            message: row.error_message.unwrap_or_default(),
        });
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
            failure,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Writes the turn; false if it is there already.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    turn: &TurnRecord,
) -> Result<bool, StoreError> {
    let failure = turn.failure.as_ref();
    let row = ActiveModel {
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
    };
    let inserted =
        Entity::insert(row).on_conflict_do_nothing().exec_without_returning(transaction).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// The turn of this id.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    id: TurnId,
) -> Result<Option<Turn>, StoreError> {
    Entity::find_by_id(id.0).one(connection).await?.map(Turn::try_from).transpose()
}

/// A conversation's turns, the latest first.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    conversation: ConversationId,
    limit: u64,
) -> Result<Vec<Turn>, StoreError> {
    let rows = Entity::find()
        .filter(Column::ConversationId.eq(conversation.0))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(Turn::try_from).collect()
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
