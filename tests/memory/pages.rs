//! Lists by the page, search in them, and who sees what.

use std::collections::BTreeSet;

use repartee::domain::conversation::ConversationId;
use repartee::domain::message::Message;
use repartee::domain::owner::Owner;
use repartee::domain::turn::TurnId;
use repartee::store::{Interruption, Page, Store, StoreError, TurnRecord, Window};
use uuid::Uuid;

use crate::database::{Database, first_turn, moment, next_turn};
use crate::on_both_databases;

on_both_databases! {
    the_pages_show_every_conversation_once_while_others_begin,
    conversations_of_the_same_moment_are_told_apart,
    the_pages_show_every_turn_once_while_others_are_taken,
    a_forged_cursor_is_refused,
    a_title_or_what_was_said_is_found_in_any_case,
    wildcards_are_searched_for_as_they_are,
    a_search_goes_on_over_pages,
    a_long_search_is_no_error,
    somebody_else_sees_nothing_of_anything,
    a_conversation_of_anyone_is_reached_by_its_id_alone,
    a_visitor_goes_on_with_a_conversation_of_anyone,
    instructions_can_be_given_and_taken_away,
    old_conversations_are_purged,
}

async fn the_pages_show_every_conversation_once_while_others_begin(database: Database) {
    let store = database.open().await;
    let mut expected = Vec::new();
    for second in 0..25 {
        expected.push(begin(&store, "Hello.", second * 3).await);
    }
    expected.reverse();

    let (mut page, mut seen, mut late) = (Page::first(4), Vec::new(), 100);
    loop {
        let listed = store.conversations(&Owner::local(), page.clone()).await.unwrap();
        seen.extend(listed.items.iter().map(|conversation| conversation.id));
        begin(&store, "I am new.", late).await;
        late += 1;
        let Some(cursor) = listed.next_cursor else { break };
        page = Page::first(4).after(&cursor);
    }

    assert_eq!(seen, expected);
}

async fn conversations_of_the_same_moment_are_told_apart(database: Database) {
    let store = database.open().await;
    for _ in 0..7 {
        begin(&store, "Hello.", 5).await;
    }

    let seen = walk(&store, Page::first(2)).await;

    assert_eq!(seen.len(), 7);
    assert_eq!(seen.iter().map(|id| id.0).collect::<BTreeSet<Uuid>>().len(), 7);
}

async fn the_pages_show_every_turn_once_while_others_are_taken(database: Database) {
    let store = database.open().await;
    let first = first_turn("Hello.", "Good day.");
    let conversation = first.conversation;
    let mut expected = vec![first.turn];
    store.record(first).await.unwrap();
    for _ in 0..10 {
        let turn = next_turn(conversation, "And?", "So.");
        expected.push(turn.turn);
        store.record(turn).await.unwrap();
    }
    expected.reverse();

    let (mut page, mut seen) = (Page::first(3), Vec::new());
    loop {
        let listed = store.turns(&Owner::local(), conversation, page.clone()).await.unwrap();
        seen.extend(listed.items.iter().map(|turn| turn.id));
        store.record(next_turn(conversation, "New.", "Yes.")).await.unwrap();
        let Some(cursor) = listed.next_cursor else { break };
        page = Page::first(3).after(&cursor);
    }

    assert_eq!(seen, expected);
}

async fn a_forged_cursor_is_refused(database: Database) {
    let store = database.open().await;
    let owner = Owner::local();
    let conversation = begin(&store, "Hello.", 0).await;
    begin(&store, "Hello.", 1).await;
    let page = store.conversations(&owner, Page::first(1)).await.unwrap();
    let cursor = page.next_cursor.unwrap();

    let refused = [
        store.conversations(&owner, Page::first(1).after("x' OR 1=1")).await.err(),
        store.conversations(&owner, Page::first(1).after("")).await.err(),
        store.conversations(&Owner::anyone(), Page::first(1).after("?")).await.err(),
        store.turns(&owner, conversation, Page::first(1).after(&cursor)).await.err(),
    ];

    for answer in refused {
        assert!(matches!(answer, Some(StoreError::BadCursor)), "{answer:?}");
    }
}

async fn a_title_or_what_was_said_is_found_in_any_case(database: Database) {
    let store = database.open().await;
    let titled = begin(&store, "Hello.", 1).await;
    store.rename(&Owner::local(), titled, "Übergabe in Łódź").await.unwrap();
    let said = begin(&store, "Where is the ÉLAN of my youth?", 2).await;
    begin(&store, "Nothing of interest.", 3).await;

    for query in ["übergabe", "ÜBERGABE IN", "Übergabe", "in łódź", "IN ŁÓDŹ", " bergabe "]
    {
        assert_eq!(walk(&store, Page::first(9).containing(query)).await, [titled], "{query}");
    }
    for query in ["élan", "Élan", "OF MY youth"] {
        assert_eq!(walk(&store, Page::first(9).containing(query)).await, [said], "{query}");
    }
    assert!(walk(&store, Page::first(9).containing("elan vital")).await.is_empty());
    assert_eq!(walk(&store, Page::first(9).containing("  ")).await.len(), 3);

    let mine = Owner::local();
    let found = store.turns(&mine, said, Page::first(9).containing("YOUTH")).await.unwrap();
    assert_eq!(found.items.len(), 1);
    let found = store.turns(&mine, said, Page::first(9).containing("age")).await.unwrap();
    assert!(found.items.is_empty());
}

async fn wildcards_are_searched_for_as_they_are(database: Database) {
    let store = database.open().await;
    begin(&store, "Half is 500 of a thousand.", 1).await;
    let percent = begin(&store, "Half is 50% of all!", 2).await;
    let odd = begin(&store, r"A file_name\in 'quotes'", 3).await;

    for (query, expected) in
        [("50%", percent), ("%", percent), ("e_n", odd), (r"\", odd), ("n 'q", odd), ("!", percent)]
    {
        assert_eq!(walk(&store, Page::first(9).containing(query)).await, [expected], "{query}");
    }
}

async fn a_search_goes_on_over_pages(database: Database) {
    let store = database.open().await;
    for second in 0..12 {
        begin(&store, if second % 2 == 0 { "A canary." } else { "A cat." }, second).await;
    }

    assert_eq!(walk(&store, Page::first(2).containing("CANARY")).await.len(), 6);
}

async fn a_long_search_is_no_error(database: Database) {
    let store = database.open().await;
    begin(&store, "Hello.", 0).await;

    let odd = format!("nul \0 {}", "ß%".repeat(100_000));
    assert!(walk(&store, Page::first(2).containing(&odd)).await.is_empty());
}

async fn somebody_else_sees_nothing_of_anything(database: Database) {
    let store = database.open().await;
    let turn = first_turn("My canary is called Piccolo.", "A fine name.");
    let (id, conversation) = (turn.turn, turn.conversation);
    store.record(turn).await.unwrap();

    for stranger in [Owner::anyone(), Owner::visitor(Uuid::new_v4()), Owner("lo%l".to_owned())] {
        let window = Window { tokens: 100, messages: 10 };
        let late = TurnRecord { owner: stranger.clone(), ..next_turn(conversation, "Hi.", "Hm.") };
        let refused = [
            store.conversation(&stranger, conversation).await.err(),
            store.recall(&stranger, conversation, window).await.err(),
            store.turns(&stranger, conversation, Page::first(9)).await.err(),
            store.rename(&stranger, conversation, "Mine").await.err(),
            store.steer(&stranger, conversation, None).await.err(),
            store.delete(&stranger, conversation).await.err(),
            store.record(late).await.err(),
        ];
        for answer in refused {
            assert!(matches!(answer, Some(StoreError::UnknownConversation)), "{answer:?}");
        }
        let interrupted = store.interrupt(&stranger, id, Interruption::default()).await;
        assert!(matches!(interrupted, Err(StoreError::UnknownTurn)), "{interrupted:?}");
        assert_eq!(store.turn(&stranger, id).await.unwrap(), None);
        assert_eq!(store.latest(&stranger, moment(-9)).await.unwrap(), None);
        for page in [Page::first(9), Page::first(9).containing("Piccolo")] {
            assert!(store.conversations(&stranger, page).await.unwrap().items.is_empty());
        }
    }
    let kept = store.turn(&Owner::local(), id).await.unwrap().unwrap();
    assert_eq!(kept.spoken.as_deref(), Some("A fine name."));
}

async fn a_conversation_of_anyone_is_reached_by_its_id_alone(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { owner: Owner::anyone(), ..first_turn("Hello.", "Good day.") };
    store.record(turn.clone()).await.unwrap();

    for owner in [Owner::anyone(), Owner::local(), Owner::visitor(Uuid::new_v4())] {
        let kept = store.conversation(&owner, turn.conversation).await.unwrap();
        assert_eq!(kept.owner, Owner::anyone());
        assert!(store.turn(&owner, turn.turn).await.unwrap().is_some());
        let turns = store.turns(&owner, turn.conversation, Page::first(9)).await.unwrap();
        assert_eq!(turns.items.len(), 1);
        let listed = store.conversations(&owner, Page::first(9)).await.unwrap();
        assert!(listed.items.is_empty(), "{owner:?} may look through what is nobody's");
        assert_eq!(store.latest(&owner, moment(-9)).await.unwrap(), None);
    }
}

async fn a_visitor_goes_on_with_a_conversation_of_anyone(database: Database) {
    let store = database.open().await;
    let visitor = Owner::visitor(Uuid::new_v4());
    let first = TurnRecord { owner: Owner::anyone(), ..first_turn("Hello.", "Good day.") };
    store.record(first.clone()).await.unwrap();

    let next = next_turn(first.conversation, "Me again.", "So it is.");
    store.record(TurnRecord { owner: visitor.clone(), ..next }).await.unwrap();

    let window = Window { tokens: 1000, messages: 10 };
    let recalled = store.recall(&visitor, first.conversation, window).await.unwrap();
    assert_eq!(recalled.messages.len(), 4);
    assert_eq!(recalled.messages[2], Message::user("Me again."));
    assert_eq!(recalled.conversation.owner, Owner::anyone());
}

async fn instructions_can_be_given_and_taken_away(database: Database) {
    let store = database.open().await;
    let owner = Owner::local();
    let conversation = begin(&store, "Hello.", 0).await;

    store.steer(&owner, conversation, Some("Be brief.".to_owned())).await.unwrap();
    store.rename(&owner, conversation, "Brief").await.unwrap();
    let kept = store.conversation(&owner, conversation).await.unwrap();
    assert_eq!(kept.instructions.as_deref(), Some("Be brief."));
    assert_eq!(kept.title.as_deref(), Some("Brief"));

    store.steer(&owner, conversation, None).await.unwrap();
    store.rename(&owner, conversation, " ").await.unwrap();
    let kept = store.conversation(&owner, conversation).await.unwrap();
    assert_eq!((kept.instructions, kept.title), (None, None));
}

async fn old_conversations_are_purged(database: Database) {
    let store = database.open().await;
    let mut old = BTreeSet::new();
    for index in 0..150 {
        let owner = Owner(format!("owner {}", index % 3));
        let first = first_turn("Hello, Piccolo.", "Good day.");
        let next = next_turn(first.conversation, "And?", "So.");
        old.extend([first.turn, next.turn]);
        store.record(TurnRecord { owner: owner.clone(), ..first }).await.unwrap();
        store.record(TurnRecord { owner, ..next }).await.unwrap();
    }
    let kept = begin(&store, "I am young.", 10).await;

    let mut gone = Vec::new();
    while let Some(some) = store.purge(moment(10)).await.unwrap() {
        gone.extend(some);
    }

    assert_eq!(gone.len(), 300);
    assert_eq!(gone.into_iter().collect::<BTreeSet<TurnId>>(), old);
    assert_eq!(walk(&store, Page::first(9)).await, [kept]);
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 1);
    assert_eq!(database.number("SELECT count(*) FROM messages").await, 2);
}

/// A conversation whose only turn ended at this second.
async fn begin(store: &Store, heard: &str, second: i64) -> ConversationId {
    let turn = TurnRecord { ended_at: moment(second), ..first_turn(heard, "I see.") };
    store.record(turn.clone()).await.unwrap();
    turn.conversation
}

/// All conversations of the person at this computer, page after page.
async fn walk(store: &Store, first: Page) -> Vec<ConversationId> {
    let (mut page, mut seen) = (first.clone(), Vec::new());
    loop {
        let listed = store.conversations(&Owner::local(), page).await.unwrap();
        seen.extend(listed.items.iter().map(|conversation| conversation.id));
        let Some(cursor) = listed.next_cursor else { return seen };
        page = first.clone().after(&cursor);
    }
}
