//! Bringing the schema up to date, also with others doing so at the same moment.

use std::env;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use repartee::domain::owner::Owner;
use repartee::store::{Store, StoreError};

use crate::database::{Database, first_turn, next_turn};
use crate::on_both_databases;

on_both_databases! {
    several_processes_migrate_at_once,
    opening_again_changes_nothing,
    a_newer_schema_is_refused,
    a_schema_that_is_not_there_is_not_ready,
    a_failed_migration_leaves_nothing_behind,
    a_killed_migration_leaves_all_or_nothing,
    an_old_database_keeps_what_it_holds,
    an_upgrade_killed_in_the_middle_leaves_old_or_new,
}

const URL: &str = "REPARTEE_TEST_MIGRATE";
/// How many tables there are after the first migration, and after all.
const OLD: i64 = 4;
const NEW: i64 = 7;

async fn several_processes_migrate_at_once(database: Database) {
    let children: Vec<Child> = (0..8).map(|_| migrating_child(&database.url)).collect();

    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    assert_eq!(database.number("SELECT count(*) FROM seaql_migrations").await, 3);
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 8);
    database.open().await.check().await.unwrap();
}

async fn opening_again_changes_nothing(database: Database) {
    let turn = first_turn("Hello.", "Good day.");
    let store = database.open().await;
    store.record(turn.clone()).await.unwrap();
    store.close().await.unwrap();

    let store = database.open().await;
    store.migrate().await.unwrap();

    store.check().await.unwrap();
    assert!(store.turn(&Owner::local(), turn.turn).await.unwrap().is_some());
}

async fn a_newer_schema_is_refused(database: Database) {
    database.open().await.close().await.unwrap();
    database.execute("INSERT INTO seaql_migrations VALUES ('m9999_tomorrow', 0)").await;

    let refused = Store::open(&database.url).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::TooNew(name) if name == "m9999_tomorrow"),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("newer version"), "{refused}");

    let store = Store::connect(&database.url).await.unwrap();
    assert!(matches!(store.check().await, Err(StoreError::TooNew(_))));
    assert!(matches!(store.migrate().await, Err(StoreError::TooNew(_))));
}

async fn a_schema_that_is_not_there_is_not_ready(database: Database) {
    let store = Store::connect(&database.url).await.unwrap();
    assert!(matches!(store.check().await, Err(StoreError::Outdated)));

    store.migrate().await.unwrap();

    store.check().await.unwrap();
}

async fn a_failed_migration_leaves_nothing_behind(database: Database) {
    database.execute("CREATE TABLE messages (mine integer)").await;

    assert!(Store::open(&database.url).await.is_err());

    assert_eq!(tables(&database).await, 1);
}

async fn a_killed_migration_leaves_all_or_nothing(database: Database) {
    for round in 0..20 {
        let mut child = migrating_child(&database.url);
        thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();

        let tables = tables(&database).await;
        assert!(tables == 0 || tables == NEW, "{tables} tables after kill {round}");
        if tables == NEW {
            database.open().await.check().await.unwrap();
            age(&database).await;
            database.execute("DROP TABLE messages").await;
            database.execute("DROP TABLE turns").await;
            database.execute("DROP TABLE conversations").await;
            database.execute("DROP TABLE seaql_migrations").await;
        }
    }
}

async fn an_old_database_keeps_what_it_holds(database: Database) {
    let turn = first_turn("Hello.", "Good day.");
    let store = database.open().await;
    store.record(turn.clone()).await.unwrap();
    store.close().await.unwrap();
    age(&database).await;

    let old = Store::connect(&database.url).await.unwrap();
    assert!(matches!(old.check().await, Err(StoreError::Outdated)));
    old.close().await.unwrap();
    let store = database.open().await;

    let kept = store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap();
    assert_eq!(kept.transcript.as_deref(), Some("Hello."));
    assert_eq!(store.messages(turn.conversation, 0, 10).await.unwrap().len(), 2);
    store.record(next_turn(turn.conversation, "Still there?", "I am.")).await.unwrap();
}

async fn an_upgrade_killed_in_the_middle_leaves_old_or_new(database: Database) {
    database.open().await.close().await.unwrap();
    for round in 0..20 {
        age(&database).await;
        let mut child = migrating_child(&database.url);
        thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();

        let tables = tables(&database).await;
        assert!(tables == OLD || tables == NEW, "{tables} tables after kill {round}");
        let store = database.open().await;
        store.check().await.unwrap();
        store.record(first_turn("Hello.", "Good day.")).await.unwrap();
        store.close().await.unwrap();
    }
}

/// Makes a database what it was before the second migration.
async fn age(database: &Database) {
    for undo in [
        "DROP TABLE idempotency",
        "DROP TABLE spending",
        "DROP TABLE api_keys",
        "DROP INDEX conversations_by_age",
        "ALTER TABLE turns DROP COLUMN audio_mime",
        "ALTER TABLE turns DROP COLUMN audio_ms",
        "ALTER TABLE turns DROP COLUMN sentences",
        "ALTER TABLE turns DROP COLUMN price_version",
        "ALTER TABLE messages DROP COLUMN private",
        "ALTER TABLE conversations DROP COLUMN private_instructions",
        "ALTER TABLE conversations DROP COLUMN private_summary",
        "DELETE FROM seaql_migrations WHERE version > 'm0002'",
    ] {
        database.execute(undo).await;
    }
}

/// Not a test of its own: what each of the processes does.
#[tokio::test]
async fn the_child_that_migrates() {
    let Ok(url) = env::var(URL) else { return };
    let store = Store::open(&url).await.unwrap();
    store.record(first_turn("Hello.", "Good day.")).await.unwrap();
    store.close().await.unwrap();
}

async fn tables(database: &Database) -> i64 {
    database
        .number(if database.folder.is_some() {
            "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        })
        .await
}

fn migrating_child(url: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "migrations::the_child_that_migrates"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}
