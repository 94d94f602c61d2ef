//! The table of messages: what was said, in order.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Set};

use crate::domain::conversation::ConversationId;
use crate::domain::message::{Message, Role};
use crate::domain::turn::TurnId;
use crate::store::error::StoreError;
use crate::store::record::TurnRecord;
use crate::store::search::Needle;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    conversation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    seq: i64,
    turn_id: Uuid,
    role: String,
    text: String,
    tokens: i32,
    created_at: DateTimeUtc,
    private: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A message and its place in the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// What was said.
    pub message: Message,
    /// Whether only the engines in the program are told of it.
    pub private: bool,
}

impl From<Model> for Numbered {
    fn from(row: Model) -> Self {
        let role = if row.role == ASSISTANT { Role::Assistant } else { Role::User };
        let message = Message { role, text: row.text };
        Self { seq: row.seq, message, private: row.private.unwrap_or_default() }
    }
}

const USER: &str = "user";
const ASSISTANT: &str = "assistant";
/// Stands for an answer of which nothing was heard, where leaving it out would leave a gap.
const UNHEARD: &str = "…";

/// What was said in a turn, and the number that the last of it is given.
pub(crate) struct Said<'a> {
    pub(crate) turn: &'a TurnRecord,
    pub(crate) messages: Vec<Message>,
    pub(crate) last_seq: i64,
}

impl<'a> Said<'a> {
    /// What is said first in a conversation.
    pub(crate) fn first(turn: &'a TurnRecord) -> Self {
        let messages = turn.messages();
        Self { turn, last_seq: messages.len() as i64, messages }
    }
}

/// Appends what was said to the conversations.
pub(crate) async fn append(
    transaction: &impl ConnectionTrait,
    said: Vec<Said<'_>>,
) -> Result<(), StoreError> {
    let rows: Vec<_> = said.into_iter().flat_map(rows).collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    Ok(())
}

fn rows(said: Said<'_>) -> impl Iterator<Item = ActiveModel> {
    let Said { turn, messages, last_seq } = said;
    let first_seq = last_seq + 1 - messages.len() as i64;
    (first_seq..).zip(messages).map(|(seq, message)| ActiveModel {
        conversation_id: Set(turn.conversation.0),
        seq: Set(seq),
        turn_id: Set(turn.turn.0),
        role: Set(if message.role == Role::Assistant { ASSISTANT } else { USER }.to_owned()),
        tokens: Set(i32::try_from(message.tokens()).unwrap_or(i32::MAX)),
        text: Set(message.text),
        created_at: Set(turn.ended_at),
        private: Set(Some(turn.private)),
    })
}

/// The last messages after `after`, at most `limit`, the latest first.
pub(crate) async fn latest(
    connection: &impl ConnectionTrait,
    conversation: ConversationId,
    after: i64,
    limit: u64,
) -> Result<Vec<Numbered>, StoreError> {
    let rows = backwards(conversation, after, limit).all(connection).await?;
    Ok(rows.into_iter().map(Numbered::from).collect())
}

pub(crate) fn backwards(conversation: ConversationId, after: i64, limit: u64) -> Select<Entity> {
    of(conversation, after).order_by_desc(Column::Seq).limit(limit)
}

/// The first messages after `after`, at most `limit`, the oldest first.
pub(crate) async fn following(
    connection: &impl ConnectionTrait,
    conversation: ConversationId,
    after: i64,
    limit: u64,
) -> Result<Vec<Numbered>, StoreError> {
    let rows = of(conversation, after).order_by_asc(Column::Seq).limit(limit).all(connection);
    Ok(rows.await?.into_iter().map(Numbered::from).collect())
}

fn of(conversation: ConversationId, after: i64) -> Select<Entity> {
    Entity::find().filter(Column::ConversationId.eq(conversation.0)).filter(Column::Seq.gt(after))
}

/// The number of what was answered in a turn; none if memory holds no answer of it.
pub(crate) async fn answer(
    connection: &impl ConnectionTrait,
    turn: TurnId,
) -> Result<Option<i64>, StoreError> {
    Ok(answer_of(turn).one(connection).await?.map(|row| row.seq))
}

pub(crate) fn answer_of(turn: TurnId) -> Select<Entity> {
    Entity::find().filter(Column::TurnId.eq(turn.0)).filter(Column::Role.eq(ASSISTANT))
}

/// Puts this in place of what was said; an ellipsis if it is nothing.
pub(crate) async fn replace(
    transaction: &impl ConnectionTrait,
    conversation: ConversationId,
    seq: i64,
    spoken: Option<&str>,
) -> Result<(), StoreError> {
    let message = Message::assistant(spoken.unwrap_or(UNHEARD));
    let tokens = i32::try_from(message.tokens()).unwrap_or(i32::MAX);
    Entity::update_many()
        .col_expr(Column::Text, Expr::value(message.text))
        .col_expr(Column::Tokens, Expr::value(tokens))
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::Seq.eq(seq))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Takes the message of this number away.
pub(crate) async fn remove(
    transaction: &impl ConnectionTrait,
    conversation: ConversationId,
    seq: i64,
) -> Result<(), StoreError> {
    Entity::delete_by_id((conversation.0, seq)).exec(transaction).await?;
    Ok(())
}

/// Something for each message that contains the needle, in the conversation of this column.
pub(crate) fn containing(needle: &Needle, conversation: Expr) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::ConversationId)).eq(conversation))
        .cond_where(needle.is_in((Entity, Column::Text)))
        .take()
}
