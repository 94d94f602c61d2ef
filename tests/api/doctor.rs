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
    let warnings = findings.as_array().unwrap().iter().filter(|finding| finding["warning"] == true);
    assert_eq!(warnings.count(), 1);
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
