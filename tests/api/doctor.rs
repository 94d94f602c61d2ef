//! `repartee doctor` tries each thing by itself, says what it found and changes nothing.

use std::fs;

use serde_json::Value;

use crate::program::Program;

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
