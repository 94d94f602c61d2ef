//! What the process tells those who operate it, and what it must never tell.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::Program;

#[test]
fn a_log_in_a_file_has_no_colours() {
    let run = Program::new().set("LOG", "info").run(&["migrate"]);

    assert!(run.err.contains("INFO"), "{}", run.err);
    assert!(!run.err.contains('\u{1b}'), "{:?}", run.err);
}

#[test]
fn every_stage_is_a_span_and_nothing_that_was_said_is_logged() {
    let program = Program::new().set("LOG", "trace").set("LOG_FORMAT", "json");
    program.succeed(&["say", "Remember that the marmalade is hidden.", "-o", "q.wav"]);

    let run = program.run(&["ask", "q.wav", "-o", "a.mp3"]);

    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.to_lowercase().contains("hidden"), "{}", run.out);
    let lines: Vec<Value> =
        run.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let spans: BTreeSet<_> =
        lines.iter().filter_map(|line| line["span"]["name"].as_str()).collect();
    for stage in ["turn.hear", "turn.think", "turn.speak"] {
        assert!(spans.contains(stage), "{stage} is not among {spans:?}");
    }
    assert!(!run.err.to_lowercase().contains("hidden"), "what was said is in the log");
}

#[test]
fn a_databases_password_is_neither_logged_nor_told() {
    let url = "postgres://ann:marmalade@127.0.0.1:1/none";
    let program = Program::new().set("LOG", "trace").set("DATABASE_URL", url);

    let run = program.run(&["migrate"]);

    assert_eq!(run.code, 3, "{}", run.err);
    assert!(!run.err.contains("marmalade") && !run.out.contains("marmalade"), "{}", run.err);
}
