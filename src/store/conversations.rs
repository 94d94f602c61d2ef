//! The table of conversations.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, Set};

use crate::domain::conversation::ConversationId;
use crate::domain::delivery::Delivery;
use crate::domain::owner::Owner;
use crate::store::error::StoreError;
use crate::store::insert::inserted;
use crate::store::messages;
use crate::store::page::{Kind, Mark, Page};
use crate::store::record::{TurnRecord, clean};
use crate::store::search::Needle;

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
    private_instructions: Option<bool>,
    private_summary: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A conversation, without what was said in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Names it.
    pub id: ConversationId,
    /// Whose it is.
    pub owner: Owner,
    /// How it reached us: `clip`.
    pub channel: String,
    /// What its owner calls it, or else the first words that were heard in it.
    pub title: Option<String>,
    /// How its owner steers it.
    pub instructions: Option<String>,
    /// Whether only the engines in the program are told how.
    pub private_instructions: bool,
    /// What is remembered of the messages up to `summarized_through`.
    pub summary: Option<String>,
    /// What is remembered of those that only the engines in the program are told.
    pub private_summary: Option<String>,
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
            owner: Owner(row.owner),
            channel: row.channel,
            title: row.title,
            instructions: row.instructions,
            private_instructions: row.private_instructions.unwrap_or_default(),
            summary: row.summary.filter(|summary| !summary.is_empty()),
            private_summary: row.private_summary.filter(|summary| !summary.is_empty()),
            summarized_through: row.summarized_through,
            last_seq: row.last_seq,
            delivery: delivery.map(|(speed, gain_db)| Delivery { speed, gain_db }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Conversation {
    /// Its place in a list.
    pub(crate) fn mark(&self) -> Mark {
        Mark { kind: Kind::Conversations, at: self.updated_at, id: self.id.0 }
    }
}

/// The rule of ownership: one reaches one's own conversations, and by its id also one that
/// belongs to nobody in particular. Lists show one's own alone.
fn within_reach(owner: &Owner, id: ConversationId) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id.0))
        .add(Column::Owner.is_in([owner.clone().0, Owner::anyone().0]))
}

/// The conversation of this id, if it is within the owner's reach.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
) -> Result<Conversation, StoreError> {
    let row = lookup(owner, id).one(connection).await?;
    row.map(Conversation::from).ok_or(StoreError::UnknownConversation)
}

pub(crate) fn lookup(owner: &Owner, id: ConversationId) -> Select<Entity> {
    Entity::find().filter(within_reach(owner, id))
}

/// The owner's conversations, the latest first, and one more than the page has room for.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    page: &Page,
) -> Result<Vec<Conversation>, StoreError> {
    let listing = listing(owner, page)?;
    // What belongs to nobody in particular is nobody's to look through.
    if owner.is_anyone() {
        return Ok(Vec::new());
    }
    let rows = listing.all(connection).await?;
    Ok(rows.into_iter().map(Conversation::from).collect())
}

pub(crate) fn listing(owner: &Owner, page: &Page) -> Result<Select<Entity>, StoreError> {
    let mut listing = Entity::find().filter(Column::Owner.eq(&owner.0));
    if let Some(mark) = page.begin(Kind::Conversations)? {
        let place = Expr::tuple([Expr::col(Column::UpdatedAt), Expr::col(Column::Id)]);
        listing =
            listing.filter(place.lt(Expr::tuple([Expr::value(mark.at), Expr::value(mark.id)])));
    }
    if let Some(needle) = Needle::new(page.query.as_deref()) {
        let said = messages::containing(&needle, Expr::col((Entity, Column::Id)));
        let named = needle.is_in((Entity, Column::Title));
        listing = listing.filter(named.add(Expr::exists(said)));
    }
    Ok(listing.order_by_desc(Column::UpdatedAt).order_by_desc(Column::Id).limit(page.limit() + 1))
}

/// The owner's latest conversation, if it went on after this moment.
pub(crate) async fn latest(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    after: DateTime<Utc>,
) -> Result<Option<ConversationId>, StoreError> {
    let latest = list(connection, owner, &Page::first(1)).await?.into_iter().next();
    Ok(latest.filter(|conversation| conversation.updated_at > after).map(|found| found.id))
}

/// Makes room for a turn's messages and returns the number of the last one. The row stays locked
/// until the transaction ends, so that no two turns are given the same numbers.
pub(crate) async fn advance(
    transaction: &impl ConnectionTrait,
    turn: &TurnRecord,
    messages: i64,
) -> Result<i64, StoreError> {
    if turn.begins && begin(transaction, &[(turn, messages)]).await? == 1 {
        return Ok(messages);
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
        update = update
            .col_expr(Column::Instructions, Expr::value(clean(instructions)))
            .col_expr(Column::PrivateInstructions, Expr::value(turn.private));
    }
    let rows = update
        .filter(within_reach(&turn.owner, turn.conversation))
        .exec_with_returning(transaction)
        .await?;
    rows.first().map(|row| row.last_seq).ok_or(StoreError::UnknownConversation)
}

/// Begins conversations, each with its first turn and room for so many messages. One that is there
/// already stays as it is; says how many were not.
pub(crate) async fn begin(
    transaction: &impl ConnectionTrait,
    turns: &[(&TurnRecord, i64)],
) -> Result<u64, StoreError> {
    let rows = turns.iter().map(|(turn, messages)| ActiveModel {
        id: Set(turn.conversation.0),
        owner: Set(turn.owner.0.clone()),
        title: Set(turn.title()),
        instructions: Set(turn.instructions.as_deref().map(clean)),
        private_instructions: Set(Some(turn.private && turn.instructions.is_some())),
        last_seq: Set(*messages),
        speed: Set(turn.delivery.map(|delivery| delivery.speed)),
        gain_db: Set(turn.delivery.map(|delivery| delivery.gain_db)),
        created_at: Set(turn.began_at),
        updated_at: Set(turn.ended_at),
        ..Default::default()
    });
    inserted(Entity::insert_many(rows).on_conflict_do_nothing(), transaction).await
}

/// Puts the summary in place, unless another one has come first.
pub(crate) async fn fold(
    transaction: &impl ConnectionTrait,
    id: ConversationId,
    fold: &Fold,
) -> Result<(), StoreError> {
    let summaries =
        [(Column::Summary, &fold.summary), (Column::PrivateSummary, &fold.private_summary)];
    let mut update = Entity::update_many();
    for (column, summary) in summaries {
        if let Some(summary) = summary {
            update = update.col_expr(column, Expr::value(clean(summary)));
        }
    }
    let updated = update
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
    /// What is remembered; none: what was remembered before.
    pub summary: Option<String>,
    /// The same of what only the engines in the program are told.
    pub private_summary: Option<String>,
}

/// Gives the conversation a title; an empty one takes it away.
pub(crate) async fn rename(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
    title: &str,
) -> Result<(), StoreError> {
    change(transaction, owner, id, Column::Title, Some(title)).await
}

/// Steers the conversation like this from now on; none takes the steering away.
pub(crate) async fn steer(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
    instructions: Option<&str>,
) -> Result<(), StoreError> {
    change(transaction, owner, id, Column::Instructions, instructions).await?;
    Entity::update_many()
        .col_expr(Column::PrivateInstructions, Expr::value(false))
        .filter(within_reach(owner, id))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn change(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
    column: Column,
    text: Option<&str>,
) -> Result<(), StoreError> {
    let text = text.map(clean).filter(|text| !text.trim().is_empty());
    let updated = Entity::update_many()
        .col_expr(column, Expr::value(text))
        .filter(within_reach(owner, id))
        .exec(transaction)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::UnknownConversation) }
}

/// The conversation, locked until the transaction ends.
pub(crate) async fn lock(
    transaction: &impl ConnectionTrait,
    owner: &Owner,
    id: ConversationId,
) -> Result<Conversation, StoreError> {
    let locked = lookup(owner, id).lock_exclusive().one(transaction).await?;
    locked.map(Conversation::from).ok_or(StoreError::UnknownConversation)
}

/// Gives back the number of the last message, which was taken away.
pub(crate) async fn step_back(
    transaction: &impl ConnectionTrait,
    id: ConversationId,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LastSeq, Expr::col(Column::LastSeq).sub(1))
        .filter(Column::Id.eq(id.0))
        .exec(transaction)
        .await?;
    Ok(())
}
