//! Conversations, their turns and what was said in them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, float_null, integer, json_binary, json_binary_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(conversations()).await?;
        manager.create_index(conversations_by_owner()).await?;
        manager.create_table(turns()).await?;
        manager.create_index(turns_by_conversation()).await?;
        manager.create_table(messages()).await?;
        manager.create_index(messages_by_turn()).await
    }
}

fn conversations() -> TableCreateStatement {
    Table::create()
        .table("conversations")
        .col(uuid("id").primary_key())
        .col(text("owner"))
        .col(text("channel").default("clip"))
        .col(text_null("title"))
        .col(text_null("instructions"))
        .col(text_null("summary"))
        .col(big_integer("summarized_through").default(0))
        .col(big_integer("last_seq").default(0))
        .col(float_null("speed"))
        .col(float_null("gain_db"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn conversations_by_owner() -> IndexCreateStatement {
    Index::create()
        .name("conversations_by_owner")
        .table("conversations")
        .col("owner")
        .col("updated_at")
        .col("id")
        .to_owned()
}

fn turns() -> TableCreateStatement {
    Table::create()
        .table("turns")
        .col(uuid("id").primary_key())
        .col(uuid("conversation_id"))
        .col(text("status"))
        .col(text_null("transcript"))
        .col(text_null("reply"))
        .col(text_null("spoken"))
        .col(text_null("language"))
        .col(text("voice"))
        .col(json_binary("engines"))
        .col(json_binary_null("receipt"))
        .col(text_null("error_stage"))
        .col(text_null("error_code"))
        .col(text_null("error_message"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut belongs_to_conversation("turns"))
        .to_owned()
}

fn turns_by_conversation() -> IndexCreateStatement {
    Index::create()
        .name("turns_by_conversation")
        .table("turns")
        .col("conversation_id")
        .col("id")
        .to_owned()
}

fn messages() -> TableCreateStatement {
    Table::create()
        .table("messages")
        .col(uuid("conversation_id"))
        .col(big_integer("seq"))
        .col(uuid("turn_id"))
        .col(text("role"))
        .col(text("text"))
        .col(integer("tokens"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("conversation_id").col("seq"))
        .foreign_key(&mut belongs_to_conversation("messages"))
        .foreign_key(
            ForeignKey::create()
                .name("messages_turn")
                .from("messages", "turn_id")
                .to("turns", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn messages_by_turn() -> IndexCreateStatement {
    Index::create().name("messages_by_turn").table("messages").col("turn_id").to_owned()
}

fn belongs_to_conversation(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_conversation"))
        .from(table, "conversation_id")
        .to("conversations", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
