//! A server of one's own takes one setting, as README says; what it lacks stays on this computer.

use repartee_provider::{At, Behaviour, Fault, Kind, Model, Provider, Stage};
use serde_json::Value;

use crate::door::{Door, fine};
use crate::program::{Program, Run};

/// A provider with these models, that refuses all others.
fn provider(models: &[&str]) -> Provider {
    let provider = Provider::in_own_thread().unwrap();
    provider.set(Behaviour {
        models: models.iter().map(|name| Model::named(name)).collect(),
        strict_models: true,
        ..Behaviour::default()
    });
    provider
}

/// The program, told of this server for all stages.
fn at(provider: &Provider) -> Program {
    Program::new().set("OPENAI_BASE_URL", &provider.base_url()).set("BIND", "127.0.0.1:0")
}

/// What a server says that does not start.
fn refused(program: &Program) -> Run {
    let run = program.run(&["serve"]);
    assert!(!program.path("data").exists(), "something was written before it was refused");
    run
}

/// The settings of README's lines that start the program with a server of one's own.
fn lines_of_the_readme() -> Vec<Vec<(String, String)>> {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (_, section) = readme.split_once("## A key makes it better").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let lines = section.lines().filter(|line| line.contains("_BASE_URL=") && line.ends_with("run"));
    let settings = lines.map(|line| {
        let words = line.split_whitespace().filter_map(|word| word.split_once('='));
        words.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    });
    settings.collect()
}

#[tokio::test]
async fn the_lines_of_the_readme_are_enough_for_a_server_that_only_thinks() {
    let lines = lines_of_the_readme();
    assert!(lines.len() >= 2, "{lines:?}");
    for line in lines {
        let provider = provider(&["llama3.2:latest"]);
        let settings = line.iter().map(|(name, text)| {
            let here = text.starts_with("http://localhost:");
            (name, if here { provider.base_url() } else { text.clone() })
        });
        let program =
            settings.fold(Program::new(), |program, (name, text)| program.set(name, &text));
        let door = Door::serve(program, provider).await;

        let asked = door.type_in("/voice-chat?format=json", "What is the capital of France?");
        let turn: Value = fine(asked.send().await.unwrap()).await.json().await.unwrap();

        assert_eq!(turn["reply"], "The capital of France is Paris.", "{line:?}: {turn}");
        assert_eq!(turn["cost_usd"], Value::Null);
        let health = door.json("/health").await;
        assert_eq!(health["models"]["thinking"], "llama3.2:latest", "{line:?}");
        for stage in ["hearing", "speaking"] {
            let name = health["engines"][stage]["name"].as_str().unwrap();
            assert!(name.starts_with("embedded"), "{line:?}: {health}");
        }
        assert!(health["warnings"].to_string().contains("free"), "{health}");
        let calls = door.provider.journal();
        let heard =
            calls.iter().any(|call| [Stage::Hearing, Stage::Speaking].contains(&call.stage));
        assert!(!heard, "{line:?}: {calls:?}");
        for call in door.provider.calls(Stage::Thinking) {
            assert_eq!(call.chat().unwrap().model, "llama3.2:latest");
        }
    }
}

#[tokio::test]
async fn what_is_decided_is_said_at_start() {
    let provider = provider(&["llama3.2", "faster-whisper-small", "nomic-embed-text"]);
    let door = Door::serve(at(&provider), provider).await;

    let host = door.provider.address();
    let log = door.log();
    for said in [
        format!("hearing is done by faster-whisper-small at {host}"),
        format!("thinking is done by llama3.2 at {host}"),
        format!("speaking stays on this computer, for {host} has no model for it"),
    ] {
        assert!(log.contains(&said), "{said}: {log}");
    }
}

#[test]
fn of_several_models_the_operator_chooses() {
    let provider = provider(&["llama3.2", "qwen3", "nomic-embed-text"]);

    let run = refused(&at(&provider));

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("THINKING_MODEL: 127.0.0.1:"), "{}", run.err);
    assert!(run.err.contains("llama3.2, qwen3") && !run.err.contains("embed"), "{}", run.err);
    let named = at(&provider).set("THINKING_MODEL", "qwen3").run(&["ask", "--text", "Hello?"]);
    assert_eq!(named.code, 0, "{}", named.err);
    assert_eq!(provider.calls(Stage::Thinking)[0].chat().unwrap().model, "qwen3");
}

#[test]
fn a_stage_that_was_meant_for_the_server_by_name_does_not_stay_here() {
    let provider = provider(&["llama3.2"]);
    let url = provider.base_url();

    for (name, text) in
        [("HEARING_ENGINE", "openai"), ("HEARING_BASE_URL", &*url), ("HEARING_API_KEY", "any")]
    {
        let run = refused(&at(&provider).set(name, text));

        assert_eq!(run.code, 2, "{name}: {}", run.err);
        assert!(run.err.contains("HEARING_MODEL: ") && run.err.contains("llama3.2"), "{}", run.err);
        assert!(!run.err.contains("SPEAKING"), "{}", run.err);
    }
    assert!(provider.calls(Stage::Hearing).is_empty());
}

#[test]
fn a_server_that_tells_nothing_useful_is_told_so_for_every_stage() {
    let provider = provider(&["nomic-embed-text"]);
    let useless = refused(&at(&provider));
    let missing = Kind::Status { code: 404, headers: Vec::new(), body: String::new() };
    provider.fault(Fault::always(Stage::Models, At::BeforeFirstByte, missing));
    let silent = refused(&at(&provider));

    for run in [useless, silent] {
        assert_eq!(run.code, 2, "{}", run.err);
        for name in ["HEARING_MODEL", "THINKING_MODEL", "SPEAKING_MODEL"] {
            assert!(run.err.contains(&format!("{name}: 127.0.0.1:")), "{name}: {}", run.err);
        }
    }
}

#[test]
fn a_server_that_cannot_be_asked_is_named_with_the_way_to_start_without_it() {
    let program = Program::new().set("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");

    let run = refused(&program.set("BIND", "127.0.0.1:0"));

    assert_eq!(run.code, 3, "{}", run.err);
    for word in ["nobody answers at 127.0.0.1:1", "HEARING_MODEL"] {
        assert!(run.err.contains(word), "{word}: {}", run.err);
    }
}

#[test]
fn a_command_asks_only_for_the_model_that_it_needs() {
    let provider = provider(&["llama3.2", "qwen3"]);

    let run = at(&provider).run(&["say", "Good morning.", "-o", "morning.mp3"]);

    assert_eq!(run.code, 0, "which model thinks does not matter: {}", run.err);
}
