//! How commands end: told to stop, with a memory that fails, and with one that is full.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sea_orm::{ConnectionTrait, Database};

use crate::program::{Program, Run};

/// What is not in its place yet.
fn unfinished(program: &Program) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(program.folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "part")).collect()
}

/// Starts a command, and sends it the signal as soon as its sound has begun.
fn stopped(program: &Program, arguments: &[&str], signal: &str) -> Run {
    let mut process: Child =
        program.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while unfinished(program).iter().all(|path| path.metadata().map_or(0, |file| file.len()) == 0) {
        assert!(process.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        std::thread::yield_now();
    }
    let id = process.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    process.wait_with_output().unwrap().into()
}

#[test]
fn a_command_that_is_told_to_stop_leaves_no_half_file() {
    let program = Program::new();
    let long = "The quick brown fox jumps over the lazy dog again. ".repeat(2000);

    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let run = stopped(&program, &["say", &long, "-o", "long.mp3"], signal);

        assert_eq!(run.code, code, "{}", run.err);
        assert_eq!(unfinished(&program), Vec::<PathBuf>::new());
        assert!(!program.path("long.mp3").exists());
    }
}

#[test]
fn what_was_said_long_ago_is_still_known() {
    let program = Program::new().set("RECALL_TOKENS", "100");
    let long = "It rained all day and nothing else happened worth telling anyone about. ".repeat(6);
    let ask = |text: &str| {
        program.succeed_json(&["ask", "--text", text, "--conversation", "last", "--json"])
    };

    ask("My name is Clara.");
    for _ in 0..4 {
        ask(&long);
    }

    let turn = ask("What is my name?");
    assert!(turn["reply"].as_str().unwrap().contains("Clara"), "{turn}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_cannot_be_remembered_is_given_all_the_same() {
    let program = Program::new();
    program.succeed(&["migrate"]);
    let file = program.path("data/repartee.db");
    let other = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();

    let run = program.run(&["ask", "--text", "What is twelve times seven?", "-o", "a.mp3"]);

    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("will not be remembered"), "{}", run.err);
    assert!(run.out.contains("84"), "{}", run.out);
    assert!(program.path("a.mp3").metadata().unwrap().len() > 1000);
}

#[test]
fn a_folder_is_no_place_for_sound() {
    let program = Program::new();
    std::fs::create_dir(program.path("a.mp3")).unwrap();

    let run = program.run(&["ask", "--text", "Hello there.", "-o", "a.mp3"]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("a.mp3"), "{}", run.err);
}

#[test]
fn a_file_that_is_no_database_is_called_that() {
    let program = Program::new();
    std::fs::create_dir(program.path("data")).unwrap();
    program.write("data/repartee.db", [7; 8192]);

    let run = program.run(&["ask", "--text", "Hello there."]);

    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("no database"), "{}", run.err);
}

#[test]
fn a_clip_is_blamed_only_for_what_is_its_own() {
    let program = Program::new();
    program.succeed(&["say", "Hello there.", "-o", "q.mp3"]);
    let id = "00000000-0000-4000-8000-000000000000";

    let run = program.run(&["ask", "q.mp3", "--conversation", id]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(!run.err.contains("q.mp3"), "{}", run.err);
}

#[test]
fn too_long_a_text_is_refused_and_not_cut() {
    let program = Program::new();
    let long = "word ".repeat((1 << 20) / 5 + 1);

    let run = program.run_with_input(&["say", "-", "-o", "a.mp3"], long.as_bytes());

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("1 MiB"), "{}", run.err);
}

#[test]
fn a_text_may_begin_with_a_minus() {
    let program = Program::new();

    program.succeed(&["say", "-5 degrees and falling", "-o", "a.mp3"]);

    assert!(program.path("a.mp3").exists());
}

#[test]
fn an_expectation_without_words_is_that_nothing_is_heard() {
    let program = Program::new();
    program.succeed(&["say", "Hello there, how are you?", "-o", "q.mp3"]);
    program.write("q.txt", "\n");

    let run = program.run(&["transcribe", "q.mp3", "--expect-dir", "."]);

    assert_eq!(run.code, 1, "{}", run.err);
}
