//! OpenAI's own shapes: what its clients send, and what they expect to read.

use repartee_provider::{At, Behaviour, Fault, Kind, Reply, Stage};
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::door::{CLIP, Door, clip, fine};
use crate::listening::{assert_one_mp3_stream, header, seconds, unpacked};
use crate::refusals::silence;

/// The error in OpenAI's envelope.
async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status);
    assert_eq!(header(&answer, "content-type"), "application/json");
    let id = header(&answer, "x-request-id");
    let told: Value = answer.json().await.unwrap();
    let error = told["error"].clone();
    assert_eq!((&error["code"], &error["request_id"]), (&code.into(), &id.into()), "{told}");
    for member in ["message", "type"] {
        assert!(error[member].is_string(), "{member}: {told}");
    }
    assert!(error.get("param").is_some());
    error
}

/// What a stream of `data:` lines says, up to `[DONE]`.
async fn streamed(answer: Response) -> Vec<Value> {
    assert!(header(&answer, "content-type").starts_with("text/event-stream"));
    let text = answer.text().await.unwrap();
    let data: Vec<_> = text.split("\n\n").filter(|data| !data.is_empty()).collect();
    let (done, data) = data.split_last().unwrap();
    assert_eq!(*done, "data: [DONE]");
    let read = |data: &&str| serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    data.iter().map(read).collect()
}

fn form() -> Form {
    Form::new().part("file", clip()).text("model", "whisper-1")
}

async fn heard(door: &Door, fields: &[(&'static str, &'static str)]) -> Response {
    let form = fields.iter().fold(form(), |form, (name, value)| form.text(*name, *value));
    let sent = door.post("/v1/audio/transcriptions").multipart(form);
    fine(sent.send().await.unwrap()).await
}

#[tokio::test]
async fn a_file_is_transcribed_in_every_shape() {
    let door = Door::open().await;
    let said = "What is the capital of France?";

    let told: Value = heard(&door, &[]).await.json().await.unwrap();
    assert_eq!(told["text"], said);
    let told = heard(&door, &[("response_format", "text")]).await.text().await.unwrap();
    assert_eq!(told, format!("{said}\n"));
    let told = heard(&door, &[("response_format", "verbose_json")]).await;
    let told: Value = told.json().await.unwrap();
    assert_eq!((&told["task"], &told["text"]), (&"transcribe".into(), &said.into()));
    assert!(told["duration"].as_f64().unwrap() > 1.0, "{told}");
    assert_eq!(told["segments"][0]["text"], said);
    let told = heard(&door, &[("response_format", "srt")]).await;
    assert_eq!(header(&told, "x-model"), "gpt-transcribe");
    let told = told.text().await.unwrap();
    assert!(told.starts_with("1\n00:00:00,000 --> 00:00:0"), "{told}");
    let told = heard(&door, &[("response_format", "vtt")]).await.text().await.unwrap();
    assert!(told.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:0"), "{told}");
    assert!(told.contains(said), "{told}");
}

#[tokio::test]
async fn a_transcript_can_be_streamed() {
    let door = Door::open().await;

    let told = streamed(heard(&door, &[("stream", "true")]).await).await;

    let kinds: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["transcript.text.delta", "transcript.text.done"]);
    assert_eq!(told[1]["text"], "What is the capital of France?");
}

#[tokio::test]
async fn what_cannot_be_transcribed_is_an_error_in_the_envelope() {
    let door = Door::open().await;
    let post = |form: Form| door.post("/v1/audio/transcriptions").multipart(form);

    let none = refused(post(Form::new().text("model", "whisper-1")), 400, "missing_audio").await;
    assert_eq!(none["param"], "file");
    let odd = refused(post(form().text("response_format", "xml")), 400, "malformed_request").await;
    assert_eq!(odd["param"], "response_format");
    let odd = refused(post(form().text("language", "!!")), 400, "malformed_request").await;
    assert_eq!(odd["param"], "language");
    let page = reqwest::multipart::Part::bytes(b"<html></html>".to_vec()).file_name("a.mp3");
    refused(post(Form::new().part("file", page)), 415, "unsupported_audio").await;
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn silence_is_an_answer_without_words_in_every_shape() {
    let door = Door::open().await;
    let heard = async |fields: &[(&'static str, &'static str)]| {
        let quiet = reqwest::multipart::Part::bytes(silence(2)).file_name("a.wav");
        let form = Form::new().part("file", quiet);
        let form = fields.iter().fold(form, |form, (name, value)| form.text(*name, *value));
        fine(door.post("/v1/audio/transcriptions").multipart(form).send().await.unwrap()).await
    };

    let told: Value = heard(&[]).await.json().await.unwrap();
    assert_eq!((&told["text"], &told["usage"]["seconds"]), (&"".into(), &2.0.into()));
    let verbose: Value = heard(&[("response_format", "verbose_json")]).await.json().await.unwrap();
    assert_eq!((&verbose["text"], &verbose["segments"]), (&"".into(), &json!([])));
    for (format, words) in [("text", "\n"), ("srt", ""), ("vtt", "WEBVTT\n")] {
        assert_eq!(heard(&[("response_format", format)]).await.text().await.unwrap(), words);
    }
    let events = streamed(heard(&[("stream", "true")]).await).await;
    assert_eq!(events.last().unwrap()["text"], "");
    assert!(door.provider.calls(Stage::Hearing).is_empty(), "nothing was paid for");
}

/// Holds bare samples to the length of the same speech as WAV.
async fn bare_samples_come_at_24_khz(door: &Door) {
    let spoken = async |format: &str, stream: &str| {
        let body = json!({
            "input": "Please open the window in the kitchen.",
            "response_format": format,
            "stream_format": stream,
        });
        fine(say(door, body).send().await.unwrap()).await
    };
    let whole = spoken("wav", "audio").await.bytes().await.unwrap();
    let answer = spoken("pcm", "audio").await;
    assert!(header(&answer, "content-type").contains("rate=24000"));
    let bare = answer.bytes().await.unwrap();
    let lasts = bare.len() as f64 / 2.0 / 24_000.0;
    assert!((lasts - seconds(&whole)).abs() < 0.01, "{lasts}, not {}", seconds(&whole));
    let events = streamed(spoken("pcm", "sse").await).await;
    let deltas = events.iter().filter(|event| event["type"] == "speech.audio.delta");
    let pieces: Vec<_> = deltas.map(|delta| unpacked(&delta["audio"])).collect();
    assert!(pieces.iter().all(|piece| !piece.is_empty()));
    assert_eq!(pieces.concat().len(), bare.len());
}

#[tokio::test]
async fn bare_samples_come_at_the_rate_that_openais_clients_take_them_for() {
    bare_samples_come_at_24_khz(&Door::open().await).await;
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn bare_samples_of_the_built_in_voice_do_too() {
    bare_samples_come_at_24_khz(&Door::embedded().await).await;
}

fn say(door: &Door, body: Value) -> RequestBuilder {
    door.post("/v1/audio/speech").json(&body)
}

#[tokio::test]
async fn a_text_is_spoken_in_each_format() {
    let door = Door::open().await;
    let text = "Please open the window in the kitchen.";
    for (format, kind) in [
        (None, "audio/mpeg"),
        (Some("mp3"), "audio/mpeg"),
        (Some("wav"), "audio/wav"),
        (Some("opus"), "audio/ogg"),
    ] {
        let body =
            json!({ "model": "tts-1", "input": text, "voice": "nova", "response_format": format });
        let answer = fine(say(&door, body).send().await.unwrap()).await;
        assert!(header(&answer, "content-type").starts_with(kind), "{format:?}");
        assert_eq!(header(&answer, "x-model"), "gpt-4o-mini-tts");
        let sound = answer.bytes().await.unwrap();
        if kind == "audio/mpeg" {
            assert_one_mp3_stream(&sound);
        }
        assert!(seconds(&sound) > 0.5, "{format:?}");
    }
    let body =
        json!({ "input": text, "voice": { "id": "nova" }, "response_format": "pcm", "speed": 1.5 });
    let answer = fine(say(&door, body).send().await.unwrap()).await;
    assert!(answer.bytes().await.unwrap().len() > 10_000);
    let spoken = door.provider.calls(Stage::Speaking);
    let spoken = spoken.last().unwrap().speech().unwrap();
    assert_eq!(
        (spoken.input.as_str(), spoken.voice.as_str(), spoken.speed),
        (text, "nova", Some(1.5))
    );
}

#[tokio::test]
async fn speech_can_be_streamed_as_events() {
    let door = Door::open().await;

    let body = json!({ "input": "One. Two. Three.", "voice": "alloy", "stream_format": "sse" });
    let told = streamed(fine(say(&door, body).send().await.unwrap()).await).await;

    let (done, deltas) = told.split_last().unwrap();
    assert_eq!(done["type"], "speech.audio.done");
    assert!(deltas.iter().all(|delta| delta["type"] == "speech.audio.delta"));
    let sound: Vec<u8> = deltas.iter().flat_map(|delta| unpacked(&delta["audio"])).collect();
    assert_one_mp3_stream(&sound);
}

#[tokio::test]
async fn what_cannot_be_spoken_names_its_field() {
    let door = Door::open().await;
    for (body, param) in [
        (json!({ "input": "", "voice": "alloy" }), "input"),
        (json!({ "input": "x".repeat(4097), "voice": "alloy" }), "input"),
        (json!({ "input": "Hi.", "voice": "alloy", "response_format": "midi" }), "response_format"),
        (json!({ "input": "Hi.", "voice": "alloy", "response_format": "aac" }), "response_format"),
        (json!({ "input": "Hi.", "voice": "alloy", "stream_format": "AAA" }), "stream_format"),
        (json!({ "input": "Hi.", "voice": "alloy", "speed": 5 }), "speed"),
        (json!({ "input": "Hi.", "voice": "alloy", "speed": "fast" }), "speed"),
        (json!({ "input": 5, "voice": "alloy" }), "input"),
        (json!({ "input": null, "voice": "alloy" }), "input"),
        (json!({ "voice": "alloy" }), "input"),
    ] {
        let told = refused(say(&door, body), 400, "malformed_request").await;
        assert_eq!(told["param"], param, "{told}");
    }
    let told =
        refused(say(&door, json!({ "input": "Hi.", "voice": "bob" })), 400, "unknown_voice").await;
    assert_eq!(told["param"], "voice");
    for body in ["{", "[]"] {
        refused(door.post("/v1/audio/speech").body(body), 400, "malformed_request").await;
    }
    assert!(door.provider.calls(Stage::Speaking).is_empty());
}

fn ask(door: &Door, more: Value) -> RequestBuilder {
    let mut body = json!({ "model": "gpt-4o-mini", "messages": [
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": "My name is Clara." },
        { "role": "assistant", "content": "Hello Clara." },
        { "role": "user", "content": [{ "type": "text", "text": "What is my name?" }] },
    ]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    door.post("/v1/chat/completions").json(&body)
}

#[tokio::test]
async fn a_chat_is_answered_by_the_configured_engine() {
    let reply = Reply::text("Your name is Clara.");
    let door = Door::with(Behaviour { reply, ..Behaviour::default() }, &[]).await;

    let told: Value = fine(ask(&door, json!({})).send().await.unwrap()).await.json().await.unwrap();

    assert_eq!(
        (&told["object"], &told["model"]),
        (&"chat.completion".into(), &"gpt-6-luna".into())
    );
    let choice = &told["choices"][0];
    assert_eq!(choice["message"]["content"], "Your name is Clara.");
    assert_eq!(
        (&choice["message"]["role"], &choice["finish_reason"]),
        (&"assistant".into(), &"stop".into())
    );
    let usage = &told["usage"];
    let sum =
        usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap();
    assert_eq!(usage["total_tokens"], sum);
    let calls = door.provider.calls(Stage::Thinking);
    let messages = &calls[0].chat().unwrap().messages;
    let said: Vec<_> =
        messages.iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert!(said[0].contains("Be brief."), "{said:?}");
    assert_eq!(said[1..], ["My name is Clara.", "Hello Clara.", "What is my name?"]);
}

#[tokio::test]
async fn a_chat_can_be_streamed() {
    let door = Door::open().await;

    let more = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let chunks = streamed(fine(ask(&door, more).send().await.unwrap()).await).await;

    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"]));
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let words = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
    assert_eq!(words.collect::<String>(), "The capital of France is Paris.");
    let [.., end, usage] = &chunks[..] else { panic!("{chunks:?}") };
    assert_eq!(end["choices"][0]["finish_reason"], "stop");
    assert_eq!(usage["choices"], json!([]));
    assert!(usage["usage"]["total_tokens"].is_number());
}

#[tokio::test]
async fn a_chat_that_cannot_be_answered_is_an_error_in_the_envelope() {
    let door = Door::open().await;
    for messages in [
        json!([]),
        json!([{ "role": "assistant", "content": "Hi." }]),
        json!([{ "role": "robot", "content": "Hi." }]),
    ] {
        let told =
            refused(ask(&door, json!({ "messages": messages })), 400, "malformed_request").await;
        assert_eq!(told["param"], "messages");
    }
    for (body, param) in [
        (json!({}), "messages"),
        (json!({ "messages": [{ "content": "Hi." }] }), "messages"),
        (json!({ "messages": [], "stream": "maybe" }), "stream"),
        (
            json!({ "messages": [{ "role": "user", "content": "Hi." }], "temperature": 3 }),
            "temperature",
        ),
    ] {
        let request = door.post("/v1/chat/completions").json(&body);
        assert_eq!(refused(request, 400, "malformed_request").await["param"], param);
    }
    refused(door.post("/v1/chat/completions"), 400, "malformed_request").await;
    door.provider.fault(Fault::always(
        Stage::Thinking,
        At::BeforeFirstByte,
        Kind::insufficient_quota(),
    ));
    for stream in [false, true] {
        let told = refused(ask(&door, json!({ "stream": stream })), 503, "engine_quota").await;
        assert_eq!(told["type"], "server_error");
    }
}

#[tokio::test]
async fn what_is_not_done_is_refused_and_never_left_out_in_silence() {
    let door = Door::open().await;
    let tools = json!([{ "type": "function", "function": { "name": "lights" } }]);
    for (more, param) in [
        (json!({ "tools": tools }), "tools"),
        (json!({ "tools": tools, "tool_choice": "auto" }), "tools"),
        (json!({ "functions": [{ "name": "lights" }] }), "functions"),
        (json!({ "response_format": { "type": "json_object" } }), "response_format"),
        (
            json!({ "response_format": { "type": "json_schema", "json_schema": {} } }),
            "response_format",
        ),
        (json!({ "n": 2 }), "n"),
        (json!({ "modalities": ["text", "audio"] }), "modalities"),
        (json!({ "audio": { "voice": "alloy", "format": "wav" } }), "modalities"),
        (json!({ "logprobs": true }), "logprobs"),
        (
            json!({ "messages": [{ "role": "user", "content": [
                { "type": "text", "text": "What is this?" },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64," } },
            ]}]}),
            "messages",
        ),
    ] {
        let told = refused(ask(&door, more.clone()), 400, "unsupported_parameter").await;
        assert_eq!(told["param"], param, "{more}");
        assert_eq!(told["type"], "invalid_request_error");
    }
    assert!(door.provider.calls(Stage::Thinking).is_empty());
    for more in [
        json!({ "tools": tools, "tool_choice": "none" }),
        json!({ "tools": [], "functions": null }),
        json!({ "response_format": { "type": "text" }, "n": 1, "modalities": ["text"] }),
        json!({ "logprobs": false, "audio": null }),
    ] {
        fine(ask(&door, more).send().await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_conversation_that_does_not_end_with_its_user_is_told_why_it_is_not_answered() {
    let door = Door::open().await;
    for (last, hint) in [
        (json!({ "role": "assistant", "content": "Paris is" }), "assistant"),
        (json!({ "role": "tool", "tool_call_id": "1", "content": "5" }), "tool"),
        (json!({ "role": "user", "content": " " }), "empty"),
    ] {
        let messages = json!([{ "role": "user", "content": "Well?" }, last]);
        let told = refused(ask(&door, json!({ "messages": messages })), 400, "malformed_request");
        let told = told.await;
        assert!(told["message"].as_str().unwrap().contains(hint), "{told}");
    }
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn tokens_that_nobody_counts_are_estimated_and_marked_so() {
    let door = Door::embedded().await;

    let answer = fine(ask(&door, json!({})).send().await.unwrap()).await;
    let usage = answer.json::<Value>().await.unwrap()["usage"].clone();
    let more = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let chunks = streamed(fine(ask(&door, more).send().await.unwrap()).await).await;

    assert_eq!(usage["estimated"], true);
    let count = |name: &str| usage[name].as_u64().unwrap();
    assert!(count("prompt_tokens") > 10 && count("completion_tokens") > 2, "{usage}");
    assert_eq!(count("total_tokens"), count("prompt_tokens") + count("completion_tokens"));
    assert_eq!(chunks.last().unwrap()["usage"]["prompt_tokens"], usage["prompt_tokens"]);
    let plain = streamed(fine(ask(&door, json!({ "stream": true })).send().await.unwrap()).await);
    assert!(plain.await.iter().all(|chunk| chunk["usage"].is_null()));
}

#[tokio::test]
async fn what_breaks_off_as_it_begins_is_told_or_cut_and_never_without_an_answer() {
    let door = Door::open().await;
    for (stage, offsets) in [(Stage::Speaking, [1_500, 5_000]), (Stage::Thinking, [300, 800])] {
        for at in offsets.map(At::AfterBytes).into_iter().chain([At::BeforeFirstByte]) {
            for kind in [Kind::Truncated, Kind::Close, Kind::Reset] {
                let cell = format!("{stage:?} {at:?} {kind:?}");
                door.provider.fault(Fault::always(stage, at, kind));
                let request = match stage {
                    // A sentence that was spoken before would not be asked for.
                    Stage::Speaking => say(&door, json!({ "input": cell, "voice": "alloy" })),
                    _ => ask(&door, json!({ "stream": true })),
                };
                let answer = request.send().await.unwrap_or_else(|_| panic!("{cell}: no answer"));
                match answer.status().as_u16() {
                    200 => assert!(answer.bytes().await.is_err(), "{cell}: it looks whole"),
                    502 | 503 => drop(answer.json::<Value>().await.unwrap()),
                    status => panic!("{cell}: {status}"),
                }
                door.provider.clear_faults();
                fine(ask(&door, json!({})).send().await.unwrap()).await.bytes().await.unwrap();
                let fresh = say(&door, json!({ "input": format!("After {cell}.") }));
                fine(fresh.send().await.unwrap()).await.bytes().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn models_and_voices_are_listed() {
    let door = Door::open().await;

    let models = door.json("/v1/models").await;
    assert_eq!(models["object"], "list");
    let names: Vec<_> = models["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    for name in ["gpt-transcribe", "gpt-6-luna", "gpt-4o-mini-tts"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let voices = door.json("/v1/audio/voices").await;
    assert!(voices["voices"].as_array().unwrap().len() >= 13);
    for name in names {
        let model = door.json(&format!("/v1/models/{name}")).await;
        assert_eq!((&model["id"], &model["object"]), (&name.into(), &"model".into()));
    }
    let told = refused(door.get("/v1/models/nobody"), 404, "not_found").await;
    assert!(told["message"].as_str().unwrap().contains("gpt-6-luna"), "{told}");
    refused(door.get("/v1/nowhere"), 404, "not_found").await;
    refused(door.get("/v1/audio/speech"), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_raw_clip_is_heard_too() {
    let door = Door::open().await;

    let sent = door.post("/v1/audio/transcriptions").header("content-type", "audio/webm");
    let told: Value = fine(sent.body(CLIP).send().await.unwrap()).await.json().await.unwrap();

    assert_eq!(told["text"], "What is the capital of France?");
}
