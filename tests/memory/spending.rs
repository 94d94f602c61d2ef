//! What is kept for the doors: money spent, requests answered, and keys.

use chrono::NaiveDate;
use futures_util::future::join_all;
use repartee::domain::api_key::{ApiKey, Scope, Secret};
use repartee::domain::money::Usd;
use repartee::domain::owner::Owner;
use repartee::store::{Charge, IdempotencyNote, SoundNote, SpokenSentence, StoreError, TurnRecord};

use crate::database::{Database, first_turn, moment, next_turn};
use crate::on_both_databases;

on_both_databases! {
    two_hundred_turns_at_once_are_charged_exactly,
    a_turn_written_twice_is_charged_once,
    a_turn_that_is_refused_costs_nothing,
    work_without_a_turn_is_charged_too,
    a_charge_out_of_all_reason_harms_nobody,
    when_a_day_is_over_nobody_knows_what_an_address_paid,
    a_request_is_remembered_with_its_turn,
    a_request_is_forgotten_with_its_turn,
    a_key_used_again_stands_for_the_later_turn,
    a_request_whose_turn_goes_at_once_harms_nobody,
    the_same_requests_at_two_doors_do_not_wait_in_a_circle,
    old_requests_are_forgotten,
    a_key_is_kept_until_it_is_removed,
    two_keys_of_one_name_are_refused,
    the_sound_of_a_turn_is_kept,
}

async fn two_hundred_turns_at_once_are_charged_exactly(database: Database) {
    let stores = [database.open().await, database.open().await];
    let turns = (0..200).map(|index| {
        let payer = ["ada", "bob", "eve"][index % 3];
        let turn = TurnRecord { charge: Some(charge(payer, 7)), ..first_turn("Hi.", "Hello.") };
        stores[index % 2].record(turn)
    });

    for answer in join_all(turns).await {
        answer.unwrap();
    }

    let mut spent = stores[0].spending(day(1)).await.unwrap();
    spent.sort();
    let expected = [("ada", 67 * 7), ("bob", 67 * 7), ("eve", 66 * 7)];
    assert_eq!(spent, expected.map(|(payer, amount)| (payer.to_owned(), Usd(amount))));
    assert!(stores[0].spending(day(2)).await.unwrap().is_empty());
}

async fn a_turn_written_twice_is_charged_once(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { charge: Some(charge("ada", 5)), ..first_turn("Hi.", "Hello.") };

    let (once, again) = tokio::join!(store.record(turn.clone()), store.record(turn.clone()));
    once.unwrap();
    again.unwrap();
    store.record(turn).await.unwrap();

    assert_eq!(store.spending(day(1)).await.unwrap(), [("ada".to_owned(), Usd(5))]);
}

async fn a_turn_that_is_refused_costs_nothing(database: Database) {
    let store = database.open().await;
    let first = first_turn("Hi.", "Hello.");
    let lost = next_turn(first.conversation, "Hi.", "Hello.");
    let lost = TurnRecord { charge: Some(charge("ada", 5)), idempotency: note("k"), ..lost };

    store.record(lost).await.unwrap_err();

    assert!(store.spending(day(1)).await.unwrap().is_empty());
    assert_eq!(store.remembered(&Owner::local(), "k").await.unwrap(), None);
}

async fn work_without_a_turn_is_charged_too(database: Database) {
    let store = database.open().await;

    let charges = (0..50).map(|_| store.spend(charge("ada", 3)));
    for answer in join_all(charges).await {
        answer.unwrap();
    }

    assert_eq!(store.spending(day(1)).await.unwrap(), [("ada".to_owned(), Usd(150))]);
}

async fn a_charge_out_of_all_reason_harms_nobody(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { charge: Some(charge("a\0da", 4)), ..first_turn("Hi.", "Hello.") };

    let mad = [i64::MAX, i64::MAX, i64::MIN, -1].map(|amount| store.spend(charge("eve", amount)));
    let (answers, recorded) = tokio::join!(join_all(mad), store.record(turn));

    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    recorded.unwrap();
    assert!(store.spending(day(1)).await.unwrap().contains(&("ada".to_owned(), Usd(4))));
}

async fn when_a_day_is_over_nobody_knows_what_an_address_paid(database: Database) {
    let store = database.open().await;
    let paid = |day_of_month, payer: &str, amount| Charge {
        day: day(day_of_month),
        ..charge(payer, amount)
    };
    for charge in [
        paid(1, "ada", 1),
        paid(2, "address:aa", 2),
        paid(2, "address:bb", 3),
        paid(2, "ada", 4),
        paid(3, "address:aa", 5),
    ] {
        store.spend(charge).await.unwrap();
    }

    let (once, again) =
        tokio::join!(store.close_accounts(day(3), day(2)), store.close_accounts(day(3), day(2)));
    once.unwrap();
    again.unwrap();

    let of = async |day_of_month| {
        let mut spent = store.spending(day(day_of_month)).await.unwrap();
        spent.sort();
        spent
    };
    assert_eq!(of(1).await, []);
    let together = [("ada".to_owned(), Usd(4)), ("visitors".to_owned(), Usd(5))];
    assert_eq!(of(2).await, together);
    assert_eq!(of(3).await, [("address:aa".to_owned(), Usd(5))]);
}

async fn a_request_is_remembered_with_its_turn(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { idempotency: note("k"), ..first_turn("Hi.", "Hello.") };
    assert_eq!(store.remembered(&Owner::local(), "k").await.unwrap(), None);

    store.record(turn.clone()).await.unwrap();

    let kept = store.remembered(&Owner::local(), "k").await.unwrap().unwrap();
    assert_eq!((kept.turn, kept.at), (turn.turn, turn.ended_at));
    assert_eq!(kept.fingerprint, "k hashed");
    let stranger = Owner("stranger".to_owned());
    assert_eq!(store.remembered(&stranger, "k").await.unwrap(), None);
}

async fn a_request_is_forgotten_with_its_turn(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { idempotency: note("k"), ..first_turn("Hi.", "Hello.") };
    store.record(turn.clone()).await.unwrap();

    store.delete(&Owner::local(), turn.conversation).await.unwrap();

    assert_eq!(store.remembered(&Owner::local(), "k").await.unwrap(), None);
    assert_eq!(database.number("SELECT count(*) FROM idempotency").await, 0);
}

async fn a_key_used_again_stands_for_the_later_turn(database: Database) {
    let store = database.open().await;
    let failed = TurnRecord { idempotency: note("k"), ..first_turn("Hi.", "Hello.") };
    let turn = TurnRecord { idempotency: note("k"), ..first_turn("Hi.", "Hello.") };

    store.record(failed).await.unwrap();
    store.record(turn.clone()).await.unwrap();

    let kept = store.remembered(&Owner::local(), "k").await.unwrap().unwrap();
    assert_eq!(kept.turn, turn.turn);
}

async fn a_request_whose_turn_goes_at_once_harms_nobody(database: Database) {
    let store = database.open().await;
    let turn = TurnRecord { idempotency: note("k"), ..first_turn("Hi.", "Hello.") };
    let other = TurnRecord { idempotency: note("other"), ..first_turn("Hi.", "Hello.") };
    let owner = Owner::local();

    let (recorded, deleted, untouched) = tokio::join!(
        store.record(turn.clone()),
        store.delete(&owner, turn.conversation),
        store.record(other),
    );

    recorded.unwrap();
    assert_eq!(deleted.unwrap(), [turn.turn]);
    untouched.unwrap();
    assert_eq!(store.remembered(&owner, "k").await.unwrap(), None);
    assert!(store.remembered(&owner, "other").await.unwrap().is_some());
}

async fn the_same_requests_at_two_doors_do_not_wait_in_a_circle(database: Database) {
    let stores = [database.open().await, database.open().await];
    let turns = (0..256).map(|index| {
        let key = format!("{}", index / 2 % 16);
        let turn = TurnRecord { idempotency: note(&key), ..first_turn("Hi.", "Hello.") };
        stores[index % 2].record(turn)
    });

    for answer in join_all(turns).await {
        answer.unwrap();
    }

    assert_eq!(database.number("SELECT count(*) FROM idempotency").await, 16);
}

async fn old_requests_are_forgotten(database: Database) {
    let store = database.open().await;
    for (key, second) in [("old", 10), ("new", 20)] {
        let turn = first_turn("Hi.", "Hello.");
        let turn = TurnRecord { idempotency: note(key), ended_at: moment(second), ..turn };
        store.record(turn).await.unwrap();
    }

    store.forget_idempotency(moment(20)).await.unwrap();

    assert_eq!(store.remembered(&Owner::local(), "old").await.unwrap(), None);
    assert!(store.remembered(&Owner::local(), "new").await.unwrap().is_some());
}

async fn a_key_is_kept_until_it_is_removed(database: Database) {
    let store = database.open().await;
    let secret = Secret::fresh().unwrap();
    let limited = ApiKey::new("laptop", &secret, vec![Scope::Talk], Some(Usd(2_000_000)));
    // PostgreSQL keeps microseconds.
    let limited = ApiKey { created_at: moment(0), ..limited };
    store.add_key(limited.clone()).await.unwrap();

    let shown = Secret::shown(secret.reveal()).hash();
    assert_eq!(store.key(&shown).await.unwrap().as_ref(), Some(&limited));
    assert_eq!(store.keys().await.unwrap(), [limited]);

    store.remove_key("laptop").await.unwrap();

    assert!(store.keys().await.unwrap().is_empty());
    assert_eq!(store.key(&shown).await.unwrap(), None);
    let again = store.remove_key("laptop").await;
    assert!(matches!(again, Err(StoreError::UnknownKey)), "{again:?}");
}

async fn two_keys_of_one_name_are_refused(database: Database) {
    let store = database.open().await;
    let key = || ApiKey::new("laptop", &Secret::fresh().unwrap(), Scope::ALL.to_vec(), None);
    let first = key();
    store.add_key(first.clone()).await.unwrap();

    let second = store.add_key(key()).await;

    assert!(
        matches!(&second, Err(StoreError::KeyNameTaken(name)) if name == "laptop"),
        "{second:?}"
    );
    assert_eq!(store.keys().await.unwrap()[0].hash, first.hash);
    store.remove_key("laptop").await.unwrap();
    store.add_key(key()).await.unwrap();
    assert_eq!(store.keys().await.unwrap().len(), 1);
}

async fn the_sound_of_a_turn_is_kept(database: Database) {
    let store = database.open().await;
    let sentences = vec![
        SpokenSentence { text_to: 6, end_ms: 450 },
        SpokenSentence { text_to: 18, end_ms: 1_840 },
    ];
    let sound = SoundNote { mime: "audio/mpeg".to_owned(), duration_ms: 1_840, sentences };
    let turn = TurnRecord {
        sound: Some(sound.clone()),
        price_version: Some("2026-11".to_owned()),
        ..first_turn("Hi.", "Hello. Good day.")
    };

    store.record(turn.clone()).await.unwrap();

    let kept = store.turn(&Owner::local(), turn.turn).await.unwrap().unwrap();
    assert_eq!(kept.sound, Some(sound));
    assert_eq!(kept.price_version.as_deref(), Some("2026-11"));
}

fn charge(payer: &str, amount: i64) -> Charge {
    Charge { day: day(1), payer: payer.to_owned(), amount: Usd(amount) }
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn note(key: &str) -> Option<IdempotencyNote> {
    Some(IdempotencyNote { key: key.to_owned(), fingerprint: format!("{key} hashed") })
}
