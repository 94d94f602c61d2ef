//! The table of requests that were answered already, by the key that their sender gave them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, Set};

use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::error::StoreError;
use crate::store::record::{TurnRecord, clean};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    owner: String,
    #[sea_orm(primary_key, auto_increment = false)]
    key: String,
    fingerprint: String,
    turn_id: Uuid,
    created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a repeated request is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyNote {
    /// The key that its sender gave it.
    pub key: String,
    /// What it asked for, hashed.
    pub fingerprint: String,
}

/// A request that was answered already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// What it asked for, hashed.
    pub fingerprint: String,
    /// The turn that answered it.
    pub turn: TurnId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which turns answered which requests. Of two turns that answered the same one, the later counts:
/// a key is used again after its time, or after a turn that failed.
#[derive(Default)]
pub(crate) struct Answered<'a>(BTreeMap<(String, String), (&'a TurnRecord, &'a IdempotencyNote)>);

impl<'a> Answered<'a> {
    pub(crate) fn add(&mut self, turn: &'a TurnRecord) {
        if let Some(note) = &turn.idempotency {
            self.0.insert((clean(&turn.owner.0), clean(&note.key)), (turn, note));
        }
    }

    /// Forgets what was answered by these turns.
    pub(crate) fn forget(&mut self, turns: &[TurnId]) {
        self.0.retain(|_, (turn, _)| !turns.contains(&turn.turn));
    }

    /// Writes it down, in the order of the keys.
    pub(crate) async fn write(self, transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let rows = self.0.into_iter().map(|((owner, key), (turn, note))| ActiveModel {
            owner: Set(owner),
            key: Set(key),
            fingerprint: Set(clean(&note.fingerprint)),
            turn_id: Set(turn.turn.0),
            created_at: Set(turn.ended_at),
        });
        let replace = OnConflict::columns([Column::Owner, Column::Key])
            .update_columns([Column::Fingerprint, Column::TurnId, Column::CreatedAt])
            .to_owned();
        Entity::insert_many(rows).on_conflict(replace).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// The owner's request of this key.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    owner: &Owner,
    key: &str,
) -> Result<Option<Remembered>, StoreError> {
    let row = by_key(owner, key).one(connection).await?;
    Ok(row.map(|row| Remembered {
        fingerprint: row.fingerprint,
        turn: TurnId(row.turn_id),
        at: row.created_at,
    }))
}

/// Looks a request up.
pub(crate) fn by_key(owner: &Owner, key: &str) -> Select<Entity> {
    Entity::find_by_id((clean(&owner.0), clean(key)))
}

/// Forgets what was answered before this moment.
pub(crate) async fn forget(
    transaction: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(transaction).await?;
    Ok(())
}
