//! What the store keeps, on both databases.

use std::fs;

use futures_util::future::join_all;
use repartee::domain::conversation::ConversationId;
use repartee::domain::delivery::Delivery;
use repartee::domain::message::Message;
use repartee::domain::owner::Owner;
use repartee::domain::turn::{TurnId, TurnStatus};
use repartee::pipeline::engine::{EngineName, Usage};
use repartee::pipeline::error::Stage;
use repartee::pipeline::receipt::{Receipt, StageReceipt};
use repartee::store::{
    Engines, Failure, Fold, Page, Recall, Store, StoreError, TurnRecord, Window,
};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::database::{Database, administer, first_turn, moment, next_turn, rows};
use crate::on_both_databases;

on_both_databases! {
    a_turn_is_kept_with_all_that_it_was,
    a_turn_written_twice_is_there_once,
    a_bad_turn_fails_alone,
    turns_at_once_are_numbered_without_gaps,
    only_what_was_said_aloud_is_remembered,
    a_failed_turn_says_why,
    recall_ends_at_the_budget,
    recall_begins_with_the_person,
    a_summary_takes_the_place_of_its_messages,
    of_two_summaries_the_first_one_stays,
    somebody_elses_conversation_is_unknown,
    a_deleted_conversation_is_gone,
    a_turn_of_a_deleted_conversation_is_no_new_beginning,
    the_latest_conversation_is_found,
    a_conversation_is_called_by_its_first_words,
    a_title_can_be_given,
    the_way_of_speaking_stays,
    any_text_can_be_kept,
    all_that_waits_is_written_before_closing,
    long_histories_are_read_by_index,
}

const WIDE: Window = Window { tokens: 100_000, messages: 1000 };

async fn a_turn_is_kept_with_all_that_it_was(database: Database) {
    let store = database.open().await;
    let engines = Engines::from(&receipt());
    let turn =
        TurnRecord { engines, receipt: Some(receipt()), ..first_turn("Hello.", "Good day.") };

    store.record(turn.clone()).await.unwrap();

    let kept = store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap();
    assert_eq!(kept.conversation, turn.conversation);
    assert_eq!(kept.status, TurnStatus::Finished);
    assert_eq!(kept.transcript, turn.heard);
    assert_eq!(kept.reply, turn.reply);
    assert_eq!(kept.receipt, turn.receipt);
    assert_eq!(kept.engines.thinking, Some(scripted()));
    assert_eq!(kept.created_at, turn.began_at);
    assert_eq!(kept.finished_at, Some(turn.ended_at));
    assert_eq!(
        store.turns(&Owner::local(), turn.conversation, Page::first(10)).await.unwrap().items.len(),
        1
    );
}

async fn a_turn_written_twice_is_there_once(database: Database) {
    let store = database.open().await;
    let turn = first_turn("Hello.", "Good day.");

    store.record(turn.clone()).await.unwrap();
    store.record(turn.clone()).await.unwrap();

    let recall = recall(&store, turn.conversation, WIDE).await;
    assert_eq!(recall.messages.len(), 2);
    assert_eq!(recall.conversation.last_seq, 2);
}

async fn a_bad_turn_fails_alone(database: Database) {
    let store = database.open().await;
    let good = [first_turn("One.", "1"), first_turn("Two.", "2")];
    let bad = next_turn(ConversationId::new(), "Lost.", "Nowhere.");
    let all = [good[0].clone(), bad.clone(), good[1].clone()];

    let answers = join_all(all.map(|turn| store.record(turn))).await;

    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(StoreError::UnknownConversation)), "{answers:?}");
    assert!(store.turn(&Owner::local(), good[0].turn).await.unwrap().is_some());
    assert!(store.turn(&Owner::local(), good[1].turn).await.unwrap().is_some());
    assert!(store.turn(&Owner::local(), bad.turn).await.unwrap().is_none());
}

async fn turns_at_once_are_numbered_without_gaps(database: Database) {
    let stores = [database.open().await, database.open().await];
    let first = first_turn("Hello.", "Good day.");
    stores[0].record(first.clone()).await.unwrap();

    let many = (0..64).map(|index| {
        let turn = next_turn(first.conversation, &format!("Heard {index}."), "Said.");
        stores[index % 2].record(turn)
    });
    for answer in join_all(many).await {
        answer.unwrap();
    }

    let messages = stores[0].messages(first.conversation, 0, 1000).await.unwrap();
    let numbers: Vec<i64> = messages.iter().map(|numbered| numbered.seq).collect();
    assert_eq!(numbers, (1..=130).collect::<Vec<i64>>());
    let alternating = messages.chunks(2).all(|pair| pair[0].message.role != pair[1].message.role);
    assert!(alternating, "two turns were mixed up");
}

async fn only_what_was_said_aloud_is_remembered(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord {
        status: TurnStatus::Interrupted,
        spoken: Some("We open at nine.".to_owned()),
        ..first_turn("When do you open?", "We open at nine. On Sundays we are closed.")
    };

    store.record(turn.clone()).await.unwrap();

    let recall = recall(&store, turn.conversation, WIDE).await;
    let expected = [Message::user("When do you open?"), Message::assistant("We open at nine.")];
    assert_eq!(recall.messages, expected);
    let kept = store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap();
    assert_eq!(kept.status, TurnStatus::Interrupted);
    assert_eq!(kept.reply, turn.reply);
}

async fn a_failed_turn_says_why(database: Database) {
    let store = database.open().await;
    let failure = Failure {
        stage: Some(Stage::Thinking),
        code: "engine_timeout".to_owned(),
        message: "thinking took longer than 5 s".to_owned(),
    };
    let turn = TurnRecord {
        status: TurnStatus::Failed,
        reply: None,
        spoken: None,
        failure: Some(failure.clone()),
        ..first_turn("Hello?", "")
    };

    store.record(turn.clone()).await.unwrap();

    let kept = store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.failure), (TurnStatus::Failed, Some(failure)));
    assert_eq!(recall(&store, turn.conversation, WIDE).await.messages, [Message::user("Hello?")]);
}

async fn recall_ends_at_the_budget(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 20).await;
    let exchange = Message::user("Heard 19.").tokens() + Message::assistant("Said 19.").tokens();

    let narrow = Window { tokens: exchange * 2, messages: 1000 };
    let recall = recall(&store, conversation, narrow).await;

    let expected = ["Heard 18.", "Said 18.", "Heard 19.", "Said 19."];
    assert_eq!(texts(&recall), expected);
    assert_eq!(recall.tokens, exchange * 2);
    assert!(recall.has_gap());
}

async fn recall_begins_with_the_person(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 20).await;

    let recall = recall(&store, conversation, Window { tokens: 100_000, messages: 3 }).await;

    assert_eq!(texts(&recall), ["Heard 19.", "Said 19."]);
    assert_eq!(recall.first_seq, 39);
}

async fn a_summary_takes_the_place_of_its_messages(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 4).await;
    let fold = Fold {
        after: 0,
        through: 6,
        summary: Some("They counted.".to_owned()),
        private_summary: None,
    };

    store.fold(conversation, fold).await.unwrap();

    let recall = recall(&store, conversation, WIDE).await;
    assert_eq!(recall.conversation.summary.as_deref(), Some("They counted."));
    assert_eq!(texts(&recall), ["Heard 3.", "Said 3."]);
    assert!(!recall.has_gap());
}

async fn of_two_summaries_the_first_one_stays(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 4).await;
    let fold = |through, summary: &str| Fold {
        after: 0,
        through,
        summary: Some(summary.to_owned()),
        private_summary: None,
    };

    store.fold(conversation, fold(4, "First.")).await.unwrap();
    let second = store.fold(conversation, fold(6, "Second.")).await;
    let beyond = store.fold(conversation, Fold { after: 4, ..fold(9, "Beyond.") }).await;

    assert!(matches!(second, Err(StoreError::Overtaken)), "{second:?}");
    assert!(matches!(beyond, Err(StoreError::Overtaken)), "{beyond:?}");
    let kept = store.conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!((kept.summary.as_deref(), kept.summarized_through), (Some("First."), 4));
}

async fn somebody_elses_conversation_is_unknown(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 1).await;
    let stranger = Owner("stranger".to_owned());
    let intrusion = TurnRecord { owner: stranger.clone(), ..next_turn(conversation, "Hi.", "Hm.") };

    let refused = [
        store.conversation(&stranger, conversation).await.err(),
        store.recall(&stranger, conversation, WIDE).await.err(),
        store.rename(&stranger, conversation, "Mine").await.err(),
        store.delete(&stranger, conversation).await.err(),
        store.record(intrusion).await.err(),
    ];

    for answer in refused {
        assert!(matches!(answer, Some(StoreError::UnknownConversation)), "{answer:?}");
    }
    assert_eq!(recall(&store, conversation, WIDE).await.messages.len(), 2);
    assert!(store.conversations(&stranger, Page::first(10)).await.unwrap().items.is_empty());
}

async fn a_deleted_conversation_is_gone(database: Database) {
    let store = database.open().await;
    let first = first_turn("My canary is called Piccolo.", "Piccolo is a fine name.");
    store.record(first.clone()).await.unwrap();
    for _ in 0..200 {
        store.record(next_turn(first.conversation, "Piccolo again.", "Piccolo!")).await.unwrap();
    }
    let fold = Fold {
        after: 0,
        through: 10,
        summary: Some("The canary is Piccolo.".to_owned()),
        private_summary: None,
    };
    store.fold(first.conversation, fold).await.unwrap();

    store.delete(&Owner::local(), first.conversation).await.unwrap();

    let gone = store.conversation(&Owner::local(), first.conversation).await;
    assert!(matches!(gone, Err(StoreError::UnknownConversation)));
    assert!(store.turn(&Owner::local(), first.turn).await.unwrap().is_none());
    assert_eq!(database.number("SELECT count(*) FROM messages").await, 0);
    for file in files(&database) {
        let traces = file.1.windows(7).filter(|bytes| bytes == b"Piccolo").count();
        assert_eq!(traces, 0, "{} still remembers", file.0);
    }
}

async fn a_turn_of_a_deleted_conversation_is_no_new_beginning(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 1).await;
    store.delete(&Owner::local(), conversation).await.unwrap();

    let late = store.record(next_turn(conversation, "Still here?", "No.")).await;

    assert!(matches!(late, Err(StoreError::UnknownConversation)), "{late:?}");
    assert!(store.conversations(&Owner::local(), Page::first(10)).await.unwrap().items.is_empty());
}

async fn the_latest_conversation_is_found(database: Database) {
    let store = database.open().await;
    let old = TurnRecord { ended_at: moment(10), ..first_turn("Old.", "Yes.") };
    let new = TurnRecord { ended_at: moment(20), ..first_turn("New.", "Yes.") };
    store.record(new.clone()).await.unwrap();
    store.record(old.clone()).await.unwrap();

    let owner = Owner::local();
    assert_eq!(store.latest(&owner, moment(0)).await.unwrap(), Some(new.conversation));
    assert_eq!(store.latest(&owner, moment(20)).await.unwrap(), None);
    let listed = store.conversations(&owner, Page::first(10)).await.unwrap().items;
    let ids: Vec<ConversationId> = listed.iter().map(|conversation| conversation.id).collect();
    assert_eq!(ids, [new.conversation, old.conversation]);

    let continued =
        TurnRecord { ended_at: moment(30), ..next_turn(old.conversation, "On.", "Yes.") };
    store.record(continued).await.unwrap();
    assert_eq!(store.latest(&owner, moment(0)).await.unwrap(), Some(old.conversation));
}

async fn a_conversation_is_called_by_its_first_words(database: Database) {
    let store = database.open().await;
    let long = "When do you open on Sundays, and do you deliver to the other side of the river?";
    let unspaced = "你".repeat(100);
    let called = async |heard: &str| {
        let first = first_turn(heard, "Yes.");
        store.record(first.clone()).await.unwrap();
        let next = next_turn(first.conversation, "And then?", "No.");
        store.record(next).await.unwrap();
        store.conversation(&Owner::local(), first.conversation).await.unwrap().title
    };

    assert_eq!(called(" What  time is it? ").await.as_deref(), Some("What time is it?"));
    let shortened = called(long).await.unwrap();
    assert_eq!(shortened, "When do you open on Sundays, and do you deliver to the…");
    assert_eq!(called(&unspaced).await.unwrap(), format!("{}…", "你".repeat(59)));
}

async fn a_title_can_be_given(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 1).await;

    store.rename(&Owner::local(), conversation, "Counting").await.unwrap();

    let kept = store.conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!(kept.title.as_deref(), Some("Counting"));
    assert_eq!(kept.channel, "clip");
}

async fn the_way_of_speaking_stays(database: Database) {
    let store = database.open().await;
    let slower = Delivery { speed: 0.75, gain_db: -3.0 };
    let turn = TurnRecord {
        delivery: Some(slower),
        instructions: Some("Be brief.".to_owned()),
        ..first_turn("Slower, please.", "Of course.")
    };
    store.record(turn.clone()).await.unwrap();
    store.record(next_turn(turn.conversation, "Thanks.", "Gladly.")).await.unwrap();

    let kept = store.conversation(&Owner::local(), turn.conversation).await.unwrap();
    assert_eq!(kept.delivery, Some(slower));
    assert_eq!(kept.instructions.as_deref(), Some("Be brief."));
}

async fn any_text_can_be_kept(database: Database) {
    let store = database.open().await;
    let odd = "nul \0, quotes ' \" ` ; emoji 🦜, שלום, नमस्ते, \u{202e}mirrored, \r\n";
    let turn = first_turn(odd, odd);

    store.record(turn.clone()).await.unwrap();

    let clean = odd.replace('\0', "");
    let expected = [Message::user(clean.clone()), Message::assistant(clean)];
    assert_eq!(recall(&store, turn.conversation, WIDE).await.messages, expected);
}

async fn all_that_waits_is_written_before_closing(database: Database) {
    let store = database.open().await;
    let turns: Vec<TurnRecord> = (0..100).map(|_| first_turn("Hello.", "Good day.")).collect();

    let writing = join_all(turns.iter().map(|turn| store.record(turn.clone())));
    let (answers, closed) = tokio::join!(writing, store.close());

    closed.unwrap();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(matches!(store.record(first_turn("Late.", "No.")).await, Err(StoreError::Closed)));
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 100);
}

async fn long_histories_are_read_by_index(database: Database) {
    let store = database.open().await;
    let conversation = talk(&store, 200).await;
    let connection = database.connect().await;
    let id = conversation.0;
    let (explain, blob) = if database.folder.is_some() {
        ("EXPLAIN QUERY PLAN", format!("x'{}'", id.simple()))
    } else {
        ("SET enable_seqscan = off; EXPLAIN", format!("'{id}'"))
    };
    let query = format!(
        "SELECT * FROM messages WHERE conversation_id = {blob} AND seq > 0 ORDER BY seq DESC LIMIT 10"
    );
    if let Some((setting, _)) = explain.split_once("; ") {
        rows(&connection, setting).await;
    }
    let plan =
        rows(&connection, &format!("{} {query}", explain.rsplit("; ").next().unwrap())).await;
    let plan: Vec<String> = plan
        .iter()
        .map(|row| row.try_get_by_index(3).or_else(|_| row.try_get_by_index(0)).unwrap())
        .collect();
    let plan = plan.join("\n");

    let indexed = plan.contains("USING INDEX") || plan.contains("Index Scan Backward");
    assert!(indexed && !plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
}

#[tokio::test]
async fn turns_at_once_share_one_commit() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    store.delete(&Owner::local(), talk(&store, 1).await).await.unwrap(); // empties the log

    let turns = (0..64).map(|_| store.record(first_turn("Hello.", "Good day.")));
    let answers = join_all(turns).await;

    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(commits_in_log(&database), 1);
}

#[tokio::test]
async fn a_turn_outlives_a_lost_connection() {
    let database = Database::postgres().await;
    let store = database.open().await;
    let conversation = talk(&store, 1).await;
    hang_up_on_all(&database).await;

    let turn = next_turn(conversation, "Still there?", "I am.");
    store.record(turn.clone()).await.unwrap();

    assert!(store.turn(&Owner::local(), turn.turn).await.unwrap().is_some());
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_turn_waits_for_a_database_that_comes_back() {
    let database = Database::postgres().await;
    let store = database.open().await;
    let conversation = talk(&store, 1).await;
    let (name, turn) = (database.name().to_owned(), next_turn(conversation, "Hello?", "Here."));
    administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    hang_up_on_all(&database).await;

    let waiting = tokio::spawn({
        let (store, turn) = (store.clone(), turn.clone());
        async move { store.record(turn).await }
    });
    assert!(
        store.turn(&Owner::local(), TurnId::new()).await.is_err(),
        "the database is still there"
    );
    administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;

    waiting.await.unwrap().unwrap();
    assert_eq!(
        store.turns(&Owner::local(), conversation, Page::first(10)).await.unwrap().items[0].id,
        turn.turn
    );
}

#[tokio::test]
async fn a_database_held_by_another_program_is_busy() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    let other = database.connect().await;
    sea_orm::ConnectionTrait::execute_unprepared(&other, "BEGIN IMMEDIATE").await.unwrap();

    let refused = store.record(first_turn("Hello.", "Good day.")).await;
    assert!(matches!(refused, Err(StoreError::Busy(_))), "{refused:?}");

    sea_orm::ConnectionTrait::execute_unprepared(&other, "ROLLBACK").await.unwrap();
    store.record(first_turn("Hello.", "Good day.")).await.unwrap();
    store.check().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::sqlite().await;
    let store = database.open().await;
    talk(&store, 1).await;

    for entry in fs::read_dir(database.folder.as_ref().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_server_gives_up_reading_what_is_locked() {
    let database = Database::postgres().await;
    let store = database.open().await;
    let locked = database.connect().await.begin().await.unwrap();
    locked.execute_unprepared("LOCK TABLE conversations").await.unwrap();

    let read = store.conversations(&Owner::local(), Page::first(1)).await;

    assert!(matches!(read, Err(StoreError::Unreachable(_))), "{read:?}");
    locked.rollback().await.unwrap();
    store.conversations(&Owner::local(), Page::first(1)).await.unwrap();
}

#[tokio::test]
async fn a_url_of_another_kind_is_refused_without_repeating_it() {
    for url in ["mysql://root:secret@localhost/db", "secret.db", "sqlite::memory:"] {
        let refused = Store::connect(url).await.unwrap_err();
        assert!(matches!(refused, StoreError::Url(_)), "{refused:?}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}

#[tokio::test]
async fn a_store_does_not_show_its_password() {
    let database = Database::postgres().await;
    let url = database.url.replace("postgres@", "postgres:secret@");
    let store = Store::connect(&url).await.unwrap();

    assert!(!format!("{store:?}").contains("secret"));
}

/// A conversation of so many exchanges.
async fn talk(store: &Store, exchanges: usize) -> ConversationId {
    let conversation = ConversationId::new();
    for index in 0..exchanges {
        let (heard, said) = (format!("Heard {index}."), format!("Said {index}."));
        let turn = next_turn(conversation, &heard, &said);
        store.record(TurnRecord { begins: index == 0, ..turn }).await.unwrap();
    }
    conversation
}

async fn recall(store: &Store, conversation: ConversationId, window: Window) -> Recall {
    store.recall(&Owner::local(), conversation, window).await.unwrap()
}

fn texts(recall: &Recall) -> Vec<&str> {
    recall.messages.iter().map(|message| message.text.as_str()).collect()
}

/// All files of a SQLite database, with their bytes.
fn files(database: &Database) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = &database.folder else { return Vec::new() };
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

/// How many commits the write-ahead log holds: each ends with a frame that names the database's
/// size in pages. The frames' salt tells them from leftovers of an earlier round.
fn commits_in_log(database: &Database) -> usize {
    let (_, log) = files(database).into_iter().find(|(name, _)| name.ends_with("-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let page = number(8) as usize;
    let frames = (32..log.len()).step_by(24 + page);
    frames.filter(|&at| log[at + 8..at + 16] == log[16..24] && number(at + 4) != 0).count()
}

async fn hang_up_on_all(database: &Database) {
    administer(&format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
        database.name()
    ))
    .await;
}

fn scripted() -> EngineName {
    EngineName { engine: "scripted".to_owned(), model: "one".to_owned() }
}

fn receipt() -> Receipt {
    let stage = StageReceipt { engine: scripted(), start_ms: 0.5, first_ms: 1.25, last_ms: 2.75 };
    Receipt {
        thinking: Some(stage),
        total_ms: 3.5,
        characters: 9,
        usage: Some(Usage { input_tokens: 12, output_tokens: 3 }),
        ..Receipt::default()
    }
}
