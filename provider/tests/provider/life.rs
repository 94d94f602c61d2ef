//! How a provider begins and ends.

use std::time::Duration;

use repartee_provider::{At, Behaviour, Fault, Kind, Outcome, Provider, Stage};
use tokio::net::TcpStream;

use crate::asking::{ask, get, request, think, with};
use crate::raw::{Client, End};

#[tokio::test]
async fn it_says_where_it_is() {
    let provider = Provider::start().await.unwrap();
    let port = provider.address().port();
    assert_eq!(provider.base_url(), format!("http://127.0.0.1:{port}/v1"));
}

#[tokio::test]
async fn a_provider_in_its_own_thread_is_like_any_other() {
    let provider = Provider::in_own_thread().unwrap();
    let per_token = Duration::from_millis(2);
    provider.set(Behaviour { per_token, ..Behaviour::default() });
    assert_eq!(ask(&provider, &think()).await.end, End::Whole);
    provider.fault(Fault::once(Stage::Hearing, At::BeforeFirstByte, Kind::Stall));
    let mut client = Client::of(&provider).await;
    client.send(&request(Stage::Hearing)).await;
    provider.wait_until(|calls| calls.len() == 2 && calls[1].complete.is_some()).await;
    drop(client);
    provider.wait_until(|calls| calls[1].outcome == Outcome::Aborted).await;
}

#[tokio::test]
async fn its_end_is_the_end_of_its_connections() {
    let stalled = Fault::always(Stage::Thinking, At::AfterBytes(5), Kind::Stall);
    for provider in [with(Behaviour::default()).await, Provider::in_own_thread().unwrap()] {
        provider.fault(stalled.clone());
        let mut idle = Client::of(&provider).await;
        idle.ask(&get("/v1/models")).await;
        let mut busy = Client::of(&provider).await;
        busy.send(&think()).await;
        busy.response(5).await;
        let address = provider.address();
        drop(provider);
        assert_eq!(idle.response(1).await.end, End::Closed);
        assert_eq!(busy.response(usize::MAX).await.end, End::Closed);
        assert!(TcpStream::connect(address).await.is_err());
    }
}

#[tokio::test]
async fn many_are_served_at_once() {
    let hearing = Duration::from_millis(30);
    let provider = with(Behaviour { hearing, ..Behaviour::default() }).await;
    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = Client::of(&provider).await;
        client.send(&request(Stage::Hearing)).await;
        clients.push(client);
    }
    for client in &mut clients {
        assert_eq!(client.response(usize::MAX).await.status, 200);
    }
    assert_eq!(provider.calls(Stage::Hearing).len(), 50);
}
