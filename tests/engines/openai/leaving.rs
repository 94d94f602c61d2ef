//! Who goes away closes what was asked upstream.

use std::time::Duration;

use futures_util::StreamExt;
use repartee_provider::{Outcome, Provider};
use tokio::time::timeout;

use super::*;

const LONG: Duration = Duration::from_secs(600);

async fn slow() -> Provider {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    (behaviour.hearing, behaviour.per_token, behaviour.per_character) = (LONG, LONG, LONG);
    provider.set(behaviour);
    provider
}

async fn closed(provider: &Provider) {
    let gone = |calls: &[Call]| calls.iter().all(|call| call.outcome == Outcome::Aborted);
    timeout(Duration::from_secs(10), provider.wait_until(gone)).await.unwrap();
    assert_eq!(provider.journal().len(), 1);
}

#[tokio::test]
async fn giving_up_hearing_closes_it_upstream() {
    let provider = slow().await;
    let ear = ear(&settings(&provider, &[]));
    let asked = |calls: &[Call]| calls.iter().any(|call| call.complete.is_some());

    tokio::select! {
        _ = hear(&*ear) => panic!("it was slow"),
        _ = provider.wait_until(asked) => {}
    }

    closed(&provider).await;
}

#[tokio::test]
async fn dropping_a_reply_closes_it_upstream() {
    let provider = slow().await;
    let mut reply = mind(&settings(&provider, &[])).respond(prompt("Hello?"));
    reply.next().await.unwrap().unwrap();

    drop(reply);

    closed(&provider).await;
}

#[tokio::test]
async fn dropping_a_line_closes_it_upstream() {
    let provider = slow().await;
    let mut sounds = mouth(&settings(&provider, &[])).speak(line("Hello there."), Format::Mp3);
    sounds.next().await.unwrap().unwrap();

    drop(sounds);

    closed(&provider).await;
}

#[tokio::test]
async fn nothing_is_asked_before_somebody_listens() {
    let provider = slow().await;
    let settings = settings(&provider, &[]);

    drop(mind(&settings).respond(prompt("Hello?")));
    drop(mouth(&settings).speak(line("Hello there."), Format::Mp3));

    assert!(provider.journal().is_empty());
}
