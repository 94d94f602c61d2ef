//! What the doors need: sound and prices of turns, API keys, spending, repeated requests.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, json_binary_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in sound_and_price() {
            let add = Table::alter().table("turns").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        manager.create_index(conversations_by_age()).await?;
        manager.create_table(api_keys()).await?;
        manager.create_index(api_keys_by_name()).await?;
        manager.create_table(spending()).await?;
        manager.create_table(idempotency()).await?;
        manager.create_index(idempotency_by("turn_id")).await?;
        manager.create_index(idempotency_by("created_at")).await
    }
}

fn sound_and_price() -> [ColumnDef; 4] {
    [
        text_null("audio_mime"),
        big_integer_null("audio_ms"),
        json_binary_null("sentences"),
        text_null("price_version"),
    ]
}

/// Old conversations are looked for over all owners.
fn conversations_by_age() -> IndexCreateStatement {
    Index::create().name("conversations_by_age").table("conversations").col("updated_at").to_owned()
}

fn api_keys() -> TableCreateStatement {
    Table::create()
        .table("api_keys")
        .col(uuid("id").primary_key())
        .col(text("name"))
        .col(text("hash").unique_key())
        .col(text("scopes"))
        .col(big_integer_null("daily_micro_usd"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .to_owned()
}

/// The name of a key that was removed may be given again.
fn api_keys_by_name() -> IndexCreateStatement {
    Index::create()
        .name("api_keys_by_name")
        .table("api_keys")
        .col("name")
        .unique()
        .and_where(Expr::col("removed_at").is_null())
        .to_owned()
}

fn spending() -> TableCreateStatement {
    Table::create()
        .table("spending")
        .col(text("day"))
        .col(text("payer"))
        .col(big_integer("micro_usd"))
        .primary_key(Index::create().col("day").col("payer"))
        .to_owned()
}

fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(text("owner"))
        .col(text("key"))
        .col(text("fingerprint"))
        .col(uuid("turn_id"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("owner").col("key"))
        .foreign_key(
            ForeignKey::create()
                .name("idempotency_turn")
                .from("idempotency", "turn_id")
                .to("turns", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn idempotency_by(column: &'static str) -> IndexCreateStatement {
    Index::create()
        .name(format!("idempotency_by_{column}"))
        .table("idempotency")
        .col(column)
        .to_owned()
}
