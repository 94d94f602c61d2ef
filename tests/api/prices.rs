//! A price that nobody knows: told at once, or counted as nothing on one's own server.

use repartee_provider::Behaviour;
use serde_json::Value;

use crate::door::{Door, fine};
use crate::program::Program;

/// A server of somebody else, for all stages, whose prices nobody knows.
const STRANGERS: [(&str, &str); 6] = [
    ("OPENAI_BASE_URL", "http://192.0.2.1/v1"),
    ("HEARING_MODEL", "ears"),
    ("THINKING_MODEL", "mind"),
    ("SPEAKING_MODEL", "mouth"),
    ("DAILY_BUDGET_USD", "5"),
    ("OWNER_BUDGET_USD", "1"),
];

/// The program with that server, refusing to start.
fn refused_at_start() -> (Program, String) {
    let program = Program::new().set("BIND", "127.0.0.1:0");
    let program = STRANGERS.iter().fold(program, |program, (name, text)| program.set(name, text));
    let run = program.run(&["serve"]);
    assert_eq!(run.code, 2, "{}", run.err);
    (program, run.err)
}

#[test]
fn a_budget_over_prices_that_nobody_knows_refuses_to_start_and_names_all_of_them() {
    let (program, told) = refused_at_start();

    for model in ["ears", "mind", "mouth"] {
        assert!(told.contains(&format!("{model} at 192.0.2.1")), "{model}: {told}");
    }
    for word in ["DAILY_BUDGET_USD", "PRICES", "free = true", "unlimited"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!program.path("data").exists(), "something was written before it was refused");
}

#[tokio::test]
async fn the_lines_that_a_refusal_shows_are_enough_to_start() {
    let (_, told) = refused_at_start();
    let lines = told.lines().filter_map(|line| line.trim().split_once('='));
    let prices = lines.filter(|(name, _)| name.ends_with("_PRICE"));
    let prices = prices.map(|(name, text)| (name, text.split('#').next().unwrap().trim()));
    let settings: Vec<_> = STRANGERS.into_iter().chain(prices).collect();
    assert_eq!(settings.len(), STRANGERS.len() + 3, "{told}");

    let door = Door::with(Behaviour::default(), &settings).await;

    assert_eq!(door.json("/health").await["warnings"], serde_json::json!([]));
}

#[tokio::test]
async fn on_ones_own_server_a_price_that_nobody_knows_counts_as_nothing_and_that_is_said() {
    let budgets = [("DAILY_BUDGET_USD", "0.01"), ("OWNER_BUDGET_USD", "0.01")];
    let door = Door::with(Behaviour::default(), &budgets).await;

    for _ in 0..3 {
        let answer = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
        let turn: Value = answer.json().await.unwrap();
        assert_eq!(turn["cost_usd"], Value::Null, "what is not known is not zero");
    }

    let health = door.json("/health").await;
    assert_eq!(health["budget"]["spent_today_usd"], 0.0);
    let warnings = health["warnings"].to_string();
    for model in ["gpt-transcribe", "gpt-6-luna", "gpt-4o-mini-tts"] {
        assert!(warnings.contains(&format!("{model} (")) && warnings.contains("free"), "{health}");
        assert!(door.log().contains(&format!("{model} at {}", door.provider.address())));
    }
}
