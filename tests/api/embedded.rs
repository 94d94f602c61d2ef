//! The same contract with no key and no network: the engines in the program.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use repartee::audio::clip::Clip;
use repartee::audio::decode::{Decoding, Limits};
use repartee_provider::{Behaviour, Reply, Stage};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::door::{Door, fine, problem};
use crate::listening::events;
use crate::program::Program;

const SPEECH: &[u8] = include_bytes!("../fixtures/sound/speech.wav");

/// How long a sound is, decoded by us.
fn seconds(sound: &[u8]) -> f64 {
    let clip = Clip::new(sound.to_vec()).unwrap();
    let mut decoding = Decoding::open(&clip, Limits::default(), 16_000).unwrap();
    let mut samples = 0;
    while let Some(block) = decoding.next_block().unwrap() {
        samples += block.len();
    }
    samples as f64 / 16e3
}

fn spoken() -> Form {
    Form::new().part("audio", Part::bytes(SPEECH).file_name("question.wav"))
}

#[tokio::test]
async fn what_the_voice_has_no_words_for_is_refused_and_not_mumbled() {
    let door = Door::embedded().await;
    for text in ["你好", "नमस्ते, आप कैसे हैं?", "Привет!", "\u{14020}\u{14021}", "Hello. 你好。"]
    {
        let body = json!({ "input": text });
        let answer = door.post("/v1/audio/speech").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{text}");
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["error"]["code"], "unspeakable", "{told}");
        assert_eq!(told["error"]["param"], "input", "{told}");
        let why = told["error"]["message"].as_str().unwrap();
        assert!(why.contains("this voice speaks English"), "{why}");

        let run = door.program.run(&["say", text, "-o", "x.mp3"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("this voice speaks English"), "{}", run.err);
        assert!(!door.program.path("x.mp3").exists());
    }
}

#[tokio::test]
async fn a_reply_that_the_voice_has_no_words_for_is_written_and_the_turn_says_so() {
    let spoken = [("SPEAKING_ENGINE", "embedded")];
    for (reply, warnings) in [
        ("नमस्ते, आप कैसे हैं?", json!(["unspeakable", "nothing_speakable"])),
        ("It means good morning. 你好。", json!(["unspeakable"])),
    ] {
        let behaviour = Behaviour { reply: Reply::text(reply), ..Behaviour::default() };
        let door = Door::with(behaviour, &spoken).await;
        let asked = door.type_in("/voice-chat?format=json&language=hi", "Well?");
        let turn: Value = fine(asked.send().await.unwrap()).await.json().await.unwrap();
        assert_eq!((&turn["reply"], &turn["warnings"]), (&reply.into(), &warnings), "{turn}");
        let sound = STANDARD.decode(turn["audio"]["base64"].as_str().unwrap()).unwrap();
        assert!(seconds(&sound) > 0.8, "something is said all the same");
    }
}

#[tokio::test]
async fn sound_that_is_there_at_once_comes_in_few_events() {
    let door = Door::embedded().await;
    let asked = door.type_in("/voice-chat?format=events", "What are your opening hours?");
    let told = fine(asked.send().await.unwrap()).await.text().await.unwrap();

    let speech: Vec<_> = events(&told).into_iter().filter(|event| event.name == "speech").collect();
    let last = &speech.last().unwrap().data;
    let whole_ms = last["start_ms"].as_u64().unwrap() + last["duration_ms"].as_u64().unwrap();
    let sentences = last["sentence"].as_u64().unwrap() + 1;
    // A short one first, and one more where each sentence ends.
    let most = whole_ms / 200 + sentences * 3;
    assert!((speech.len() as u64) <= most, "{} in {whole_ms} ms", speech.len());
    let first_ms = speech[0].data["duration_ms"].as_u64().unwrap();
    assert!(first_ms < 200, "the first one waits for no other: {first_ms}");
}

#[tokio::test]
async fn a_spoken_question_is_answered_in_every_rendering() {
    let door = Door::embedded().await;

    for path in [
        "/voice-chat/",
        "/voice-chat?stream=1",
        "/voice-chat?format=wav",
        "/voice-chat?format=ogg",
        "/api/v1/turns?format=wav&stream=1",
    ] {
        let answer = fine(door.post(path).multipart(spoken()).send().await.unwrap()).await;
        let heard = answer.headers()["x-transcript"].to_str().unwrap().to_lowercase();
        assert!(heard.contains("opening hours"), "{path}: {heard}");
        assert_eq!(answer.headers().contains_key("x-ai-response"), !path.contains("stream"));
        let sound = answer.bytes().await.unwrap();
        assert!(seconds(&sound) > 1.0, "{path}");
    }
}

#[tokio::test]
async fn events_and_json_carry_the_same_answer() {
    let door = Door::embedded().await;
    let ask = |path: &str| door.type_in(path, "What is two plus two?").send();

    let turn: Value =
        fine(ask("/voice-chat?format=json").await.unwrap()).await.json().await.unwrap();
    let told = fine(ask("/voice-chat?format=events&audio_format=wav").await.unwrap()).await;
    let told = told.text().await.unwrap();

    assert_eq!(turn["status"], "finished");
    assert_eq!(turn["engines"]["thinking"], "embedded/repertoire");
    assert_eq!(turn["cost_usd"], 0.0);
    let sound = STANDARD.decode(turn["audio"]["base64"].as_str().unwrap()).unwrap();
    let length = turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
    assert!((seconds(&sound) - length).abs() < 0.1, "{length}");
    let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    let pieces = events.iter().filter_map(|event| event["data"].as_str());
    let sound: Vec<u8> = pieces.flat_map(|piece| STANDARD.decode(piece).unwrap()).collect();
    assert!(seconds(&sound) > 0.5);
    assert_eq!(events.last().unwrap()["reply"], turn["reply"]);
}

#[tokio::test]
async fn a_turn_that_is_beyond_it_says_so() {
    let door = Door::embedded().await;
    let ask = door.type_in("/voice-chat?format=json", "How tall is mount everest?").send();

    let turn: Value = fine(ask.await.unwrap()).await.json().await.unwrap();

    assert_eq!(turn["warnings"], json!(["unanswered"]));
}

/// Whoever comes by a proxy, at a server that keeps what they say as sound.
const EXPOSED: [(&str, &str); 7] = [
    ("PUBLIC_URL", "https://talk.example"),
    ("TRUSTED_PROXIES", "127.0.0.1"),
    ("ALLOWED_HOSTS", "127.0.0.1"),
    ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
    ("ADMIN_TOKEN", "fedcba9876543210fedcba9876543210"),
    ("ACCESS", "open"),
    ("KEEP_RECORDINGS", "all"),
];

#[tokio::test]
async fn strangers_are_told_the_truth_about_their_privacy() {
    let set = |program: Program, (name, text): &(&str, &str)| program.set(name, text);
    let exposed = Door::embedded_with(EXPOSED.iter().fold(Program::new(), set)).await;
    let home = Door::embedded().await;
    for (asked, abroad, here) in [
        (
            "Where does my voice go?",
            "To this server, no further. I keep the words and the recording, on this server.",
            "Nowhere. I keep the words, on this computer, not the recording.",
        ),
        (
            "Is this private?",
            "It stays on this server. Whoever runs it can read and hear it.",
            "Nothing leaves this computer. I hear only what is sent to me.",
        ),
        (
            "Do you work offline?",
            "This server needs no internet. You need only reach the server.",
            "Yes. Everything runs on this computer.",
        ),
    ] {
        for (door, expected) in [(&exposed, abroad), (&home, here)] {
            let answer = door.type_in("/voice-chat?format=json&include_audio=none", asked).send();
            let turn: Value = fine(answer.await.unwrap()).await.json().await.unwrap();
            assert_eq!(turn["reply"], expected, "{asked}");
        }
    }
}

#[tokio::test]
async fn what_is_suggested_is_answered() {
    let program = Program::new().set("PERSONA", "hazel.toml");
    program.write(
        "hazel.toml",
        "name = 'Hazel'\nabout = 'the voice of a bakery'\nhours = { monday = '6-12' }\n\
         [[services]]\nname = 'eggs'\nprice = '1 dollar'\n\
         [[questions]]\nask = ['Is there rye?']\nanswer = 'On Fridays.'\n",
    );
    let door = Door::embedded_with(program).await;

    let able = door.json("/api/v1/capabilities").await;

    assert_eq!(able["assistant"], json!({ "name": "Hazel", "about": "the voice of a bakery" }));
    let expected = ["Monday, 6 until noon.", "Eggs: 1 dollar.", "On Fridays.", ""];
    let suggestions = able["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), expected.len(), "{able}");
    for (suggestion, expected) in suggestions.iter().zip(expected) {
        let asked = suggestion.as_str().unwrap();
        let answer = door.type_in("/voice-chat?format=json&include_audio=none", asked).send().await;
        let turn: Value = fine(answer.unwrap()).await.json().await.unwrap();
        assert_eq!(turn["warnings"], json!([]), "{turn}");
        assert!(turn["reply"].as_str().unwrap().contains(expected), "{turn}");
    }
}

#[tokio::test]
async fn testers_learn_what_was_heard_and_how_well() {
    let door = Door::embedded().await;
    let expected = "Hello. What are your opening hours on Saturday?";
    let form = spoken().text("expected", expected);

    let told = fine(door.post("/test-transcript").multipart(form).send().await.unwrap()).await;
    let told: Value = told.json().await.unwrap();

    assert_eq!(told["success"], true);
    assert_eq!(told["verdict"], "good", "{told}");
    assert_eq!(told["would_voice_chat"], json!({ "accepted": true, "code": null }));
    assert_eq!(told["audio"]["container"], "WAV");
    assert!(told["expected"]["word_error_rate"].as_f64().unwrap() < 0.4, "{told}");
    assert!(!told["words"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn openai_shapes_are_served_without_openai() {
    let door = Door::embedded().await;

    let said = json!({ "model": "tts-1", "voice": "nova", "input": "What time is it?" });
    let sound = fine(door.post("/v1/audio/speech").json(&said).send().await.unwrap()).await;
    let sound = sound.bytes().await.unwrap().to_vec();
    let file = Form::new().part("file", Part::bytes(sound).file_name("a.mp3"));
    let heard = door.post("/v1/audio/transcriptions").multipart(file.text("model", "whisper-1"));
    let heard: Value = fine(heard.send().await.unwrap()).await.json().await.unwrap();
    let asked = json!({ "messages": [{ "role": "user", "content": "What is two plus two?" }] });
    let answer = door.post("/v1/chat/completions").json(&asked).send().await.unwrap();
    let answer: Value = fine(answer).await.json().await.unwrap();

    assert!(heard["text"].as_str().unwrap().to_lowercase().contains("what time"), "{heard}");
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(content.contains('4') || content.contains("four"), "{answer}");
}

#[tokio::test]
async fn a_clip_longer_than_the_ear_hears_is_refused_with_its_limit() {
    let door = Door::embedded().await;
    let sound = repartee::audio::pcm::Pcm { rate_hz: 16_000, samples: speech_for(40) };
    let long = Part::bytes(repartee::audio::wav::whole(&sound)).file_name("long.wav");

    let answer = door.post("/voice-chat").multipart(Form::new().part("audio", long)).send().await;

    let told = problem(answer.unwrap(), 413, "audio_too_long").await;
    assert!(told["detail"].as_str().unwrap().contains("30 seconds"), "{told}");
    let limits = door.json("/api/v1/capabilities").await;
    assert_eq!(limits["limits"]["audio_seconds"], 30);
}

/// The same sentence again and again, for so many seconds.
fn speech_for(seconds: usize) -> Vec<i16> {
    let samples = SPEECH[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    samples.cycle().take(seconds * 16_000).collect()
}

#[tokio::test]
async fn where_others_are_set_a_turn_can_ask_for_the_engines_in_the_program() {
    let door = Door::with(Behaviour::default(), &[("VOICE", "marin")]).await;
    let own = &door.json("/api/v1/capabilities").await["own_engines"];
    assert_eq!(
        (&own["thinking"], &own["audio_seconds"]),
        (&json!("embedded/repertoire"), &json!(30))
    );
    let own = "/voice-chat?format=json&include_audio=none&engines=embedded";

    let clip = fine(door.post(own).multipart(spoken()).send().await.unwrap()).await;
    let first: Value = clip.json().await.unwrap();
    let conversation = first["conversation_id"].as_str().unwrap();
    let voiced = format!("{own}&voice=cedar&conversation_id={conversation}");
    let typed = fine(door.type_in(&voiced, "What did I say?").send().await.unwrap()).await;
    let second: Value = typed.json().await.unwrap();

    for stage in [Stage::Hearing, Stage::Thinking, Stage::Speaking] {
        assert!(door.provider.calls(stage).is_empty(), "{stage:?} was asked of somebody else");
    }
    let transcript = first["transcript"].as_str().unwrap();
    assert!(transcript.to_lowercase().contains("opening hours"), "{transcript}");
    for turn in [&first, &second] {
        for (stage, name) in turn["engines"].as_object().unwrap() {
            let name = name.as_str().unwrap_or("embedded");
            assert!(name.starts_with("embedded"), "{stage}: {name}");
        }
        assert_eq!(turn["cost_usd"], 0.0);
    }
    assert!(second["reply"].as_str().unwrap().to_lowercase().contains("opening hours"), "{second}");
    let set = fine(door.type_in("/voice-chat?format=json", "Hello.").send().await.unwrap()).await;
    let third: Value = set.json().await.unwrap();
    assert!(third["engines"]["thinking"].as_str().unwrap().starts_with("openai"), "{third}");
}

#[tokio::test]
async fn what_is_said_to_the_engines_in_the_program_is_told_to_no_other() {
    let door = Door::open().await;
    let secret = format!("My secret is Piccolo. {}", "It is a long story. ".repeat(50));
    let own = "/voice-chat?format=json&include_audio=none&engines=embedded";
    let first: Value =
        fine(door.type_in(own, &secret).send().await.unwrap()).await.json().await.unwrap();
    let conversation = first["conversation_id"].as_str().unwrap();
    let own = format!("{own}&conversation_id={conversation}");
    // So many that old messages fall out of what is remembered, several times.
    for _ in 0..30 {
        fine(door.type_in(&own, &secret).send().await.unwrap()).await.bytes().await.unwrap();
    }
    assert_eq!(door.provider.calls(Stage::Thinking).len(), 0);

    let door = door.restart().await;
    let set = format!("/voice-chat?format=json&conversation_id={conversation}");
    let turn: Value =
        fine(door.type_in(&set, "Hello?").send().await.unwrap()).await.json().await.unwrap();

    assert_eq!(turn["warnings"], json!(["private_left_out"]), "{turn}");
    let calls = door.provider.calls(Stage::Thinking);
    assert!(!calls.is_empty());
    for call in calls {
        let told = format!("{:?}", call.chat().unwrap().messages);
        assert!(told.contains("Hello?") && !told.contains("Piccolo"), "{told}");
    }
}

#[tokio::test]
async fn they_answer_also_when_others_refuse_and_the_money_is_gone() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let prices = "[models.gpt-transcribe]\nper_minute = 0.06\n[models.gpt-6-luna]\nfree = true\n\
                  [models.gpt-4o-mini-tts]\nper_million_characters = 10\n";
    std::fs::write(&file, prices).unwrap();
    let settings = [
        ("PRICES", file.path().to_str().unwrap()),
        ("DAILY_BUDGET_USD", "0.02"),
        ("OWNER_BUDGET_USD", "0.02"),
    ];
    let door = Door::with(Behaviour::default(), &settings).await;
    while door.say("/voice-chat?format=json").send().await.unwrap().status() == 200 {}
    problem(door.say("/voice-chat").send().await.unwrap(), 402, "budget_reached").await;

    let own = "/voice-chat?format=json&include_audio=none&engines=embedded";
    let answer = fine(door.type_in(own, "What is two plus two?").send().await.unwrap()).await;

    let turn: Value = answer.json().await.unwrap();
    assert!(turn["reply"].as_str().unwrap().contains('4'), "{turn}");
}

#[tokio::test]
async fn other_engines_than_these_cannot_be_asked_for() {
    let door = Door::embedded().await;

    let asked = door.type_in("/voice-chat?engines=whisper", "Hello.").send().await.unwrap();

    let told = problem(asked, 400, "malformed_request").await;
    assert!(told["detail"].as_str().unwrap().contains("set or embedded"), "{told}");
    fine(door.type_in("/voice-chat?engines=embedded", "Hello.").send().await.unwrap()).await;
}
