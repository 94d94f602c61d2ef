//! How the server ends: told to, told twice, and killed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use repartee_provider::{Behaviour, Reply, Stage};
use reqwest::{Client, StatusCode};
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, Statement};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::door::{self, Door, figure, fine, in_time, problem};

/// So many turns are in flight when the process is told to end.
const TURNS: usize = 12;

/// Answers that take a while, in every stage.
fn slow() -> Behaviour {
    Behaviour {
        hearing: Duration::from_millis(400),
        first_token: Duration::from_millis(600),
        per_token: Duration::from_millis(20),
        first_sound: Duration::from_millis(300),
        per_character: Duration::from_millis(8),
        reply: Reply::sentences(3, 30),
        ..Behaviour::default()
    }
}

/// Turns in flight, of which the responder works on each.
async fn in_flight(door: &Door) -> Vec<JoinHandle<Option<(StatusCode, usize)>>> {
    let turns: Vec<_> = (0..TURNS)
        .map(|_| {
            let turn = door.type_in("/voice-chat?stream=1", "Well?");
            tokio::spawn(async move {
                let answer = turn.send().await.ok()?;
                Some((answer.status(), answer.bytes().await.ok()?.len()))
            })
        })
        .collect();
    let asked = door.provider.wait_until(|calls| {
        calls.iter().filter(|call| call.stage == Stage::Thinking).count() == TURNS
    });
    in_time("the turns", asked).await;
    turns
}

/// Asks until it is not ready, and tells how long that took.
async fn unready(client: &Client, door: &Door) -> Duration {
    let told = Instant::now();
    in_time("the end of its being ready", async {
        loop {
            let answer = client.get(door.url("/readyz")).send().await.unwrap();
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                return told.elapsed();
            }
        }
    })
    .await
}

#[tokio::test]
async fn told_to_end_it_answers_those_inside_and_nobody_else() {
    let mut door = Door::with(slow(), &[]).await;
    let turns = in_flight(&door).await;

    door.signal("-TERM");
    let took = unready(&door.client, &door).await;

    figure(&format!("not ready any more after {took:?}"));
    let late = door.type_in("/voice-chat", "And I?").send().await.unwrap();
    assert!(late.headers().contains_key("retry-after"));
    problem(late, 503, "overloaded").await;
    for turn in join_all(turns).await {
        let (status, sound) = turn.unwrap().unwrap();
        assert_eq!(status, StatusCode::OK);
        assert!(sound > 1_000);
    }
    assert_eq!(in_time("its end", door.ended()).await, Some(0));
}

#[tokio::test]
async fn a_connection_that_idles_does_not_keep_it() {
    let mut door = Door::with(slow(), &[]).await;
    let clients: Vec<_> = (0..4).map(|_| door::client()).collect();
    for client in &clients {
        fine(client.get(door.url("/livez")).send().await.unwrap()).await.bytes().await.unwrap();
    }
    let asked = Instant::now();

    door.signal("-TERM");

    assert_eq!(in_time("its end", door.ended()).await, Some(0));
    figure(&format!("ended {:?} after it was told to, with idle connections", asked.elapsed()));
    drop(clients);
}

#[tokio::test]
async fn told_twice_it_ends_at_once() {
    let behaviour = Behaviour { first_token: Duration::from_secs(600), ..slow() };
    let mut door = Door::with(behaviour, &[("TURN_TIMEOUT", "600")]).await;
    let turns = in_flight(&door).await;
    door.signal("-TERM");
    unready(&door.client, &door).await;

    door.signal("-TERM");

    assert!(in_time("its end", door.ended()).await.is_some());
    for turn in join_all(turns).await {
        assert_eq!(turn.unwrap(), None, "nobody was answered in full");
    }
}

#[tokio::test]
async fn what_was_answered_is_on_the_disk_whenever_it_is_killed() {
    const KILLS: u64 = 20;
    let reply = Reply::text("Number {n} is kept.");
    let mut door = Door::with(Behaviour { reply, ..Behaviour::default() }, &[]).await;
    let mut acknowledged = Vec::new();
    for kill in 0..KILLS {
        let talkers: Vec<_> = (0..4).map(|_| tokio::spawn(talk(door.url("")))).collect();
        // Struck at some moment while they talk.
        tokio::time::sleep(Duration::from_millis(150 + kill * 37 % 400)).await;
        door.signal("-KILL");
        for talker in talkers {
            acknowledged.extend(talker.await.unwrap());
        }
        door = door.restart().await;
        lost(&door, &acknowledged).await;
    }
    figure(&format!("{} turns acknowledged over {KILLS} kills", acknowledged.len()));
    assert!(!acknowledged.is_empty());
    door.end("-TERM");
    let file = door.program.path("data/repartee.db");
    let database = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    let check = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA integrity_check");
    let row = database.query_one_raw(check).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "ok");
}

/// Takes turns until the server is gone, and gives those that were answered in full.
async fn talk(address: String) -> Vec<String> {
    let (client, mut answered) = (door::client(), Vec::new());
    loop {
        let turn = client.post(format!("{address}/voice-chat")).bearer_auth("me");
        let Ok(answer) = turn.json(&serde_json::json!({"text": "Well?"})).send().await else {
            return answered;
        };
        let id = answer.headers()["x-turn-id"].to_str().unwrap().to_owned();
        let mut sound = answer.bytes_stream();
        let mut whole = true;
        while let Some(piece) = sound.next().await {
            whole &= piece.is_ok();
        }
        if whole {
            answered.push(id);
        }
    }
}

/// None of them may be lost.
async fn lost(door: &Door, acknowledged: &[String]) {
    for id in acknowledged {
        let turn = door.get(&format!("/api/v1/turns/{id}")).bearer_auth("me");
        let turn: Value = fine(turn.send().await.unwrap()).await.json().await.unwrap();
        assert_eq!(turn["status"], "finished", "{turn}");
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_data_says_so() {
    let door = Door::open().await;
    let log = std::fs::File::create(door.program.path("second.log")).unwrap();

    let mut second = door.program.command(&["serve"]);
    let mut second = second.stdout(Stdio::null()).stderr(log).spawn().unwrap();

    in_time("the warning", async {
        while !door.program.read("second.log").contains("another server serves") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    second.kill().unwrap();
    second.wait().unwrap();
    let listed = door.program.run(&["key", "list"]);
    assert!(listed.code == 0 && !listed.err.contains("another server"), "{}", listed.err);
    assert!(!door.log().contains("another server"));
}

#[tokio::test]
async fn a_clock_that_is_ahead_takes_nothing_away_at_once() {
    let mut door = Door::with(Behaviour::default(), &[("CONVERSATIONS_DAYS", "30")]).await;
    let (turn, _) = door.turn_to_read().await;
    door.end("-TERM");
    let file = door.program.path("data/repartee.db");
    let database = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    let long_ago = "UPDATE conversations SET updated_at = '2020-01-01 00:00:00.000000 +00:00'";
    database.execute_unprepared(long_ago).await.unwrap();
    database.close().await.unwrap();

    let door = door.restart().await;

    in_time("the warning", async {
        while !door.log().contains("everything that is kept is out of date") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    door.json(&format!("/api/v1/turns/{turn}")).await;
}
