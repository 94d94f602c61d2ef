//! What a person or a script does at the command line, on the real engines.

use repartee::domain::word_errors::word_error_rate;

use crate::program::Program;

fn spoken_question() -> Program {
    let program = Program::new();
    program.succeed(&["say", "What are your opening hours?", "-o", "q.mp3"]);
    program
}

#[test]
fn a_spoken_question_gets_the_personas_answer_in_speech() {
    let program = spoken_question();

    let turn = program.succeed_json(&["ask", "q.mp3", "-o", "a.mp3", "--json"]);
    let again = program.succeed(&["transcribe", "a.mp3"]);

    assert!(turn["transcript"].as_str().unwrap().contains("opening hours"), "{turn}");
    let reply = turn["reply"].as_str().unwrap();
    assert!(reply.starts_with("Monday to Friday"), "{reply}");
    let errors = word_error_rate(reply, &again);
    assert!(errors.rate() <= 0.12, "{again}");
}

#[test]
fn a_conversation_goes_on_by_its_id_and_remembers() {
    let program = Program::new();

    let first = program.succeed_json(&["ask", "--text", "My name is Clara.", "--json"]);
    let id = first["conversation_id"].as_str().unwrap();
    let text = "What is my name?";
    let by_id = program.succeed_json(&["ask", "--text", text, "--conversation", id, "--json"]);
    let last = program.succeed_json(&["ask", "--text", text, "--conversation", "last", "--json"]);
    let fresh = program.succeed_json(&["ask", "--text", text, "--json"]);

    assert!(by_id["reply"].as_str().unwrap().contains("Clara"), "{by_id}");
    assert!(last["reply"].as_str().unwrap().contains("Clara"), "{last}");
    assert!(!fresh["reply"].as_str().unwrap().contains("Clara"), "{fresh}");
}

#[test]
fn a_turn_without_memory_leaves_none() {
    let program = Program::new();
    let text = "What is my name?";

    program.succeed(&["ask", "--text", "My name is Clara.", "--no-memory"]);
    let turn = program.succeed_json(&["ask", "--text", text, "--conversation", "last", "--json"]);

    assert!(!turn["reply"].as_str().unwrap().contains("Clara"), "{turn}");
}

#[test]
fn an_unknown_conversation_is_refused() {
    let id = "00000000-0000-4000-8000-000000000000";

    let run = Program::new().run(&["ask", "--text", "Hello.", "--conversation", id]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("conversation"), "{}", run.err);
}

#[test]
fn an_unknown_voice_is_refused_with_those_that_there_are() {
    let program = Program::new();

    for arguments in [&["say", "Hello.", "-o", "x.mp3"][..], &["ask", "--text", "Hello."]] {
        let run = program.run(&[arguments, &["--voice", "nobody"]].concat());
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("nobody") && run.err.contains("alloy"), "{}", run.err);
    }
}

#[test]
fn every_ending_is_a_format_and_each_is_understood_again() {
    let program = Program::new();

    for name in ["a.mp3", "a.wav", "a.ogg"] {
        program.succeed(&["say", "Please open the window in the kitchen.", "-o", name]);
        let heard = program.succeed(&["transcribe", name]);
        assert!(heard.to_lowercase().contains("window in the kitchen"), "{name}: {heard}");
    }
    program.succeed(&["say", "Please open the window.", "-o", "a.pcm"]);
    assert!(program.path("a.pcm").metadata().unwrap().len() > 16_000);
}

#[test]
fn a_clip_comes_from_standard_input_and_the_answer_goes_to_standard_output() {
    let program = spoken_question();
    let question = std::fs::read(program.path("q.mp3")).unwrap();

    let run = program.run_with_input(&["ask", "-", "-o", "-"], &question);

    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.bytes[0], 0xFF, "an MP3 frame begins so");
    assert!(run.err.contains("opening hours"), "{}", run.err);
    program.write("a.mp3", &run.bytes);
    let answer = program.succeed(&["transcribe", "a.mp3"]).to_lowercase();
    assert!(answer.contains("monday to friday"), "{answer}");
}

#[test]
fn hear_tells_speech_from_silence() {
    let program = spoken_question();
    program.write("silence.wav", silence(2));

    let speech = program.succeed_json(&["hear", "q.mp3", "--json"]);
    let silence = program.succeed_json(&["hear", "silence.wav", "--json"]);
    let plain = program.succeed(&["hear", "silence.wav"]);

    assert!(speech["speech_seconds"].as_f64().unwrap() > 0.8, "{speech}");
    assert_eq!(silence["speech_seconds"].as_f64(), Some(0.0));
    assert!(plain.contains("verdict"), "{plain}");
}

#[test]
fn transcribe_is_a_test_when_it_knows_what_to_expect() {
    let program = spoken_question();
    std::fs::create_dir(program.path("expected")).unwrap();
    let arguments = ["transcribe", "q.mp3", "--expect-dir", "expected", "--max-wer", "0.2"];
    let arguments = [&arguments[..], &["--junit", "report.xml"]].concat();

    program.write("expected/q.txt", "what are your opening hours\n");
    let right = program.run(&arguments);
    program.write("expected/q.txt", "my grandmother sails a small boat\n");
    let wrong = program.run(&arguments);

    assert_eq!(right.code, 0, "{}{}", right.out, right.err);
    assert_eq!(wrong.code, 1, "{}{}", wrong.out, wrong.err);
    assert!(wrong.out.contains("word error rate"), "{}", wrong.out);
    let report = program.read("report.xml");
    assert!(report.contains("failures=\"1\"") && report.contains("grandmother"), "{report}");
    let as_per_cent =
        program.run(&["transcribe", "q.mp3", "--expect-dir", "expected", "--max-wer", "12"]);
    assert_eq!(as_per_cent.code, 2, "{}", as_per_cent.err);
}

#[test]
fn hear_tells_what_the_testers_route_tells_and_can_fail_a_build() {
    let program = spoken_question();
    program.write("silence.wav", silence(2));

    let speech = program.succeed_json(&["hear", "q.mp3", "--json"]);
    let quiet = program.succeed_json(&["hear", "silence.wav", "--json"]);

    assert!(["good", "usable"].contains(&speech["verdict"].as_str().unwrap()), "{speech}");
    assert_eq!(speech["would_voice_chat"]["accepted"], true);
    assert_eq!(
        (&quiet["verdict"], &quiet["would_voice_chat"]["code"]),
        (&"unusable".into(), &"no_speech".into())
    );
    assert_eq!(quiet["warnings"][0]["code"], "silent");
    assert!(quiet["advice"][0].as_str().unwrap().contains("microphone"), "{quiet}");
    for worst in ["poor", "unusable", "silence"] {
        assert_eq!(program.run(&["hear", "q.mp3", "--fail-on", worst]).code, 0, "{worst}");
        let failed = program.run(&["hear", "silence.wav", "--fail-on", worst, "--json"]);
        assert_eq!(failed.code, 1, "{worst}");
        assert!(failed.out.contains("verdict"), "the report is there all the same");
    }
    assert_eq!(program.run(&["hear", "q.mp3", "--fail-on", "noise"]).code, 2);
}

#[test]
fn where_nothing_is_expected_nothing_may_be_heard() {
    let program = spoken_question();
    std::fs::create_dir(program.path("expected")).unwrap();
    program.write("silence.wav", silence(2));
    program.write("expected/silence.txt", "\n");
    let quiet = ["transcribe", "silence.wav", "--expect-dir", "expected", "--max-wer", "0.1"];
    let told = program.succeed_json(&[&quiet[..], &["--json"]].concat());
    let clip = &told["clips"][0];
    assert_eq!((&clip["text"], &clip["expected"]), (&"".into(), &"".into()), "{told}");
    assert!(clip["error"].is_null(), "{told}");

    program.write("expected/q.txt", "");
    let loud = ["transcribe", "q.mp3", "silence.wav", "--expect-dir", "expected"];
    let run = program.run(&[&loud[..], &["--junit", "report.xml"]].concat());
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let report = program.read("report.xml");
    assert!(
        report.contains("failures=\"1\"") && report.contains("nothing may be heard"),
        "{report}"
    );
}

#[test]
fn what_is_heard_is_told_by_the_names_that_it_has_over_http() {
    let program = spoken_question();
    std::fs::create_dir(program.path("expected")).unwrap();
    program.write("expected/q.txt", "what are your opening hours\n");

    let told = program.succeed_json(&["transcribe", "q.mp3", "--expect-dir", "expected", "--json"]);

    let clip = &told["clips"][0];
    assert_eq!(clip["expected"], "what are your opening hours");
    assert_eq!(clip["word_error_rate"], told["word_error_rate"]);
    let words = clip["words"].as_array().unwrap();
    assert!(words.len() > 2 && words.iter().all(|word| word["word"] == word["text"]), "{clip}");
}

#[test]
fn expected_words_are_found_by_the_whole_name_before_any_clip_is_heard() {
    let program = spoken_question();
    std::fs::create_dir(program.path("expected")).unwrap();
    for take in ["take.1", "take.2"] {
        std::fs::copy(program.path("q.mp3"), program.path(&format!("{take}.mp3"))).unwrap();
    }
    program.write("expected/take.1.txt", "what are your opening hours");
    let arguments = ["transcribe", "take.1.mp3", "take.2.mp3", "--expect-dir", "expected"];

    let missing = program.run(&arguments);
    program.write("expected/take.2.txt", "what are your opening hours");
    let complete = program.run(&arguments);

    assert_eq!(missing.code, 2);
    assert!(missing.out.is_empty() && missing.err.contains("take.2.txt"), "{}", missing.err);
    assert_eq!(complete.code, 0, "{}", complete.err);
}

#[test]
fn a_clip_in_which_nothing_is_understood_is_no_speech_for_every_command() {
    let program = Program::new();
    program.write("silence.wav", silence(2));

    for command in ["ask", "transcribe"] {
        let run = program.run(&[command, "silence.wav"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("no speech"), "{}", run.err);
    }
}

#[test]
fn two_results_do_not_share_standard_output() {
    let run = Program::new().run(&["ask", "--text", "Hello there.", "--json", "-o", "-"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("standard output"), "{}", run.err);
}

#[test]
fn doctor_notices_a_data_folder_that_is_no_folder() {
    let program = Program::new().set("DATA_DIR", "taken/data");
    program.write("taken", "a file");

    let run = program.run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("FAIL data folder") && run.out.contains("DATA_DIR"), "{}", run.out);
}

#[test]
fn doctor_tries_everything_for_real() {
    let program = Program::new();

    let findings = program.succeed_json(&["doctor", "--json"]);

    let findings = findings.as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["ok"] == true), "{findings:#?}");
    assert!(findings.iter().any(|finding| finding["what"] == "spoken and heard again"));
}

#[test]
fn doctor_names_what_is_missing_and_the_way_out() {
    let program = Program::new().set("POCKETSPHINX_MODEL", "/nowhere");

    let run = program.run(&["doctor"]);

    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("FAIL") && run.out.contains("pocketsphinx-en-us"), "{}", run.out);
}

#[test]
fn migrate_may_be_run_twice() {
    let program = Program::new();

    assert!(program.succeed(&["migrate"]).contains("SQLite"));
    assert!(program.succeed(&["migrate"]).contains("up to date"));
}

#[test]
fn every_command_explains_itself_and_the_exit_codes_are_told() {
    let program = Program::new();

    assert!(program.succeed(&["--help"]).contains("Exit codes"));
    for command in
        ["serve", "ask", "transcribe", "say", "hear", "doctor", "init", "migrate", "backup"]
    {
        assert!(program.succeed(&[command, "--help"]).lines().count() > 4, "{command}");
    }
}

/// Seconds of digital silence as a 16 kHz WAV.
pub fn silence(seconds: u32) -> Vec<u8> {
    let data = seconds * 32_000;
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((data + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    wav.extend([1u16, 1].iter().flat_map(|field| field.to_le_bytes()));
    wav.extend([16_000u32, 32_000].iter().flat_map(|field| field.to_le_bytes()));
    wav.extend([2u16, 16].iter().flat_map(|field| field.to_le_bytes()));
    wav.extend(b"data");
    wav.extend(data.to_le_bytes());
    wav.resize(44 + data as usize, 0);
    wav
}
