//! Exactly what is sent.

use repartee::audio::clip::Clip;
use repartee::audio::format::{Format, Sound};
use repartee::domain::delivery::Delivery;
use repartee::domain::message::Message;
use repartee::pipeline::engine::{Hint, Usage};
use repartee::pipeline::engine::{ReplyPart, Transcript};
use repartee_provider::{Provider, Reply, Stage};
use sha2::{Digest, Sha256};

use super::*;

fn hint() -> Hint {
    Hint {
        language: "pt-BR".parse().ok(),
        keywords: vec!["Ada <Lovelace>\n".into(), "Robin".into()],
    }
}

#[tokio::test]
async fn a_clip_is_sent_as_it_is_and_named_for_what_it_is() {
    let provider = Provider::start().await.unwrap();
    let ear = ear(&settings(&provider, &[]));
    for (file, name, mime) in [
        ("speech.wav", "audio.wav", "audio/wav"),
        ("chromium.webm", "audio.webm", "audio/webm"),
        ("chromium.mp4", "audio.m4a", "audio/mp4"),
    ] {
        let bytes = std::fs::read(format!("tests/fixtures/sound/{file}")).unwrap();
        let clip = Clip::new(bytes.clone()).unwrap();
        provider.reset_journal();

        ear.transcribe(&clip, &Hint::default()).await.unwrap();

        let call = only_call(&provider, Stage::Hearing);
        assert!(call.authorized && call.path == "/v1/audio/transcriptions", "{call:?}");
        let upload = call.upload().unwrap();
        assert_eq!(upload.filename.as_deref(), Some(name));
        assert_eq!(upload.file_type.as_deref(), Some(mime));
        assert_eq!(upload.file_bytes, bytes.len());
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(upload.file_sha256, digest);
        assert_eq!(upload.model, "gpt-transcribe");
        assert_eq!(upload.field("response_format"), Some("json"));
        assert_eq!(upload.field("language"), None);
        assert_eq!(upload.field("prompt"), None);
    }
}

#[tokio::test]
async fn what_helps_to_hear_is_told_as_the_server_takes_it() {
    let provider = Provider::start().await.unwrap();
    ear(&at_openai(&provider, &[])).transcribe(&clip(), &hint()).await.unwrap();
    let call = only_call(&provider, Stage::Hearing);
    let upload = call.upload().unwrap();
    assert_eq!(upload.field("language"), Some("pt"));
    assert_eq!(upload.all("keywords[]").collect::<Vec<_>>(), ["Ada Lovelace", "Robin"]);
    assert_eq!(upload.field("prompt"), None);

    provider.reset_journal();
    ear(&settings(&provider, &[])).transcribe(&clip(), &hint()).await.unwrap();
    let call = only_call(&provider, Stage::Hearing);
    let upload = call.upload().unwrap();
    assert_eq!(upload.all("keywords[]").count(), 0);
    assert_eq!(upload.field("prompt"), Some("Ada Lovelace, Robin"));
}

#[tokio::test]
async fn what_was_heard_is_told_with_its_language_and_length() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.transcript = "  Namaste. ".into();
    behaviour.language = Some("hindi".into());
    behaviour.upload_length = Some(std::time::Duration::from_secs(3));
    provider.set(behaviour);

    let heard = hear(&*ear(&settings(&provider, &[]))).await.unwrap();

    let language = "hi".parse().ok();
    let text = "Namaste.".into();
    assert_eq!(heard, Transcript { text, language, audio_seconds: 3.0, ..Transcript::default() });
}

#[tokio::test]
async fn a_conversation_is_sent_whole_with_what_a_voice_must_know() {
    let provider = Provider::start().await.unwrap();
    let mut prompt = prompt("And of Spain?");
    prompt.summary = Some("Her name is Ada.".into());
    prompt.history = vec![Message::user("Of France?"), Message::assistant("Paris.")];
    prompt.language = "en".parse().ok();
    prompt.timezone = chrono_tz::Asia::Tokyo;
    let mind = mind(&at_openai(&provider, &[]));

    let parts: Vec<_> = mind.respond(prompt).try_collect().await.unwrap();

    assert_eq!(text(&parts), "The capital of France is Paris.");
    let usage = parts.iter().find_map(|part| match part {
        ReplyPart::Usage(usage) => Some(*usage),
        _ => None,
    });
    let Usage { input_tokens, output_tokens } = usage.unwrap();
    assert!(input_tokens > 50 && output_tokens == 6, "{usage:?}");
    let call = only_call(&provider, Stage::Thinking);
    assert!(call.authorized && call.path == "/v1/chat/completions");
    let chat = call.chat().unwrap();
    assert_eq!((&*chat.model, chat.stream), ("gpt-6-luna", true));
    assert_eq!(chat.max_completion_tokens, Some(150));
    assert_eq!(chat.temperature, Some(0.7));
    assert_eq!(chat.reasoning_effort.as_deref(), Some("none"));
    assert_eq!(chat.raw["stream_options"]["include_usage"], true);
    assert_eq!(chat.raw.get("max_tokens"), None);
    let roles: Vec<_> = chat.messages.iter().map(|message| message["role"].as_str()).collect();
    let roles: Vec<_> = roles.into_iter().flatten().collect();
    assert_eq!(roles, ["system", "user", "assistant", "user"]);
    let system = chat.messages[0]["content"].as_str().unwrap();
    assert!(system.starts_with("You are Robin."), "{system}");
    for told in ["spoken aloud", "tag en", "Her name is Ada.", "It is now", "(Asia/Tokyo)"] {
        assert!(system.contains(told), "{told}: {system}");
    }
    assert_eq!(chat.messages[3]["content"], "And of Spain?");
}

#[tokio::test]
async fn elsewhere_nothing_is_said_of_reasoning_unless_it_is_set() {
    let provider = Provider::start().await.unwrap();
    let effort = |settings: Settings| {
        let provider = &provider;
        async move {
            provider.reset_journal();
            think(&*mind(&settings)).await.unwrap();
            only_call(provider, Stage::Thinking).chat().unwrap().reasoning_effort.clone()
        }
    };

    assert_eq!(effort(settings(&provider, &[])).await, None);
    let low = [("THINKING_REASONING_EFFORT", "low")];
    assert_eq!(effort(settings(&provider, &low)).await.as_deref(), Some("low"));
    assert_eq!(effort(at_openai(&provider, &low)).await.as_deref(), Some("low"));
}

#[tokio::test]
async fn an_answer_may_ask_for_tools_and_may_be_cut_off() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.reply = Reply::text("Let me see.").calling("c1", "look", &["{\"at\"", ":1}"]);
    provider.set(behaviour.clone());
    let mind = mind(&settings(&provider, &[]));

    let parts = think(&*mind).await.unwrap();
    assert!(parts.contains(&ReplyPart::ToolCall {
        id: "c1".into(),
        name: "look".into(),
        arguments: "{\"at\":1}".into()
    }));

    behaviour.reply = Reply::text("It goes on").cut_short();
    provider.set(behaviour.clone());
    assert!(think(&*mind).await.unwrap().contains(&ReplyPart::CutOff));

    behaviour.reply = Reply::text("Let me see.").calling("c1", "look", &["{\"at\""]);
    provider.set(behaviour);
    assert!(matches!(think(&*mind).await, Err(EngineError::Unreadable(_))));
}

#[tokio::test]
async fn old_messages_are_folded_into_whole_lines_that_fit() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.summary = Some(Reply::text("An old fact.\nHer name is Ada.\nShe likes tea."));
    provider.set(behaviour.clone());
    let mind = mind(&settings(&provider, &[]));
    let messages = [Message::user("I like tea."), Message::assistant("Noted.")];

    let summary = mind.summarize(Some("Her name is Ada."), &messages, 40).await.unwrap();
    assert_eq!(summary.text, "Her name is Ada.\nShe likes tea.");
    assert!(summary.usage.unwrap().input_tokens > 0, "it is paid for by what it took");
    let call = only_call(&provider, Stage::Thinking);
    let chat = call.chat().unwrap();
    assert!(!chat.stream && chat.messages[0]["content"].to_string().contains("40 bytes"));
    let material = chat.messages[1]["content"].as_str().unwrap();
    assert!(material.contains("Her name is Ada.") && material.contains("Person: I like tea."));

    behaviour.summary = Some(Reply::text("Her name is Ada.\nShe li").cut_short());
    provider.set(behaviour);
    assert_eq!(mind.summarize(None, &messages, 1000).await.unwrap().text, "Her name is Ada.");
}

#[tokio::test]
async fn a_line_is_ordered_in_the_format_that_is_wanted() {
    let provider = Provider::start().await.unwrap();
    let mouth = mouth(&settings(&provider, &[]));
    for (wanted, format) in
        [(Format::Mp3, "mp3"), (Format::Wav, "pcm"), (Format::Ogg, "pcm"), (Format::Pcm, "pcm")]
    {
        provider.reset_journal();

        let sounds = speak(&*mouth, wanted).await.unwrap();

        let call = only_call(&provider, Stage::Speaking);
        assert!(call.authorized && call.path == "/v1/audio/speech");
        let speech = call.speech().unwrap();
        assert_eq!((&*speech.model, &*speech.format), ("gpt-4o-mini-tts", format));
        assert_eq!((&*speech.voice, speech.speed), ("coral", None));
        assert_eq!(speech.input, "Paris is the capital of France.");
        let alike = sounds.iter().all(|sound| match sound {
            Sound::Mp3(_) => format == "mp3",
            Sound::Pcm(pcm) => format == "pcm" && pcm.rate_hz == 24_000,
        });
        assert!(alike && !sounds.is_empty(), "{wanted}");
    }
}

#[tokio::test]
async fn pace_is_asked_for_and_loudness_is_made_here() {
    let provider = Provider::start().await.unwrap();
    let mouth = mouth(&settings(&provider, &[]));
    let loudest = |gain_db: f32| {
        let (provider, mouth) = (&provider, &mouth);
        async move {
            provider.reset_journal();
            let delivery = Delivery { speed: 1.1, gain_db };
            let line = Line { delivery, ..line("Paris.") };
            let sounds: Vec<_> = mouth.speak(line, Format::Pcm).try_collect().await.unwrap();
            let speech = only_call(provider, Stage::Speaking).speech().unwrap().clone();
            assert_eq!(speech.speed, Some(1.1));
            let samples = sounds.into_iter().flat_map(|sound| match sound {
                Sound::Pcm(pcm) => pcm.samples,
                Sound::Mp3(_) => panic!("not samples"),
            });
            samples.map(i16::unsigned_abs).max().unwrap()
        }
    };

    let (usual, quiet) = (loudest(0.0).await, loudest(-6.0).await);
    assert!(quiet.abs_diff(usual / 2) <= usual / 100, "{usual} {quiet}");
}

#[tokio::test]
async fn a_line_that_is_too_long_is_not_sent() {
    let provider = Provider::start().await.unwrap();
    let mouth = mouth(&settings(&provider, &[]));
    let long = line(&"é".repeat(4097));

    let spoken: Result<Vec<_>, _> = mouth.speak(long, Format::Mp3).try_collect().await;

    assert!(matches!(spoken, Err(EngineError::Refused(_))));
    assert!(provider.journal().is_empty());
}

#[tokio::test]
async fn a_servers_own_voices_are_known_when_they_are_named() {
    let provider = Provider::start().await.unwrap();
    let own = [("SPEAKING_VOICES", "af_heart, am_adam"), ("VOICE", "af_heart")];
    let voices = mouth(&settings(&provider, &own)).voices();
    assert_eq!(voices, ["af_heart", "am_adam"].map(|name| Voice(name.into())));

    let refused = engines::speaking(&settings(&provider, &own[1..])).err().unwrap();
    let told = refused.to_string();
    assert!(told.contains("af_heart") && told.contains("SPEAKING_VOICES"), "{told}");
}

#[tokio::test]
async fn whose_account_it_is_goes_with_its_own_key_alone() {
    let provider = Provider::start().await.unwrap();
    let common = [("OPENAI_ORG_ID", "org-1")];
    ask(&settings(&provider, &common), Stage::Thinking).await.unwrap();
    let call = only_call(&provider, Stage::Thinking);
    assert_eq!(call.organization.as_deref(), Some("org-1"));

    provider.reset_journal();
    let own = [("OPENAI_ORG_ID", "org-1"), ("THINKING_API_KEY", "sk-own")];
    ask(&settings(&provider, &own), Stage::Thinking).await.unwrap();
    assert_eq!(only_call(&provider, Stage::Thinking).organization, None);
}

#[tokio::test]
async fn a_server_that_needs_no_key_is_shown_none() {
    let provider = Provider::start().await.unwrap();
    let none = [("OPENAI_API_KEY", ""), ("THINKING_ENGINE", "openai")];

    ask(&settings(&provider, &none), Stage::Thinking).await.unwrap();

    assert!(!only_call(&provider, Stage::Thinking).authorized);
}
