//! What a day may cost: never more than that, also in a crowd and after a restart.

use repartee_provider::{At, Behaviour, Call, Fault, Kind, Outcome, Prices, Reply, Stage};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

use crate::door::{Door, fine, in_time, problem};

/// Hearing for six cents a minute, thinking for free, speaking for a cent a thousand characters.
const PRICES: &str = "[models.gpt-transcribe]\nper_minute = 0.06\n[models.gpt-6-luna]\nfree = true\n\
                      [models.gpt-4o-mini-tts]\nper_million_characters = 10\n";

fn priced() -> Behaviour {
    let prices = Prices {
        per_audio_minute: 60_000,
        per_million_characters: 10_000_000,
        ..Prices::default()
    };
    Behaviour { prices, ..Behaviour::default() }
}

async fn with_budget(daily: &str, owner: &str) -> (Door, tempfile::NamedTempFile) {
    with_settings(daily, owner, priced(), &[]).await
}

async fn with_settings(
    daily: &str,
    owner: &str,
    behaviour: Behaviour,
    more: &[(&str, &str)],
) -> (Door, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, PRICES).unwrap();
    let path = file.path().to_str().unwrap();
    let settings = [
        ("PRICES", path),
        ("DAILY_BUDGET_USD", daily),
        ("OWNER_BUDGET_USD", owner),
        ("MAX_TURNS_IN_FLIGHT", "unlimited"),
    ];
    let settings = [&settings[..], more].concat();
    (Door::with(behaviour, &settings).await, file)
}

async fn refused(door: &Door) -> Value {
    let told = door.say("/voice-chat").send().await.unwrap();
    problem(told, 402, "budget_reached").await
}

#[tokio::test]
async fn a_turn_says_what_it_cost() {
    let (door, _file) = with_budget("5", "1").await;

    let answer = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
    let turn: Value = answer.json().await.unwrap();

    let cost = turn["cost_usd"].as_f64().unwrap();
    assert!(cost > 0.0, "{turn}");
    let prices = turn["price_version"].as_str().unwrap();
    assert!(prices.starts_with("own, beside"), "{prices}");
    let charged = door.provider.spent_micro_usd() as f64 / 1e6;
    assert!((cost - charged).abs() < 0.002, "{cost} is told, {charged} was charged");
    let health = door.json("/health").await;
    assert_eq!(health["budget"]["spent_today_usd"].as_f64().unwrap(), cost);
    let path = format!("/api/v1/turns/{}", turn["turn_id"].as_str().unwrap());
    assert_eq!(door.json(&path).await["price_version"], turn["price_version"]);
}

#[tokio::test]
async fn when_the_budget_is_used_up_turns_are_refused_until_the_next_day_even_after_a_restart() {
    let (door, _file) = with_budget("0.02", "unlimited").await;
    while door.say("/voice-chat?format=json").send().await.unwrap().status() == 200 {}
    let calls = door.provider.journal().len();

    let told = refused(&door).await;

    let resets = told["resets_at"].as_str().unwrap();
    assert!(resets.contains("T00:00:00"), "{resets}");
    assert_eq!(door.provider.journal().len(), calls, "nothing was asked of an engine");
    let door = door.restart().await;
    refused(&door).await;
    assert!(door.provider.spent_micro_usd() <= 20_000, "{}", door.provider.spent_micro_usd());
}

#[tokio::test]
async fn an_owner_who_has_used_theirs_up_is_no_burden_to_others() {
    let (door, _file) = with_budget("5", "0.02").await;
    while door.say("/voice-chat?format=json").send().await.unwrap().status() == 200 {}
    refused(&door).await;

    let other = door.say("/voice-chat?format=json").header("authorization", "Bearer any");

    fine(other.send().await.unwrap()).await;
}

#[tokio::test]
async fn a_crowd_spends_no_more_than_there_is() {
    let (door, _file) = with_budget("0.05", "unlimited").await;
    let door = &door;

    let turns = (0..50).map(|_| async move {
        let answer = door.say("/voice-chat?format=json").send().await.unwrap();
        let status = answer.status();
        let told: Value = answer.json().await.unwrap();
        (status.as_u16(), told)
    });
    let turns = futures_util::future::join_all(turns).await;

    let taken = turns.iter().filter(|(status, _)| *status == 200).count();
    assert!(taken > 0);
    for (status, told) in turns.iter().filter(|(status, _)| *status != 200) {
        assert_eq!(*status, 402, "{told}");
    }
    let spent = door.provider.spent_micro_usd();
    assert!(spent <= 50_000, "{spent} of 50000 was spent");
    let heard = door.provider.calls(Stage::Hearing).len();
    assert_eq!(heard, taken, "somebody was refused after something was paid for");
}

#[tokio::test]
async fn every_door_pays_from_the_same_purse() {
    let (door, _file) = with_budget("0.02", "unlimited").await;
    while door.say("/test-transcript").send().await.unwrap().status() == 200 {}

    refused(&door).await;
    problem(door.say("/test-transcript").send().await.unwrap(), 402, "budget_reached").await;
    let heard = door.say("/v1/audio/transcriptions").send().await.unwrap();
    assert_eq!(heard.status(), 402);
    let told: Value = heard.json().await.unwrap();
    assert_eq!(told["error"]["code"], "budget_reached");
}

#[tokio::test]
async fn a_text_that_cannot_be_paid_to_its_end_is_refused_before_it_begins() {
    // A hundred characters.
    let (door, _file) = with_budget("0.001", "unlimited").await;

    let refused = speech(&door, &"This is one sentence of eight. ".repeat(8)).send().await.unwrap();

    assert_eq!(refused.status(), 402);
    assert_eq!(door.provider.calls(Stage::Speaking).len(), 0);
    fine(speech(&door, "This is one sentence.").send().await.unwrap()).await;
}

#[tokio::test]
async fn texts_said_at_the_same_time_spend_no_more_than_there_is() {
    // A thousand characters, in sixteen texts of 240 each.
    let (door, _file) = with_budget("0.01", "unlimited").await;
    let texts = (0..16).map(|text| {
        let sentences =
            (0..8).map(|sentence| format!("This is {text:02}, sentence {sentence:02}. "));
        speech(&door, &sentences.collect::<String>())
    });

    let spoken = texts.map(|speech| async move {
        let answer = speech.send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        status
    });
    let spoken = futures_util::future::join_all(spoken).await;

    assert!(spoken.contains(&200), "{spoken:?}");
    assert!(spoken.iter().all(|status| [200, 402].contains(status)), "{spoken:?}");
    let spent = door.provider.spent_micro_usd();
    assert!(spent <= 10_000, "{spent} of 10000 was spent");
}

fn speech(door: &Door, text: &str) -> RequestBuilder {
    door.post("/v1/audio/speech").json(&json!({ "model": "any", "input": text, "voice": "nova" }))
}

#[tokio::test]
async fn an_outage_costs_nothing_at_any_door() {
    let (door, _file) = with_budget("5", "unlimited").await;
    for refusal in [Kind::insufficient_quota(), Kind::server_error(500), Kind::server_error(401)] {
        for stage in [Stage::Hearing, Stage::Thinking, Stage::Speaking] {
            door.provider.fault(Fault::always(stage, At::BeforeFirstByte, refusal.clone()));
        }
        let asked = json!({ "model": "any", "messages": [{ "role": "user", "content": "Hello" }] });
        let requests = [
            door.say("/voice-chat"),
            door.say("/test-transcript"),
            door.say("/v1/audio/transcriptions"),
            speech(&door, &"This is one sentence of eight. ".repeat(8)),
            door.post("/v1/chat/completions").json(&asked),
        ];
        for request in requests {
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_server_error(), "{}", answer.status());
            answer.bytes().await.unwrap();
        }
        door.provider.clear_faults();
    }

    let health = door.json("/health").await;
    assert_eq!(health["budget"]["spent_today_usd"], 0.0, "{health}");
    let door = door.restart().await;
    assert_eq!(door.json("/health").await["budget"]["spent_today_usd"], 0.0);
}

#[tokio::test]
async fn who_stops_reading_keeps_no_server_from_ending_and_is_charged() {
    let reply = Reply::text(&"The river runs down to the sea and nobody knows. ".repeat(100));
    let behaviour = Behaviour { reply, ..priced() };
    let settings = [("SHUTDOWN_TIMEOUT", "1"), ("THINKING_MAX_TOKENS", "4000")];
    let (mut door, _file) = with_settings("5", "unlimited", behaviour, &settings).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1_024).unwrap();
    let address = door.address.strip_prefix("http://").unwrap().parse().unwrap();
    let mut connection = socket.connect(address).await.unwrap();
    let request = "POST /voice-chat?format=wav&stream=1&text=Well HTTP/1.1\r\n\
                   Host: localhost\r\nContent-Length: 0\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let speaking = |call: &Call| call.stage == Stage::Speaking && call.outcome == Outcome::Done;
    let spoken = door.provider.wait_until(|calls| calls.iter().any(speaking));
    in_time("some sound", spoken).await;

    door.signal("-TERM");

    assert_eq!(in_time("its end", door.ended()).await, Some(0));
    drop(connection);
    let door = door.restart().await;
    let health = door.json("/health").await;
    assert!(health["budget"]["spent_today_usd"].as_f64().unwrap() > 0.0, "{health}");
}
