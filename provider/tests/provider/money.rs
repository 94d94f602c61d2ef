//! What it costs.

use std::time::Duration;

use repartee_provider::{At, Behaviour, Fault, Kind, Outcome, Prices, Reply, Stage};

use crate::asking::{LINE, ask, hear, speak, think, with};
use crate::raw::Client;

const PRICES: Prices = Prices {
    per_audio_minute: 6_000,
    per_million_tokens_in: 1_000_000,
    per_million_tokens_out: 10_000_000,
    per_million_characters: 15_000_000,
};

#[tokio::test]
async fn everything_has_its_price() {
    let upload_length = Some(Duration::from_secs(90));
    let provider = with(Behaviour { prices: PRICES, upload_length, ..Behaviour::default() }).await;
    ask(&provider, &hear()).await;
    assert_eq!(provider.spent_micro_usd(), 9_000);
    ask(&provider, &think()).await;
    let thought = 7 + 6 * 10;
    assert_eq!(provider.spent_micro_usd(), 9_000 + thought);
    ask(&provider, &speak()).await;
    let spoken = 15 * LINE.len() as u64;
    assert_eq!(provider.spent_micro_usd(), 9_000 + thought + spoken);
}

#[tokio::test]
async fn refusals_are_free_but_broken_answers_are_not() {
    let provider = with(Behaviour { prices: PRICES, ..Behaviour::default() }).await;
    let fault = |kind| Fault::once(Stage::Speaking, At::BeforeFirstByte, kind);
    provider.fault(fault(Kind::server_error(500)));
    ask(&provider, &speak()).await;
    assert_eq!(provider.spent_micro_usd(), 0);
    provider.fault(fault(Kind::Reset));
    ask(&provider, &speak()).await;
    assert_eq!(provider.spent_micro_usd(), 15 * LINE.len() as u64);
}

#[tokio::test]
async fn an_aborted_reply_costs_what_was_sent_of_it() {
    let behaviour = Behaviour {
        prices: PRICES,
        per_token: Duration::from_secs(3_600),
        reply: Reply::text("One two three four."),
        ..Behaviour::default()
    };
    let provider = with(behaviour).await;
    let mut client = Client::of(&provider).await;
    client.send(&think()).await;
    client.response(300).await;
    drop(client);
    provider.wait_until(|calls| calls[0].outcome == Outcome::Aborted).await;
    assert_eq!(provider.spent_micro_usd(), 7 + 10);
}

#[tokio::test]
async fn tokens_that_drip_cost_the_same() {
    let provider = with(Behaviour { prices: PRICES, ..Behaviour::default() }).await;
    provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(500), Kind::Drip(Duration::ZERO)));
    ask(&provider, &think()).await;
    assert_eq!(provider.spent_micro_usd(), 7 + 6 * 10);
}
