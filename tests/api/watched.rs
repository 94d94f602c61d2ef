//! What those who watch the server see of it: nothing that fails, fails unseen.

use repartee_provider::{At, Behaviour, Fault, Kind, Stage};
use sea_orm::{ConnectionTrait, Database};

use crate::door::{Door, fine, problem};

/// How often something was counted, of all whose name and labels hold these words.
async fn counted(door: &Door, words: &[&str]) -> f64 {
    let scraped = fine(door.get("/metrics").send().await.unwrap()).await.text().await.unwrap();
    let told = scraped.lines().filter(|line| !line.starts_with('#'));
    let told = told.filter(|line| words.iter().all(|word| line.contains(word)));
    told.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

fn down(stage: Stage) -> Fault {
    Fault::always(stage, At::BeforeFirstByte, Kind::server_error(500))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_cannot_be_written_has_failed() {
    let door = Door::open().await;
    let file = door.program.path("data/repartee.db");
    let other = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();

    let answer = door.type_in("/voice-chat?format=json", "Hello.").send().await.unwrap();

    problem(answer, 503, "memory_unavailable").await;
    let turns = "repartee_turns_total";
    assert_eq!(counted(&door, &[turns, "finished"]).await, 0.0);
    assert_eq!(counted(&door, &[turns, "failed", "stage=\"memory\""]).await, 1.0);
}

#[tokio::test]
async fn a_turn_that_fails_is_counted_with_its_stage() {
    for (stage, name) in
        [(Stage::Hearing, "hearing"), (Stage::Thinking, "thinking"), (Stage::Speaking, "speaking")]
    {
        let door = Door::with(Behaviour::default(), &[]).await;
        door.provider.fault(down(stage));

        let answer = door.say("/voice-chat").send().await.unwrap();

        problem(answer, 503, "engine_unavailable").await;
        let failed = ["repartee_turns_total", "failed"];
        assert_eq!(counted(&door, &failed).await, 1.0);
        let labelled = format!("stage=\"{name}\"");
        assert_eq!(counted(&door, &[failed[0], failed[1], &labelled]).await, 1.0, "{name}");
    }
}

#[tokio::test]
async fn a_clip_that_is_no_good_is_no_failed_turn() {
    let door = Door::open().await;
    let body = [b"RIFF\x24\x00\x00\x00WAVEfmt ".as_slice(), &[7; 64]].concat();

    let answer = door.post("/voice-chat").header("content-type", "audio/wav").body(body);

    assert!(answer.send().await.unwrap().status().is_client_error());
    assert_eq!(counted(&door, &["repartee_turns_total", "failed"]).await, 0.0);
}
