//! Turns that were written down, and of which less was heard than was said.

use repartee::domain::conversation::ConversationId;
use repartee::domain::owner::Owner;
use repartee::domain::turn::TurnStatus;
use repartee::store::{Fold, Interruption, Store, StoreError, Turn, TurnRecord};

use crate::database::{Database, first_turn, next_turn};
use crate::on_both_databases;

on_both_databases! {
    memory_is_cut_to_what_was_heard,
    an_answer_nobody_heard_is_taken_away,
    an_answer_nobody_heard_leaves_no_gap,
    what_a_summary_speaks_for_stays,
    an_interruption_only_takes_away,
    a_failed_turn_stays_failed,
    a_turn_that_said_nothing_is_marked,
    a_turn_of_a_deleted_conversation_is_unknown,
}

async fn memory_is_cut_to_what_was_heard(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine. On Sundays at ten.");
    store.record(turn.clone()).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, heard("At nine.")).await.unwrap();

    assert_eq!(texts(&store, turn.conversation).await, ["When do you open?", "At nine."]);
    let kept = kept(&store, &turn).await;
    assert_eq!((kept.status, kept.spoken.as_deref()), (TurnStatus::Interrupted, Some("At nine.")));
    assert_eq!(kept.reply, turn.reply);
    let tokens = "SELECT count(*) FROM messages WHERE seq = 2 AND tokens = 6";
    assert_eq!(database.number(tokens).await, 1);
}

async fn an_answer_nobody_heard_is_taken_away(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine.");
    store.record(turn.clone()).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, Interruption::default()).await.unwrap();

    assert_eq!(texts(&store, turn.conversation).await, ["When do you open?"]);
    assert_eq!(kept(&store, &turn).await.spoken, None);
    store.record(next_turn(turn.conversation, "Hello?", "Yes?")).await.unwrap();
    assert_eq!(numbers(&store, turn.conversation).await, [1, 2, 3]);
}

async fn an_answer_nobody_heard_leaves_no_gap(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine.");
    store.record(turn.clone()).await.unwrap();
    store.record(next_turn(turn.conversation, "Hello?", "Yes?")).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, heard(" \0")).await.unwrap();

    let expected = ["When do you open?", "…", "Hello?", "Yes?"];
    assert_eq!(texts(&store, turn.conversation).await, expected);
    assert_eq!(numbers(&store, turn.conversation).await, [1, 2, 3, 4]);
    assert_eq!(kept(&store, &turn).await.spoken, None);
}

async fn what_a_summary_speaks_for_stays(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine.");
    store.record(turn.clone()).await.unwrap();
    let fold = Fold {
        after: 0,
        through: 2,
        summary: Some("Open at nine.".to_owned()),
        private_summary: None,
    };
    store.fold(turn.conversation, fold).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, Interruption::default()).await.unwrap();

    assert_eq!(texts(&store, turn.conversation).await, ["When do you open?", "At nine."]);
    let kept = kept(&store, &turn).await;
    assert_eq!((kept.status, kept.spoken), (TurnStatus::Interrupted, None));
}

async fn an_interruption_only_takes_away(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine. On Sundays at ten.");
    store.record(turn.clone()).await.unwrap();

    for more in ["At nine.", "At nine. On Sundays at ten. And I owe you money."] {
        store.interrupt(&Owner::local(), turn.turn, heard(more)).await.unwrap();
        store.interrupt(&Owner::local(), turn.turn, heard(more)).await.unwrap();
        assert_eq!(texts(&store, turn.conversation).await, ["When do you open?", "At nine."]);
    }
    store.interrupt(&Owner::local(), turn.turn, Interruption::default()).await.unwrap();
    store.interrupt(&Owner::local(), turn.turn, heard("At nine.")).await.unwrap();

    assert_eq!(texts(&store, turn.conversation).await, ["When do you open?"]);
    assert_eq!(kept(&store, &turn).await.spoken, None);
}

async fn a_failed_turn_stays_failed(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine. On Sun");
    let turn = TurnRecord { status: TurnStatus::Failed, ..turn };
    store.record(turn.clone()).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, heard("At")).await.unwrap();

    let kept = kept(&store, &turn).await;
    assert_eq!((kept.status, kept.spoken), (TurnStatus::Failed, turn.spoken));
}

async fn a_turn_that_said_nothing_is_marked(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { spoken: None, ..first_turn("When do you open?", "At nine.") };
    store.record(turn.clone()).await.unwrap();

    store.interrupt(&Owner::local(), turn.turn, Interruption::default()).await.unwrap();

    assert_eq!(kept(&store, &turn).await.status, TurnStatus::Interrupted);
    assert_eq!(numbers(&store, turn.conversation).await, [1]);
}

async fn a_turn_of_a_deleted_conversation_is_unknown(database: Database) {
    let store = database.open().await;
    let turn = first_turn("When do you open?", "At nine.");
    store.record(turn.clone()).await.unwrap();
    let gone = store.delete(&Owner::local(), turn.conversation).await.unwrap();

    let late = store.interrupt(&Owner::local(), turn.turn, Interruption::default()).await;

    assert_eq!(gone, [turn.turn]);
    assert!(matches!(late, Err(StoreError::UnknownTurn)), "{late:?}");
}

fn heard(spoken: &str) -> Interruption {
    Interruption { spoken: Some(spoken.to_owned()) }
}

async fn kept(store: &Store, turn: &TurnRecord) -> Turn {
    store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap()
}

async fn texts(store: &Store, conversation: ConversationId) -> Vec<String> {
    let messages = store.messages(conversation, 0, 100).await.unwrap();
    messages.into_iter().map(|numbered| numbered.message.text).collect()
}

/// The messages' numbers, the last of which the conversation must know.
async fn numbers(store: &Store, conversation: ConversationId) -> Vec<i64> {
    let messages = store.messages(conversation, 0, 100).await.unwrap();
    let numbers: Vec<i64> = messages.iter().map(|numbered| numbered.seq).collect();
    let kept = store.conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!(numbers.last(), Some(&kept.last_seq));
    numbers
}
