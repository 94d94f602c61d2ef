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

#[test]
fn an_answer_that_cannot_be_used_is_asked_for_again() {
    let program = Program::new();
    let answers = "everywhere\n127.0.0.1:9000\nkept\nmysql://x\nno\nmistyped.toml\nno\n\n";

    let run = program.run_with_input(&["init"], answers.as_bytes());

    assert_eq!(run.code, 0, "{}", run.err);
    for mistake in ["BIND: `everywhere`", "DATABASE_URL: ", "PERSONA: mistyped.toml"] {
        assert!(run.err.contains(mistake), "{mistake}: {}", run.err);
    }
    let file = program.read(".env");
    assert!(file.contains("BIND=\"127.0.0.1:9000\"\nDATA_DIR=\"kept\"\n"), "{file}");
    assert!(!file.contains("DATABASE_URL") && !file.contains("PERSONA"), "{file}");
    program.succeed(&["migrate"]);
}

#[cfg(feature = "embedded")]
#[test]
fn a_voice_that_nobody_has_is_asked_for_again() {
    let program = Program::new();

    let run = program.run_with_input(&["init"], b"\n\n\n\nnobody\nkal16\n");
    let ended = program.run_with_input(&["init"], b"y\n\n\n\n\nnobody\n");

    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("VOICE") && run.err.contains("nobody"), "{}", run.err);
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(program.read(".env").contains("VOICE=\"kal16\""), "{}", program.read(".env"));
}

#[cfg(feature = "embedded")]
#[test]
fn a_persona_whose_voice_nobody_has_needs_another_voice() {
    let program = Program::new();
    program.write("own.toml", "name = \"Ann\"\nvoice = \"nobody\"\n");

    let run = program.run_with_input(&["init"], b"\n\n\nown.toml\n\nrms\n");

    assert_eq!(run.code, 0, "{}", run.err);
    let file = program.read(".env");
    assert!(file.contains("own.toml") && file.contains("VOICE=\"rms\""), "{file}");
}

#[test]
fn words_count_however_they_are_written_and_paths_as_they_are() {
    let program = Program::new();

    let run = program.run_with_input(&["init"], b"\n./DATA\nNO\nN\nThe Persona's\n");

    assert_eq!(run.code, 0, "{}", run.err);
    let file = program.read(".env");
    assert!(file.ends_with("\nDATA_DIR=\"./DATA\"\n") && file.lines().count() == 2, "{file}");
}

#[test]
fn answers_that_end_early_keep_every_default() {
    let program = Program::new();

    let run = program.run_with_input(&["init"], b"\n");

    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(program.read(".env").lines().count(), 1);
}

#[test]
fn a_database_url_that_start_would_refuse_is_asked_for_again() {
    let program = Program::new();

    let run =
        program.run_with_input(&["init"], b"\n\npostgres://[bad\nsqlite::memory:\nsqlite:own.db\n");

    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.err.matches("the database URL cannot be used").count(), 2, "{}", run.err);
    assert!(program.read(".env").contains("sqlite:own.db"));
}

#[test]
fn a_server_of_ones_own_is_asked_for() {
    let program = Program::new();
    let answers = "\n\n\n\n\n\nlocalhost:11434\nhttp://localhost:11434/v1\n";

    let run = program.run_with_input(&["init"], answers.as_bytes());

    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("OPENAI_BASE_URL: "), "{}", run.err);
    let file = program.read(".env");
    assert!(file.ends_with("\nOPENAI_BASE_URL=\"http://localhost:11434/v1\"\n"), "{file}");
}
