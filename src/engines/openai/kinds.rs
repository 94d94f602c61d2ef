//! What a server's models are for, as it tells, or as their names do.

use crate::engines::openai::models::{Listed, Models};
use crate::pipeline::error::Stage;

/// What is in the names of models that hear, of those that speak, and of those that do neither and
/// hold no conversation.
const HEARING: [&str; 7] =
    ["whisper", "transcri", "asr", "stt", "parakeet", "moonshine", "sensevoice"];
const SPEAKING: [&str; 7] = ["tts", "kokoro", "piper", "bark", "orpheus", "chatterbox", "vits"];
const OTHER: [&str; 8] =
    ["embed", "rerank", "moderation", "diffusion", "image", "minilm", "bge-", "guard"];

/// The models that fit a stage.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engines) enum Fitting {
    /// This one.
    One(String),
    /// All of these.
    Several(Vec<String>),
    /// None, and whether there are any for another stage.
    Nothing {
        /// Whether there are.
        but_others: bool,
    },
}

/// Which of a server's models fit a stage. The `usual` one goes before others.
pub(in crate::engines) fn fitting(list: &Models, stage: Stage, usual: &str) -> Fitting {
    if list.contains_key(usual) {
        return Fitting::One(usual.to_owned());
    }
    let kinds = || list.iter().map(|(name, listed)| (name, stage_of(name, listed)));
    let mut fitting: Vec<_> =
        kinds().filter(|(_, kind)| *kind == Some(stage)).map(|(name, _)| name.clone()).collect();
    match (fitting.pop(), fitting.is_empty()) {
        (Some(only), true) => Fitting::One(only),
        (Some(last), false) => {
            fitting.push(last);
            Fitting::Several(fitting)
        }
        (None, _) => Fitting::Nothing { but_others: kinds().any(|(_, kind)| kind.is_some()) },
    }
}

/// The stage that a model works in, if it is made for any of them.
fn stage_of(name: &str, listed: &Listed) -> Option<Stage> {
    match listed.task.as_deref() {
        Some("automatic-speech-recognition") => return Some(Stage::Hearing),
        Some("text-to-speech") => return Some(Stage::Speaking),
        Some("text-generation") => return Some(Stage::Thinking),
        // A task that is none of ours.
        Some(_) => return None,
        None => {}
    }
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if has(&HEARING) => Some(Stage::Hearing),
        () if has(&SPEAKING) => Some(Stage::Speaking),
        () if has(&OTHER) => None,
        () => Some(Stage::Thinking),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Models {
        names.iter().map(|name| ((*name).to_owned(), Listed::default())).collect()
    }

    fn only(name: &str) -> Fitting {
        Fitting::One(name.to_owned())
    }

    const STAGES: [Stage; 3] = [Stage::Hearing, Stage::Thinking, Stage::Speaking];

    #[test]
    fn each_stage_finds_its_own_by_name() {
        let names = [
            "Systran/faster-whisper-small.en",
            "speaches-ai/Kokoro-82M-v1.0-ONNX",
            "qwen3:4b",
            "nomic-embed-text:latest",
        ];
        let found = STAGES.map(|stage| fitting(&list(&names), stage, "gpt"));
        assert_eq!(found, [only(names[0]), only(names[2]), only(names[1])]);
    }

    #[test]
    fn a_server_that_only_thinks_has_nothing_for_the_others() {
        let list = list(&["llama3.2:latest"]);
        assert_eq!(fitting(&list, Stage::Thinking, "gpt"), only("llama3.2:latest"));
        let nothing = Fitting::Nothing { but_others: true };
        assert_eq!(fitting(&list, Stage::Hearing, "gpt"), nothing);
    }

    #[test]
    fn of_several_only_the_usual_one_is_taken() {
        let names = ["gpt-usual", "llama3.2", "qwen3"];
        assert_eq!(fitting(&list(&names), Stage::Thinking, "gpt-usual"), only("gpt-usual"));
        let several = Fitting::Several(names[1..].iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(fitting(&list(&names[1..]), Stage::Thinking, "gpt-usual"), several);
    }

    #[test]
    fn what_the_server_says_counts_more_than_the_name() {
        let task = |task: &str| Listed { task: Some(task.to_owned()), until: None };
        let list = Models::from([
            ("small".to_owned(), task("automatic-speech-recognition")),
            ("whisper-speaker-embedding".to_owned(), task("speaker-embedding")),
        ]);
        assert_eq!(fitting(&list, Stage::Hearing, "gpt"), only("small"));
        assert_eq!(fitting(&list, Stage::Thinking, "gpt"), Fitting::Nothing { but_others: true });
    }

    #[test]
    fn a_server_that_is_no_use_is_known() {
        for names in [&[][..], &["nomic-embed-text"]] {
            let nothing = Fitting::Nothing { but_others: false };
            assert_eq!(fitting(&list(names), Stage::Hearing, "gpt"), nothing, "{names:?}");
        }
    }
}
