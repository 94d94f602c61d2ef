//! Listeners who leave, at any moment: nobody works for them any more, and nothing is lost of
//! what they heard.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use repartee_provider::{Behaviour, Call, Outcome, Reply, Stage};
use reqwest::multipart::Form;
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::certificate::Certificate;
use crate::door::{self, Door, clip, figure, fine, in_time};

/// So many leave at once.
const LISTENERS: usize = 50;

/// `LEAVING=500` makes them so many in each phase.
fn how_many() -> usize {
    std::env::var("LEAVING").ok().and_then(|count| count.parse().ok()).unwrap_or(LISTENERS)
}

/// As good as for ever.
const FOREVER: Duration = Duration::from_secs(3_600);

/// How a listener is connected, and how they leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By HTTP/1.1; they close their connection.
    Plain,
    /// By HTTP/2, all over one connection; they take their request back.
    Stream,
    /// By HTTP/2; they close their connection.
    Connection,
}

/// Where a turn is when its listener leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Hearing,
    Thinking,
    BeforeSound,
    Sounding,
}

impl Phase {
    const ALL: [Self; 4] = [Self::Hearing, Self::Thinking, Self::BeforeSound, Self::Sounding];

    /// The stage that never ends.
    fn stage(self) -> Stage {
        match self {
            Self::Hearing => Stage::Hearing,
            Self::Thinking => Stage::Thinking,
            Self::BeforeSound | Self::Sounding => Stage::Speaking,
        }
    }

    fn behaviour(self) -> Behaviour {
        let reply = Reply::text("Number {n} is a sentence without an end.");
        let mut behaviour = Behaviour { reply, ..Behaviour::default() };
        match self {
            Self::Hearing => behaviour.hearing = FOREVER,
            Self::Thinking => behaviour.first_token = FOREVER,
            Self::BeforeSound => behaviour.first_sound = FOREVER,
            // Some sound comes soon, and the rest of it so late that nobody sees it.
            Self::Sounding => behaviour.per_character = Duration::from_millis(500),
        }
        behaviour
    }
}

async fn house(way: Way, phase: Phase) -> Door {
    let limits = [("MAX_TURNS_IN_FLIGHT", "unlimited"), ("TURN_TIMEOUT", "600")];
    match way {
        Way::Plain => Door::with(phase.behaviour(), &limits).await,
        Way::Stream | Way::Connection => {
            let certificate = Certificate::new();
            let mut settings = limits.to_vec();
            settings.extend(certificate.settings());
            Door::with(phase.behaviour(), &settings).await
        }
    }
}

fn clients(way: Way) -> Vec<Client> {
    match way {
        Way::Plain => vec![door::client(); how_many()],
        Way::Stream => vec![door::trusting_client(); how_many()],
        Way::Connection => (0..how_many()).map(|_| door::trusting_client()).collect(),
    }
}

/// Says something, and listens for as long as anything comes.
fn listen(door: &Door, client: Client, way: Way) -> JoinHandle<()> {
    let url = door.url("/voice-chat?stream=1");
    tokio::spawn(async move {
        let form = Form::new().part("audio", clip());
        let answer = client.post(url).bearer_auth("me").multipart(form).send().await.unwrap();
        let version = if way == Way::Plain { "HTTP/1.1" } else { "HTTP/2.0" };
        assert_eq!(format!("{:?}", answer.version()), version);
        let mut sound = fine(answer).await.bytes_stream();
        while sound.next().await.is_some() {}
    })
}

/// All of them listen until they are in that phase, and leave together.
async fn all_leave(door: &Door, way: Way, phase: Phase) -> Instant {
    let clients = clients(way);
    let listeners: Vec<_> = clients.into_iter().map(|client| listen(door, client, way)).collect();
    let arrived = |call: &&Call| {
        let begun = phase != Phase::Sounding || call.first_byte.is_some();
        call.stage == phase.stage() && call.complete.is_some() && begun
    };
    let in_phase =
        door.provider.wait_until(|calls| calls.iter().filter(arrived).count() == how_many());
    in_time("all of them in that phase", in_phase).await;
    let left = Instant::now();
    for listener in &listeners {
        listener.abort();
    }
    join_all(listeners).await;
    left
}

async fn leave(way: Way, phase: Phase) {
    let door = house(way, phase).await;

    let left = all_leave(&door, way, phase).await;

    let gone = |call: &Call| call.ended.is_some();
    let calls = door.provider.wait_until(|calls| calls.iter().all(gone));
    let calls = in_time(&format!("{way:?} {phase:?}"), calls).await;
    let last = calls.iter().filter(|call| call.stage == phase.stage());
    let mut waits: Vec<_> = last
        .inspect(|call| assert_eq!(call.outcome, Outcome::Aborted, "{call:?}"))
        .map(|call| call.ended.unwrap().saturating_duration_since(left))
        .collect();
    waits.sort();
    let p99 = waits[waits.len() * 99 / 100];
    let count = how_many();
    figure(&format!("{count} leave in {phase:?} by {way:?}: p99 {p99:?}"));
    nobody_is_inside(&door).await;
    if phase == Phase::Hearing {
        assert!(door.provider.calls(Stage::Thinking).is_empty());
    } else {
        remembered(&door, phase).await;
    }
    if phase == Phase::Thinking {
        assert!(door.provider.calls(Stage::Speaking).is_empty());
    }
}

/// Asks until no turn is being taken any more.
async fn nobody_is_inside(door: &Door) {
    let empty = async {
        loop {
            let health = door::trusting_client().get(door.url("/health")).send().await.unwrap();
            let health: Value = health.json().await.unwrap();
            if health["turns_in_flight"] == 0 {
                return;
            }
        }
    };
    in_time("everybody's leaving", empty).await;
}

/// Everybody's turn is written down as interrupted.
async fn remembered(door: &Door, phase: Phase) {
    let client = door::trusting_client();
    let json = async |path: &str| -> Value {
        let answer = client.get(door.url(path)).bearer_auth("me").send().await.unwrap();
        fine(answer).await.json().await.unwrap()
    };
    let written = async {
        loop {
            let all = json("/api/v1/conversations?limit=100").await;
            let all = all["data"].as_array().unwrap().clone();
            if all.len() == how_many().min(100) {
                return all;
            }
        }
    };
    for conversation in in_time("all turns in memory", written).await {
        let id = conversation["id"].as_str().or(conversation["conversation_id"].as_str()).unwrap();
        let turns = json(&format!("/api/v1/conversations/{id}/turns")).await;
        let turn = &turns["data"][0];
        assert_eq!(turn["status"], "interrupted", "{phase:?}: {turn}");
        assert_eq!(turn["transcript"], "What is the capital of France?", "{turn}");
        // The sentence had not been said whole.
        assert_eq!(turn["spoken"], Value::Null, "{turn}");
    }
}

#[tokio::test]
async fn who_closes_the_connection_is_not_worked_for() {
    for phase in Phase::ALL {
        leave(Way::Plain, phase).await;
    }
}

#[tokio::test]
async fn who_takes_a_request_back_over_http_2_is_not_worked_for() {
    for phase in Phase::ALL {
        leave(Way::Stream, phase).await;
    }
}

#[tokio::test]
async fn who_closes_a_connection_of_http_2_is_not_worked_for() {
    for phase in Phase::ALL {
        leave(Way::Connection, phase).await;
    }
}

/// What a page sends, as bytes.
fn request(body_bytes: usize) -> Vec<u8> {
    let mut request = format!(
        "POST /voice-chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/webm\r\n\
         Content-Length: {}\r\n\r\n",
        door::CLIP.len()
    )
    .into_bytes();
    request.extend_from_slice(&door::CLIP[..body_bytes]);
    request
}

async fn connect(door: &Door) -> TcpStream {
    TcpStream::connect(door.address.strip_prefix("http://").unwrap()).await.unwrap()
}

#[tokio::test]
async fn who_leaves_during_the_upload_starts_nothing() {
    let door = house(Way::Plain, Phase::Hearing).await;
    let mut connections = Vec::new();
    for _ in 0..how_many() {
        let mut connection = connect(&door).await;
        connection.write_all(&request(door::CLIP.len() / 2)).await.unwrap();
        connections.push(connection);
    }

    drop(connections);

    nobody_is_inside(&door).await;
    assert!(door.provider.calls(Stage::Hearing).is_empty());
    assert!(!door.log().contains("panicked"));
}

#[tokio::test]
async fn who_closes_only_their_side_is_gone_too() {
    let door = house(Way::Plain, Phase::Hearing).await;
    let mut connection = connect(&door).await;
    connection.write_all(&request(door::CLIP.len())).await.unwrap();
    let heard = door.provider.wait_until(|calls| {
        calls.iter().any(|call| call.stage == Stage::Hearing && call.complete.is_some())
    });
    in_time("the clip", heard).await;

    connection.shutdown().await.unwrap();

    let gone =
        door.provider.wait_until(|calls| calls.iter().any(|call| call.outcome == Outcome::Aborted));
    in_time("the end of the work", gone).await;
    nobody_is_inside(&door).await;
    let mut rest = Vec::new();
    in_time("the end", connection.read_to_end(&mut rest)).await.unwrap();
    assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
}

#[tokio::test]
async fn who_leaves_an_errand_is_not_worked_for_either() {
    for way in [Way::Plain, Way::Connection] {
        let door = house(way, Phase::Hearing).await;
        for path in ["/test-transcript", "/v1/audio/transcriptions"] {
            door.provider.reset_journal();
            let client = if way == Way::Plain { door::client() } else { door::trusting_client() };
            let field = if path.starts_with("/v1") { "file" } else { "audio" };
            let form = Form::new().part(field, clip()).text("model", "whisper-1");
            let asking = tokio::spawn(client.post(door.url(path)).multipart(form).send());
            drop(client);
            let heard = door.provider.wait_until(|calls| {
                calls.iter().any(|call| call.stage == Stage::Hearing && call.complete.is_some())
            });
            in_time(path, heard).await;

            asking.abort();
            let _: Result<Result<Response, _>, _> = asking.await;

            let gone = door
                .provider
                .wait_until(|calls| calls.iter().any(|call| call.outcome == Outcome::Aborted));
            in_time(path, gone).await;
        }
    }
}
