//! How SQLite means to answer what is asked often: by an index, and without sorting.

use chrono::Utc;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryTrait, Select, Statement,
};
use tempfile::TempDir;

use crate::domain::api_key::Secret;
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::page::{Kind, Listed, Mark, Page};
use crate::store::{Store, api_keys, conversations, idempotency, messages, silent, turns};

#[tokio::test]
async fn what_is_asked_often_is_answered_by_an_index() {
    let planner = Planner::new().await;
    let (owner, conversation, turn) = (Owner::local(), ConversationId::new(), TurnId::new());
    let found = conversations::lookup(&owner, conversation);
    let latest = conversations::listing(&owner, &Page::first(1)).unwrap();
    let said = messages::backwards(conversation, 7, 64);
    let listed = turns::listing(conversation, &Page::first(20)).unwrap();
    let hash = Secret::shown("rk_").hash();

    let plans = [
        (planner.plan(found).await, "sqlite_autoindex_conversations_1 (id=?)"),
        (planner.plan(latest).await, "conversations_by_owner (owner=?)"),
        (planner.plan(said).await, "sqlite_autoindex_messages_1 (conversation_id=? AND seq>?)"),
        (planner.plan(turns::lookup(turn)).await, "sqlite_autoindex_turns_1 (id=?)"),
        (planner.plan(listed).await, "turns_by_conversation (conversation_id=?)"),
        (planner.plan(messages::answer_of(turn)).await, "messages_by_turn (turn_id=?)"),
        (
            planner.plan(idempotency::by_key(&owner, "k")).await,
            "sqlite_autoindex_idempotency_1 (owner=? AND key=?)",
        ),
        (planner.plan(silent::search(Utc::now(), 64)).await, "conversations_by_age (updated_at<?)"),
        (planner.plan(api_keys::lookup(&hash)).await, "sqlite_autoindex_api_keys_2 (hash=?)"),
    ];

    for (plan, index) in plans {
        assert_indexed(&plan, &[index]);
    }
}

#[tokio::test]
async fn a_later_page_begins_where_the_one_before_ended() {
    let planner = Planner::new().await;
    let conversation = ConversationId::new();
    let page = |kind| Page::first(1).after(&cursor(kind));

    let listed = conversations::listing(&Owner::local(), &page(Kind::Conversations)).unwrap();
    let turns = turns::listing(conversation, &page(Kind::Turns)).unwrap();

    let plan = planner.plan(listed).await;
    assert_indexed(&plan, &["conversations_by_owner (owner=? AND (updated_at,id)<(?,?))"]);
    let plan = planner.plan(turns).await;
    assert_indexed(&plan, &["turns_by_conversation (conversation_id=? AND id<?)"]);
}

#[tokio::test]
async fn a_search_looks_through_ones_own_conversations_alone() {
    let planner = Planner::new().await;
    let page = Page::first(20).containing("canary");

    let plan = planner.plan(conversations::listing(&Owner::local(), &page).unwrap()).await;

    let own = "conversations_by_owner (owner=?)";
    let said = "sqlite_autoindex_messages_1 (conversation_id=?)";
    assert_indexed(&plan, &[own, said]);
}

struct Planner {
    connection: DatabaseConnection,
    _folder: TempDir,
}

impl Planner {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("repartee.db").display());
        Self { connection: Store::open(&url).await.unwrap().readers, _folder: folder }
    }

    async fn plan<E: EntityTrait>(&self, query: Select<E>) -> String {
        let mut statement: Statement = query.build(DbBackend::Sqlite);
        statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let rows = self.connection.query_all_raw(statement).await.unwrap();
        let steps = rows.iter().map(|row| row.try_get_by_index::<String>(3).unwrap());
        steps.collect::<Vec<_>>().join("\n")
    }
}

fn assert_indexed(plan: &str, indexes: &[&str]) {
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    for index in indexes {
        assert!(plan.contains(&format!("INDEX {index}")), "{index} is not in: {plan}");
    }
}

/// A cursor to some place.
fn cursor(kind: Kind) -> String {
    let mark = |id: &TurnId| Mark { kind, at: Utc::now(), id: id.0 };
    let listed = Listed::of(vec![TurnId::new(), TurnId::new()], &Page::first(1), mark);
    listed.next_cursor.unwrap()
}
