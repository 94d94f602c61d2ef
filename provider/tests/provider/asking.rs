//! Requests as clients send them.

use repartee_provider::{Behaviour, Provider, Stage};
use serde_json::{Value, json};

use crate::raw::{Client, Response};

pub const STAGES: [Stage; 3] = [Stage::Hearing, Stage::Thinking, Stage::Speaking];
pub const LINE: &str = "Hello, this is a line.";

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: provider\r\n\r\n").into_bytes()
}

pub fn post(path: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: provider\r\nauthorization: Bearer key\r\n\
         openai-organization: house\r\ncontent-type: {content_type}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

pub fn post_json(path: &str, body: &Value) -> Vec<u8> {
    post(path, "application/json", body.to_string().as_bytes())
}

pub fn clip(filename: &str, file: &[u8], fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    let head = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         content-type: audio/webm\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    post("/v1/audio/transcriptions", "multipart/form-data; boundary=edge", &body)
}

pub fn hear() -> Vec<u8> {
    clip("clip.webm", &[7; 8_000], &[("model", "gpt-transcribe")])
}

pub fn think() -> Vec<u8> {
    post_json("/v1/chat/completions", &chat(&json!({"stream": true})))
}

pub fn chat(more: &Value) -> Value {
    let mut chat =
        json!({"model": "gpt-6-luna", "messages": [{"role": "user", "content": "Hello there"}]});
    for (name, value) in more.as_object().unwrap() {
        chat[name] = value.clone();
    }
    chat
}

pub fn speak() -> Vec<u8> {
    speak_text(LINE)
}

pub fn speak_text(text: &str) -> Vec<u8> {
    let body = json!({"model": "tts-1", "voice": "nova", "input": text});
    post_json("/v1/audio/speech", &body)
}

pub fn request(stage: Stage) -> Vec<u8> {
    match stage {
        Stage::Hearing => hear(),
        Stage::Thinking => think(),
        Stage::Speaking => speak(),
        Stage::Models | Stage::Elsewhere => get("/v1/models"),
    }
}

pub async fn ask(provider: &Provider, request: &[u8]) -> Response {
    Client::of(provider).await.ask(request).await
}

pub async fn with(behaviour: Behaviour) -> Provider {
    let provider = Provider::start().await.unwrap();
    provider.set(behaviour);
    provider
}

/// The texts of a stream's chunks.
pub fn tokens(response: &Response) -> Vec<String> {
    let chunks = response.events().into_iter().filter(|event| event != "[DONE]");
    let chunks = chunks.map(|event| serde_json::from_str::<Value>(&event).unwrap());
    let deltas = chunks.map(|chunk| chunk["choices"][0]["delta"]["content"].clone());
    deltas.filter_map(|delta| delta.as_str().map(str::to_owned)).collect()
}
