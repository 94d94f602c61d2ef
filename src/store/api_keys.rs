//! The table of API keys.

use chrono::Utc;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, NotSet, QueryOrder, Set};

use crate::domain::api_key::{ApiKey, KeyId, Scope, SecretHash};
use crate::domain::money::Usd;
use crate::store::error::StoreError;
use crate::store::record::clean;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    name: String,
    hash: String,
    scopes: String,
    daily_micro_usd: Option<i64>,
    created_at: DateTimeUtc,
    removed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for ApiKey {
    /// A scope that only a newer version knows opens nothing here.
    fn from(row: Model) -> Self {
        Self {
            id: KeyId(row.id),
            name: row.name,
            hash: SecretHash(row.hash),
            scopes: row.scopes.split(',').filter_map(|name| name.parse().ok()).collect(),
            daily_usd: row.daily_micro_usd.map(Usd),
            created_at: row.created_at,
        }
    }
}

/// All keys that were not removed, the oldest first.
pub(crate) async fn all(connection: &impl ConnectionTrait) -> Result<Vec<ApiKey>, StoreError> {
    let rows = valid().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    Ok(rows.all(connection).await?.into_iter().map(ApiKey::from).collect())
}

/// The key whose secret hashes to this.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    hash: &SecretHash,
) -> Result<Option<ApiKey>, StoreError> {
    Ok(lookup(hash).one(connection).await?.map(ApiKey::from))
}

pub(crate) fn lookup(hash: &SecretHash) -> Select<Entity> {
    valid().filter(Column::Hash.eq(&hash.0))
}

fn valid() -> Select<Entity> {
    Entity::find().filter(Column::RemovedAt.is_null())
}

/// Adds a key. Adding the same key twice is adding it once.
pub(crate) async fn add(
    transaction: &impl ConnectionTrait,
    key: &ApiKey,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key.id.0),
        name: Set(clean(&key.name)),
        hash: Set(key.hash.0.clone()),
        scopes: Set(Scope::format_list(&key.scopes)),
        daily_micro_usd: Set(key.daily_usd.map(|limit| limit.0)),
        created_at: Set(key.created_at),
        removed_at: NotSet,
    };
    let nothing = OnConflict::new().do_nothing().to_owned();
    let inserted =
        Entity::insert(row).on_conflict(nothing).exec_without_returning(transaction).await?;
    let there = inserted == 1 || Entity::find_by_id(key.id.0).one(transaction).await?.is_some();
    if there { Ok(()) } else { Err(StoreError::KeyNameTaken(key.name.clone())) }
}

/// Removes the key of this name: from now on it opens nothing.
pub(crate) async fn remove(
    transaction: &impl ConnectionTrait,
    name: &str,
) -> Result<(), StoreError> {
    let updated = Entity::update_many()
        .col_expr(Column::RemovedAt, Expr::value(Utc::now()))
        .filter(Column::Name.eq(clean(name)))
        .filter(Column::RemovedAt.is_null())
        .exec(transaction)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::UnknownKey) }
}
