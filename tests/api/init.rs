//! `repartee init` writes `.env`, and never over one that is wanted.

use std::os::unix::fs::PermissionsExt;

use crate::program::Program;

#[test]
fn answers_become_settings_that_the_program_reads_back() {
    let program = Program::new();

    let run = program.run_with_input(&["init"], b"\nmy \"own\" $data\n\n\necho\n");
    program.succeed(&["migrate"]);

    assert_eq!(run.code, 0, "{}", run.err);
    let file = program.read(".env");
    assert!(file.contains("VOICE=\"echo\"") && !file.contains("BIND"), "{file}");
    assert!(program.path("my \"own\" $data/repartee.db").exists(), "{file}");
    let mode = program.path(".env").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_file_that_is_there_is_left_alone_unless_the_answer_is_yes() {
    let program = Program::new();
    program.write(".env", "VOICE=rms\n");

    let kept = program.run_with_input(&["init"], b"\n");
    assert_eq!(kept.code, 0);
    assert_eq!(program.read(".env"), "VOICE=rms\n");

    program.run_with_input(&["init"], b"y\n\n\n\n\nslt\n");
    assert!(program.read(".env").contains("slt"));
    let mode = program.path(".env").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it was readable by all before");
}

#[test]
fn an_answer_that_would_be_refused_later_is_refused_now() {
    let program = Program::new();

    let run = program.run_with_input(&["init"], b"everywhere\n");

    assert_eq!(run.code, 2);
    assert!(run.err.contains("BIND"), "{}", run.err);
    assert!(!program.path(".env").exists());
}
