//! What was told to the engines in the program alone, and is told to no other.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean_null, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time. Of a default it knows nothing where an update returns
        // rows from before, so there is none: what says nothing is not private.
        for (table, column) in [
            ("messages", boolean_null("private")),
            ("conversations", boolean_null("private_instructions")),
            ("conversations", text_null("private_summary")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
