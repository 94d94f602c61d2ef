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
fn whoever_stops_it_waits_for_the_turns_in_flight_and_a_little_longer() {
    let service = read("deploy/repartee.service");
    let compose = read("deploy/compose.yaml");
    let waits =
        [found(r"TimeoutStopSec=(\d+)", &service), found(r"stop_grace_period: (\d+)s", &compose)];
    for wait in waits {
        let seconds: u32 = wait.first().unwrap().parse().unwrap();
        assert_eq!(seconds, 90);
    }
    assert!(read("deploy/Dockerfile").contains("docker stop --time 90"));
    assert!(read("deploy/README.md").contains("terminationGracePeriodSeconds: 90"));
}

#[test]
fn whoever_runs_in_the_image_is_known_by_number() {
    let image = read("deploy/Dockerfile");
    let user = found(r"(?m)^USER (.+)$", &image);
    assert_eq!(user, ["10001:10001"].into(), "Kubernetes cannot tell whether a name is root's");
    for made in ["--uid 10001", "--gid 10001"] {
        assert!(image.contains(made), "{made}");
    }
    let pods = read("deploy/README.md");
    assert!(pods.contains("runAsNonRoot: true, fsGroup: 10001"));
    // The folder of a volume is its group's to read, which the server refuses.
    assert!(pods.contains("DATA_DIR, value: /data/"));
}

#[test]
fn the_network_of_the_containers_is_the_one_that_is_trusted_and_nobody_elses() {
    let compose = read("deploy/compose.yaml");
    let named = found(r"(\$\{SUBNET:-[0-9./]+\})", &compose);
    assert_eq!(named.len(), 1, "{named:?}");
    assert_eq!(compose.matches(*named.first().unwrap()).count(), 2);
    assert!(!compose.contains("172.31."), "AWS gives these to every default network");
    let default = found(r"SUBNET:-([0-9./]+)\}", &compose);
    assert!(read("deploy/README.md").contains(default.first().unwrap()));
}

#[cfg(feature = "embedded")]
#[test]
fn wrong_settings_are_not_tried_again_by_the_service() {
    let wrong = crate::program::Program::new().set("BIND", "nowhere").run(&["serve"]);
    let service = read("deploy/repartee.service");
    let given_up = found(r"(?m)^RestartPreventExitStatus=(\d+)$", &service);
    assert_eq!(given_up, [wrong.code.to_string().as_str()].into(), "{}", wrong.err);
}
