//! The end of conversations: which have been silent for long, and their removal.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};

use crate::domain::conversation::ConversationId;
use crate::domain::turn::TurnId;
use crate::store::conversations::{Column, Conversation, Entity, Model};
use crate::store::error::StoreError;
use crate::store::turns;

/// Conversations that have been silent since before this moment, longest first, at most so many.
pub(crate) async fn since(
    connection: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<ConversationId>, StoreError> {
    Ok(ids(search(before, limit).all(connection).await?))
}

/// The same, locked. One that somebody else holds is not waited for: it is not silent.
pub(crate) async fn lock(
    transaction: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<ConversationId>, StoreError> {
    let silent = search(before, limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(transaction)
        .await?;
    Ok(ids(silent))
}

fn ids(rows: Vec<Model>) -> Vec<ConversationId> {
    rows.into_iter().map(|row| Conversation::from(row).id).collect()
}

pub(crate) fn search(before: DateTime<Utc>, limit: u64) -> Select<Entity> {
    Entity::find().filter(Column::UpdatedAt.lt(before)).order_by_asc(Column::UpdatedAt).limit(limit)
}

/// When the conversation that went on last did so.
pub(crate) async fn last_active(
    connection: &impl ConnectionTrait,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let latest = Entity::find().order_by_desc(Column::UpdatedAt).limit(1).one(connection).await?;
    Ok(latest.map(Conversation::from).map(|conversation| conversation.updated_at))
}

/// Removes these conversations with all that was said in them, and returns their turns.
pub(crate) async fn remove(
    transaction: &impl ConnectionTrait,
    conversations: &[ConversationId],
) -> Result<Vec<TurnId>, StoreError> {
    let gone = turns::ids(transaction, conversations).await?;
    Entity::delete_many()
        .filter(Column::Id.is_in(conversations.iter().map(|id| id.0)))
        .exec(transaction)
        .await?;
    Ok(gone)
}
