//! Rows that are written unless they are there already.

use sea_orm::{ActiveModelTrait, ConnectionTrait, TryInsert, TryInsertResult};

use crate::store::error::StoreError;

/// Writes the rows, and says how many were not there already.
pub(crate) async fn inserted<A: ActiveModelTrait>(
    rows: TryInsert<A>,
    transaction: &impl ConnectionTrait,
) -> Result<u64, StoreError> {
    match rows.exec_without_returning(transaction).await? {
        TryInsertResult::Inserted(rows) => Ok(rows),
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(0),
    }
}
