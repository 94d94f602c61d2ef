//! Whatever is handed in, the answer is a clear error, exit code 2 and a clean floor.

use crate::command_line::silence;
use crate::program::Program;

/// A clip that is none, and a word that the error must hold.
fn bad_clips() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let mut zero_channels = silence(1);
    zero_channels[22] = 0;
    let mut absurd_rate = silence(1);
    absurd_rate[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
    let random = (0u32..4096).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    vec![
        ("empty.webm", Vec::new(), "empty"),
        ("one.webm", vec![0x1A], "unsupported"),
        ("random.webm", random, "unsupported"),
        ("archive.webm", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec(), "ZIP"),
        ("page.webm", b"<!doctype html><html></html>".to_vec(), "HTML"),
        ("header.wav", silence(1)[..40].to_vec(), "WAV"),
        ("zero_channels.wav", zero_channels, "WAV"),
        ("absurd_rate.wav", absurd_rate, "WAV"),
        ("hours.wav", silence(601), "600 seconds"),
        ("silence.wav", silence(3), "no speech"),
    ]
}

#[test]
fn a_bad_clip_is_an_error_that_says_what_it_is_and_leaves_nothing_behind() {
    let program = Program::new();

    for (name, bytes, word) in bad_clips() {
        program.write(name, bytes);
        // What holds no speech is an error to those who want words, and an answer to `hear`.
        let commands = if word == "no speech" { 2 } else { 3 };
        for command in ["ask", "transcribe", "hear"].into_iter().take(commands) {
            let run = program.run(&[command, name]);
            assert_eq!(run.code, 2, "{command} {name}: {}{}", run.out, run.err);
            assert!(run.err.contains(word), "{command} {name}: {}", run.err);
            assert!(run.err.contains(name), "{command} {name}: {}", run.err);
        }
    }
    assert_eq!(program.left_in_temporary_folder(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn an_hour_that_is_small_is_too_long_all_the_same() {
    let program = Program::new();
    program.succeed(&["say", "This is a sentence of some length, said again.", "-o", "one.mp3"]);
    let one = std::fs::read(program.path("one.mp3")).unwrap();
    program.write("hour.mp3", one.repeat(1300));

    let run = program.run(&["transcribe", "hour.mp3"]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("600 seconds"), "{}", run.err);
}

#[test]
fn of_a_truncated_clip_the_part_that_exists_is_heard() {
    let program = Program::new();
    program.succeed(&["say", "What are your opening hours? And where are you?", "-o", "q.mp3"]);
    let whole = std::fs::read(program.path("q.mp3")).unwrap();
    program.write("part.mp3", &whole[..whole.len() * 6 / 10]);

    let heard = program.succeed(&["transcribe", "part.mp3"]);

    assert!(heard.to_lowercase().contains("opening hours"), "{heard}");
}

#[test]
fn a_clip_over_the_byte_limit_is_refused_before_it_is_read_whole() {
    let program = Program::new().set("MAX_AUDIO_MB", "1");
    program.write("large.wav", silence(60));

    let run = program.run(&["transcribe", "large.wav"]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("limit"), "{}", run.err);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let run = Program::new().run(&["ask", "nowhere.mp3"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("nowhere.mp3"), "{}", run.err);
}

#[test]
fn a_failed_turn_leaves_no_half_an_answer() {
    let program = Program::new();
    program.write("silence.wav", silence(2));

    let run = program.run(&["ask", "silence.wav", "-o", "a.mp3"]);

    assert_eq!(run.code, 2);
    let left: Vec<_> = std::fs::read_dir(program.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("a.mp3"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn nothing_to_say_is_an_error() {
    let program = Program::new();

    assert_eq!(program.run(&["say", "  ", "-o", "x.mp3"]).code, 2);
    assert_eq!(program.run(&["say", "Hello.", "-o", "x.aiff"]).code, 2);
    assert_eq!(program.run(&["ask", "--text", " "]).code, 2);
}

#[test]
fn a_text_that_is_no_question_any_more_is_refused() {
    let run = Program::new().run(&["ask", "--text", &"1+".repeat(3000)]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("4000"), "{}", run.err);
}
