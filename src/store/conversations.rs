//! The table of conversations.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, NotSet, QueryOrder, QuerySelect, Set};

use crate::domain::conversation::ConversationId;
use crate::domain::delivery::Delivery;
use crate::domain::owner::Owner;
use crate::store::error::StoreError;
use crate::store::record::{TurnRecord, clean};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    owner: String,
    channel: String,
    title: Option<String>,
    instructions: Option<String>,
    summary: Option<String>,
    summarized_through: i64,
    last_seq: i64,
    speed: Option<f32>,
    gain_db: Option<f32>,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A conversation, without what was said in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Names it.
    pub id: ConversationId,
    /// How it reached us: `clip`.
    pub channel: String,
    /// What its owner calls it.
    pub title: Option<String>,
    /// How its owner steers it.
    pub instructions: Option<String>,
    /// What is remembered of the messages up to `summarized_through`.
    pub summary: Option<String>,
    /// The last message that the summary speaks for; 0 if there is none.
    pub summarized_through: i64,
    /// The last message; 0 if there is none.
    pub last_seq: i64,
    /// How the voice speaks, if that was ever changed.
    pub delivery: Option<Delivery>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When its last turn ended.
    pub updated_at: DateTime<Utc>,
}

impl From<Model> for Conversation {
    fn from(row: Model) -> Self {
        let delivery = row.speed.zip(row.gain_db);
        Self {
            id: ConversationId(row.id),
            channel: row.channel,
            title: row.title,
            instructions: row.instructions,
            summary: row.summary.filter(|summary| !summary.is_empty()),
            summarized_through: row.summarized_through,
            last_seq: row.last_seq,
            delivery: delivery.map(|(speed, gain_db)| Delivery { speed, gain_db }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The owner's conversation of this id.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
) -> Result<Conversation, StoreError> {
    let row = Entity::find_by_id(id.0).filter(Column::Owner.eq(&owner.0)).one(connection).await?;
    row.map(Conversation::from).ok_or(StoreError::UnknownConversation)
}

/// The owner's conversations, the latest first.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    limit: u64,
) -> Result<Vec<Conversation>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Owner.eq(&owner.0))
        .order_by_desc(Column::UpdatedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(Conversation::from).collect())
}

/// The owner's latest conversation, if it went on after this moment.
pub(crate) async fn latest(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    after: DateTime<Utc>,
) -> Result<Option<ConversationId>, StoreError> {
    let latest = list(connection, owner, 1).await?.pop();
    Ok(latest.filter(|conversation| conversation.updated_at > after).map(|found| found.id))
}

/// Makes room for a turn's messages and returns the number of the last one. The row stays locked
/// until the transaction ends, so that no two turns are given the same numbers.
pub(crate) async fn advance(
    transaction: &impl ConnectionTrait,
    turn: &TurnRecord,
    messages: i64,
) -> Result<i64, StoreError> {
    if turn.begins {
        begin(transaction, turn).await?;
    }
    let mut update = Entity::update_many()
        .col_expr(Column::LastSeq, Expr::col(Column::LastSeq).add(messages))
        .col_expr(Column::UpdatedAt, Expr::value(turn.ended_at));
    if let Some(delivery) = turn.delivery {
        update = update
            .col_expr(Column::Speed, Expr::value(delivery.speed))
            .col_expr(Column::GainDb, Expr::value(delivery.gain_db));
    }
    if let Some(instructions) = &turn.instructions {
        update = update.col_expr(Column::Instructions, Expr::value(clean(instructions)));
    }
    let rows = update
        .filter(Column::Id.eq(turn.conversation.0))
        .filter(Column::Owner.eq(&turn.owner.0))
        .exec_with_returning(transaction)
        .await?;
    rows.first().map(|row| row.last_seq).ok_or(StoreError::UnknownConversation)
}

async fn begin(transaction: &impl ConnectionTrait, turn: &TurnRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(turn.conversation.0),
        owner: Set(turn.owner.0.clone()),
        channel: NotSet,
        created_at: Set(turn.began_at),
        updated_at: Set(turn.ended_at),
        ..Default::default()
    };
    Entity::insert(row).on_conflict_do_nothing().exec_without_returning(transaction).await?;
    Ok(())
}

/// Puts the summary in place, unless another one has come first.
pub(crate) async fn fold(
    transaction: &impl ConnectionTrait,
    id: ConversationId,
    fold: &Fold,
) -> Result<(), StoreError> {
    let updated = Entity::update_many()
        .col_expr(Column::Summary, Expr::value(clean(&fold.summary)))
        .col_expr(Column::SummarizedThrough, Expr::value(fold.through))
        .filter(Column::Id.eq(id.0))
        .filter(Column::SummarizedThrough.eq(fold.after))
        .filter(Column::LastSeq.gte(fold.through))
        .exec(transaction)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// A summary that speaks for more messages than the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The last message that the summary before spoke for.
    pub after: i64,
    /// The last message that this one speaks for.
    pub through: i64,
    /// What is remembered.
    pub summary: String,
}

/// Gives the conversation a title.
pub(crate) async fn rename(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
    title: &str,
) -> Result<(), StoreError> {
    let updated = Entity::update_many()
        .col_expr(Column::Title, Expr::value(clean(title)))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Owner.eq(&owner.0))
        .exec(transaction)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::UnknownConversation) }
}

/// Removes the conversation with all that was said in it.
pub(crate) async fn delete(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
) -> Result<(), StoreError> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id.0))
        .filter(Column::Owner.eq(&owner.0))
        .exec(transaction)
        .await?;
    if deleted.rows_affected == 1 { Ok(()) } else { Err(StoreError::UnknownConversation) }
}
