//! `repartee doctor` tries each thing by itself, says what it found and changes nothing.

use std::fs;

use repartee_provider::{At, Fault, Kind, Model, Provider, Stage};
use serde_json::Value;

use crate::program::Program;

/// A program whose engines are all at this provider.
fn at(provider: &Provider) -> Program {
    let base_url = provider.base_url();
    Program::new().set("OPENAI_API_KEY", "sk-hush").set("OPENAI_BASE_URL", &base_url)
}

fn detail<'a>(findings: &'a Value, what: &str) -> &'a str {
    let findings = findings.as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["what"] == what);
    finding.unwrap_or_else(|| panic!("{what}: {findings:#?}"))["detail"].as_str().unwrap()
}

#[test]
fn an_engine_that_cannot_be_opened_leaves_the_others_to_be_tried() {
    let run = Program::new().set("VOICE", "nobody").run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("ok   hearing") && run.out.contains("ok   thinking"), "{}", run.out);
    assert!(run.out.contains("FAIL speaking") && run.out.contains("called nobody"), "{}", run.out);
    assert!(run.out.contains("VOICE"), "{}", run.out);
}

#[test]
fn an_engine_that_does_not_work_leaves_the_others_to_be_tried() {
    let run = Program::new().set("POCKETSPHINX_MODEL", "/nowhere").run(&["doctor"]);

    assert!(run.out.contains("FAIL hearing") && run.out.contains("ok   speaking"), "{}", run.out);
}

#[test]
fn names_are_told_as_they_are_written_and_engines_as_they_work() {
    let program = Program::new().set("TIMEZONE", "Europe/Paris");

    let findings = program.succeed_json(&["doctor", "--json"]);

    let settings = detail(&findings, "settings");
    assert!(settings.contains("Robin") && settings.contains("Europe/Paris"), "{settings}");
    assert_eq!(detail(&findings, "hearing"), "embedded/pocketsphinx-en-us");
    let speaking = detail(&findings, "speaking");
    for voice in ["embedded/flite-slt", "slt", "rms", "awb", "kal16", "alloy", "cedar"] {
        assert!(speaking.contains(voice), "{voice}: {speaking}");
    }
}

#[test]
fn a_database_that_is_not_there_is_told_of_and_not_made() {
    for folder in ["data", "a%20b"] {
        let program = Program::new().set("DATA_DIR", folder);

        let findings = program.succeed_json(&["doctor", "--json"]);

        let database = detail(&findings, "database");
        assert!(database.contains("not there yet") && database.contains("migrate"), "{database}");
        assert!(detail(&findings, "a whole turn").contains("of speech"));
        assert_eq!(fs::read_dir(program.path(folder)).unwrap().count(), 0);
    }
}

#[test]
fn a_database_that_cannot_be_made_is_a_failure() {
    let program = Program::new().set("DATABASE_URL", "sqlite:taken/deep/own.db");
    program.write("taken", "a file");

    let run = program.run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL database") && run.out.contains("DATABASE_URL"), "{}", run.out);
}

#[test]
fn a_database_that_is_not_up_to_date_is_left_so() {
    let program = Program::new().set("DATABASE_URL", "sqlite:own.db");
    program.write("own.db", "");

    for _ in 0..2 {
        let findings = program.succeed_json(&["doctor", "--json"]);
        let database = detail(&findings, "database");
        assert!(database.contains("not up to date yet"), "{database}");
    }
    program.succeed(&["migrate"]);
    let findings = program.succeed_json(&["doctor", "--json"]);
    let database = detail(&findings, "database");
    assert!(database.contains("schema up to date"), "{database}");
}

#[test]
fn the_whole_turn_must_fit_into_the_time_that_is_allowed() {
    let program = Program::new().set("TURN_TIMEOUT", "1").set("PERSONA", "own.toml");
    let notes = "We look forward to seeing you and your friends. ".repeat(500);
    program.write(
        "own.toml",
        format!("name = \"Ann\"\n[hours]\nsaturday = \"9:00-17:00\"\nnotes = \"{notes}\"\n"),
    );

    let run = program.run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("ok   speaking"), "{}", run.out);
    assert!(run.out.contains("FAIL a whole turn"), "{}", run.out);
}

#[test]
fn engines_at_a_server_are_tried_for_real_and_told_when_they_retire() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.models = ["gpt-transcribe", "gpt-6-luna"].map(Model::named).into();
    behaviour.models.push(Model::named("gpt-4o-mini-tts").until("9999-01-06"));
    provider.set(behaviour);
    let program = at(&provider);

    let out = program.succeed(&["doctor"]);

    assert!(out.contains("warn models") && out.contains("9999-01-06"), "{out}");
    assert!(out.contains("ok   models") && out.contains("gpt-6-luna at 127.0.0.1"), "{out}");
    assert!(out.contains("ok   hearing") && out.contains("openai/gpt-transcribe"), "{out}");
    assert!(out.contains("ok   spoken and heard again"), "{out}");
    assert!(out.contains("ok   a whole turn"), "{out}");
    let findings = program.succeed_json(&["doctor", "--json"]);
    let findings = findings.as_array().unwrap().iter();
    let warned = |what: &str| {
        findings.clone().filter(|found| found["warning"] == true && found["what"] == what).count()
    };
    assert_eq!((warned("models"), warned("settings")), (1, 0));
}

#[test]
fn a_model_that_was_shut_down_is_a_failure() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.models = vec![Model::named("gpt-6-luna").until("2020-01-01")];
    provider.set(behaviour);

    let run = at(&provider).run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL models") && run.out.contains("2020-01-01"), "{}", run.out);
}

#[test]
fn a_key_that_is_refused_is_told_with_its_variable_and_not_shown() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.required_key = Some("sk-right".into());
    provider.set(behaviour);

    let run = at(&provider).run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL models") && run.out.contains("OPENAI_API_KEY"), "{}", run.out);
    assert!(!run.out.contains("sk-hush") && !run.err.contains("sk-hush"));
}

#[test]
fn a_voice_that_is_gone_is_told_by_who_speaks_instead() {
    let provider = Provider::in_own_thread().unwrap();
    provider.fault(Fault::always(Stage::Speaking, At::BeforeFirstByte, Kind::model_gone()));

    let run = at(&provider).run(&["doctor"]);

    assert!(run.out.contains("embedded/flite-slt"), "{}", run.out);
}

#[test]
fn a_price_that_would_keep_the_server_from_starting_is_a_failure_with_lines_to_paste() {
    let run = Program::new()
        .set("THINKING_BASE_URL", "http://192.0.2.1/v1")
        .set("THINKING_MODEL", "llama-70b")
        .run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL prices"), "{}", run.out);
    for told in ["llama-70b at 192.0.2.1", "THINKING_PRICE=", "DAILY_BUDGET_USD=unlimited"] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
}

#[test]
fn a_server_of_ones_own_is_told_with_what_stays_here_and_what_counts_as_free() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.models = vec![Model::named("llama3.2")];
    provider.set(behaviour);
    let host = provider.address().to_string();

    let out = Program::new().set("OPENAI_BASE_URL", &provider.base_url()).succeed(&["doctor"]);

    assert!(out.contains(&format!("llama3.2 at {host}; hearing stays on this computer")), "{out}");
    assert!(out.contains("warn prices") && out.contains("counts as free"), "{out}");
    assert!(out.contains("embedded/pocketsphinx") && out.contains("ok   a whole turn"), "{out}");
}

#[test]
fn a_model_that_is_not_listed_is_told_with_those_that_are() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.models = vec![Model::named("llama3.2"), Model::named("qwen3")];
    provider.set(behaviour);
    let url = provider.base_url();

    let named = Program::new().set("THINKING_BASE_URL", &url).set("THINKING_MODEL", "llama3");
    let out = named.succeed(&["doctor"]);
    let run = Program::new().set("THINKING_BASE_URL", &url).run(&["doctor"]);

    assert!(out.contains("warn models") && out.contains("llama3.2, qwen3"), "{out}");
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL models") && run.out.contains("llama3.2, qwen3"), "{}", run.out);
}

#[test]
fn an_address_that_nobody_uses_is_doubtful() {
    let url = "http://127.0.0.1:1/v1";
    let engines = ["HEARING_ENGINE", "THINKING_ENGINE", "SPEAKING_ENGINE"];
    let program = Program::new().set("OPENAI_BASE_URL", url);
    let program = engines.iter().fold(program, |program, name| program.set(name, "embedded"));

    let out = program.succeed(&["doctor"]);

    assert!(out.contains("warn settings") && out.contains("OPENAI_BASE_URL"), "{out}");
}

#[test]
fn the_key_that_is_asked_for_is_the_stages_own() {
    let provider = Provider::in_own_thread().unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.required_key = Some("sk-right".into());
    provider.set(behaviour);

    let run = Program::new().set("THINKING_BASE_URL", &provider.base_url()).run(&["doctor"]);

    assert!(run.out.contains("set THINKING_API_KEY"), "{}", run.out);
    assert!(!run.out.contains("OPENAI_API_KEY"), "{}", run.out);
}

#[test]
fn in_a_folder_that_cannot_be_used_there_is_no_database() {
    let run = Program::new().set("DATA_DIR", "/proc/repartee").run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL data folder"), "{}", run.out);
    assert!(run.out.contains("FAIL database"), "{}", run.out);
}

#[test]
fn a_name_that_looks_like_a_setting_and_is_none_is_doubtful() {
    let program = Program::new();
    program.write(".env", "OPENAI_APIKEY=sk-hush\nPOSTGRES_PASSWORD=hush\nDOMAIN=talk.example\n");

    let out = program.succeed(&["doctor"]);

    assert!(out.contains("OPENAI_APIKEY is no setting") && out.contains("OPENAI_API_KEY"), "{out}");
    assert!(!out.contains("POSTGRES") && !out.contains("DOMAIN") && !out.contains("hush"), "{out}");
}
