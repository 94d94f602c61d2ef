//! What operators are given agrees with the server that it is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use repartee_provider::Behaviour;

use crate::door::{Door, fine, problem};

const PRICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/prices.toml");

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn found<'a>(pattern: &str, text: &'a str) -> BTreeSet<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect()
}

#[tokio::test]
async fn every_metric_that_is_watched_is_counted() {
    let limited = [("PRICES", PRICES), ("DAILY_BUDGET_USD", "5")];
    let door = Door::with(Behaviour::default(), &limited).await;
    let answer = fine(door.say("/voice-chat").send().await.unwrap()).await;
    answer.bytes().await.unwrap();
    problem(door.post("/voice-chat").send().await.unwrap(), 400, "missing_audio").await;

    let scraped = fine(door.get("/metrics").send().await.unwrap()).await.text().await.unwrap();

    let counted = found(r"(?m)^([a-z_]+)[ {]", &scraped);
    let watched = read("deploy/alerts.yaml") + &read("deploy/dashboard.json");
    let watched = found(r"\b(repartee_[a-z_]+)\b", &watched);
    assert!(watched.len() > 8, "{watched:?}");
    assert_eq!(watched.difference(&counted).collect::<Vec<_>>(), Vec::<&&str>::new(), "{scraped}");
}

#[test]
fn every_setting_that_is_made_is_one() {
    let known = read(".env.example");
    let known = found(r"(?m)^# ([A-Z][A-Z_0-9]+)=", &known);
    let compose = read("deploy/compose.yaml");
    let (_, ours) = compose.split_once("environment:").unwrap();
    let (ours, _) = ours.split_once("volumes:").unwrap();
    let (service, readme) = (read("deploy/repartee.service"), read("deploy/README.md"));
    let mut made = found(r"(?m)^ +([A-Z_]+):", ours);
    made.extend(found(r"(?m)^Environment=([A-Z_]+)=", &service));
    made.extend(found(r"(?m)^([A-Z_]+)=", &readme));
    assert!(made.len() > 8, "{made:?}");
    for setting in made {
        // Which compose.yaml itself reads.
        assert!(setting == "DOMAIN" || known.contains(setting), "{setting}");
    }
}

#[test]
fn whoever_stops_it_waits_for_the_turns_in_flight() {
    let service = read("deploy/repartee.service");
    let compose = read("deploy/compose.yaml");
    let waits =
        [found(r"TimeoutStopSec=(\d+)", &service), found(r"stop_grace_period: (\d+)s", &compose)];
    for wait in waits {
        let seconds: u32 = wait.first().unwrap().parse().unwrap();
        assert!(seconds > 60, "{seconds}");
    }
}
