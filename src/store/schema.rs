//! The schema: what the database has, against what this version knows.

use sea_orm::sea_query::Query;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::seaql_migrations::Column;

use crate::store::error::StoreError;
use crate::store::migrations::Migrator;

/// Any number, as long as every version of Repartee uses the same.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(7203384861)";

/// Brings the schema up to date in one transaction, so that a process killed in the middle leaves
/// it as it was, and one after the other, however many processes start at once.
pub(crate) async fn migrate(writer: &DatabaseConnection) -> Result<(), StoreError> {
    let transaction = writer
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(ADVISORY_LOCK).await?;
    }
    Migrator::install(&transaction).await?;
    refuse_newer(&applied(&transaction).await?)?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether the schema is the one that this version knows.
pub(crate) async fn check(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let applied = match applied(connection).await {
        Err(StoreError::Refused(_)) => return Err(StoreError::Outdated),
        applied => applied?,
    };
    refuse_newer(&applied)?;
    let known = known();
    if known.iter().all(|name| applied.contains(name)) { Ok(()) } else { Err(StoreError::Outdated) }
}

async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let query =
        Query::select().column(Column::Version).from(Migrator::migration_table_name()).take();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

fn refuse_newer(applied: &[String]) -> Result<(), StoreError> {
    let known = known();
    match applied.iter().find(|name| !known.contains(name)) {
        Some(newer) => Err(StoreError::TooNew(newer.clone())),
        None => Ok(()),
    }
}
