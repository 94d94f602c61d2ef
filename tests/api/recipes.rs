//! What the recipes print works as printed, as far as it can be tried here.

use std::process::Command;

use regex::Regex;
use repartee_provider::Stage;

use crate::door::Door;

const RECIPES: &str = include_str!("../../docs/recipes.md");
const HERE: &str = "http://127.0.0.1:8000";

/// The blocks of this language under the heading; all of them under none.
fn blocks(language: &str, heading: &str) -> Vec<String> {
    let (_, below) = RECIPES.split_once(heading).unwrap();
    let section = if heading.is_empty() { below } else { below.split("\n## ").next().unwrap() };
    let block = Regex::new(&format!("(?s)```{language}\n(.*?)```")).unwrap();
    block.captures_iter(section).map(|found| found[1].to_owned()).collect()
}

fn python() -> String {
    std::env::var("REPARTEE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!("REPARTEE_TEST_PYTHON is not set; run `scripts/with-clients.sh cargo test`")
    })
}

/// What it prints; beside the test, which must not be kept from answering the provider.
async fn succeed(mut command: Command) -> String {
    let ran = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{}{}", told(&ran.stdout), told(&ran.stderr));
    told(&ran.stdout)
}

#[tokio::test]
async fn the_lines_for_openais_package_speak_and_are_heard() {
    let door = Door::open().await;
    let [lines] = &blocks("python", "## OpenAI's Python package")[..] else { panic!("one block") };
    let lines = lines.replace(HERE, &door.address);

    let mut command = Command::new(python());
    command.args(["-c", &lines]).current_dir(door.program.folder());
    let heard = succeed(command).await;

    assert!(heard.trim().ends_with('?'), "{heard}");
    let spoken = door.provider.calls(Stage::Speaking);
    assert_eq!(spoken[0].speech().unwrap().input, "What are your opening hours?");
    assert!(door.program.path("question.mp3").metadata().unwrap().len() > 1_000);
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn the_lines_for_a_model_of_ones_own_have_it_think() {
    let provider = repartee_provider::Provider::in_own_thread().unwrap();
    let program = crate::program::Program::new();
    let [lines] = &blocks("sh", "## Ollama")[..] else { panic!("one block") };
    let lines: Vec<_> = lines.lines().filter(|line| !line.starts_with("ollama ")).collect();
    let lines = lines
        .join("\n")
        .replace("http://localhost:11434/v1", &provider.base_url())
        .replace("repartee serve", concat!(env!("CARGO_BIN_EXE_repartee"), " ask --text Hello."));

    let mut command = Command::new("sh");
    command.args(["-ec", &lines]).current_dir(program.folder());
    succeed(command).await;

    let asked = provider.calls(Stage::Thinking);
    assert_eq!(asked[0].chat().unwrap().model, "llama3.2");
    assert!(provider.calls(Stage::Speaking).is_empty(), "the built-in voice speaks");
}

#[tokio::test]
async fn every_other_line_can_be_read_and_names_this_server_rightly() {
    for block in blocks("python", "") {
        let mut command = Command::new(python());
        command.args(["-c", "import sys; compile(sys.argv[1], 'recipe', 'exec')", &block]);
        succeed(command).await;
    }
    for block in blocks("sh", "") {
        let mut command = Command::new("sh");
        command.args(["-nc", &block]);
        succeed(command).await;
    }
    let addresses = Regex::new(r"http://127\.0\.0\.1:8000[^\s\x22,`]*").unwrap();
    let addresses: Vec<_> = addresses.find_iter(RECIPES).map(|found| found.as_str()).collect();
    assert!(addresses.len() > 6, "{addresses:?}");
    assert!(
        addresses.iter().all(|address| *address == "http://127.0.0.1:8000/v1"),
        "{addresses:?}"
    );
}
