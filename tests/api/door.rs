//! The real server in a process of its own, in front of the fake provider, and a client.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Once;
use std::time::Duration;

use repartee_provider::{Behaviour, Provider};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::program::Program;

/// A clip in which someone speaks for two seconds, as Chromium records it.
pub const CLIP: &[u8] = include_bytes!("../fixtures/sound/chromium.webm");

/// Nothing that a test waits for takes longer.
const LONGEST: Duration = Duration::from_secs(60);

/// A server that ends with the test.
pub struct Door {
    process: Child,
    pub address: String,
    pub program: Program,
    pub provider: Provider,
    pub client: Client,
}

impl Door {
    /// With engines behind the provider, no limits that tests run into, and no settings beside.
    pub async fn open() -> Self {
        Self::with(Behaviour::default(), &[]).await
    }

    /// With a provider that behaves like this, and these settings.
    pub async fn with(behaviour: Behaviour, settings: &[(&str, &str)]) -> Self {
        let provider = Provider::in_own_thread().unwrap();
        provider.set(behaviour);
        let program = Program::new()
            .set("OPENAI_BASE_URL", &provider.base_url())
            .set("OPENAI_API_KEY", "sk-test-0123456789abcdef")
            .set("TURNS_PER_MINUTE", "unlimited")
            .set("DAILY_BUDGET_USD", "unlimited")
            .set("OWNER_BUDGET_USD", "unlimited");
        let program =
            settings.iter().fold(program, |program, (name, text)| program.set(name, text));
        Self::serve(program, provider).await
    }

    /// With the engines in the program and nothing set, ready to take turns.
    #[cfg(feature = "embedded")]
    pub async fn embedded() -> Self {
        Self::embedded_with(Program::new()).await
    }

    /// The same, in this program's folder and with its settings.
    #[cfg(feature = "embedded")]
    pub async fn embedded_with(program: Program) -> Self {
        let door = Self::serve(program, Provider::in_own_thread().unwrap()).await;
        while !door.get("/readyz").send().await.unwrap().status().is_success() {}
        door
    }

    /// The same data folder and settings, in a new process.
    pub async fn restart(mut self) -> Self {
        self.kill();
        let program = std::mem::replace(&mut self.program, Program::new());
        let idle = Provider::in_own_thread().unwrap();
        let provider = std::mem::replace(&mut self.provider, idle);
        drop(self);
        Self::serve(program, provider).await
    }

    /// This program, serving on a free port, and a provider beside it.
    pub async fn serve(program: Program, provider: Provider) -> Self {
        let program = program.set("BIND", "127.0.0.1:0");
        let mut process = program
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::from(std::fs::File::create(program.path("log")).unwrap()))
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ");
        let address = address.unwrap_or_else(|| panic!("{}", program.read("log"))).to_owned();
        Self { process, address, program, provider, client: trusting_client() }
    }

    /// The server's process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        self.program.read("log")
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// The answer as JSON, which must be fine.
    pub async fn json(&self, path: &str) -> Value {
        fine(self.get(path).send().await.unwrap()).await.json().await.unwrap()
    }

    /// Sends the clip, as a page does.
    pub fn say(&self, path: &str) -> RequestBuilder {
        self.post(path).multipart(Form::new().part("audio", clip()))
    }

    /// Types words.
    pub fn type_in(&self, path: &str, words: &str) -> RequestBuilder {
        self.post(path).multipart(Form::new().text("text", words.to_owned()))
    }

    /// The ids of a turn that was taken whole, and of its conversation.
    pub async fn turn_to_read(&self) -> (String, String) {
        let answer = fine(self.type_in("/voice-chat", "Hello.").send().await.unwrap()).await;
        let id = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let ids = (id("x-turn-id"), id("x-conversation-id"));
        answer.bytes().await.unwrap();
        ids
    }

    /// Asks the process to end, and waits until it has.
    pub fn end(&mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.process.wait().unwrap().code()
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            tokio::task::yield_now().await;
        }
    }

    pub fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The clip as a browser's form sends it.
pub fn clip() -> Part {
    Part::bytes(CLIP).file_name("recording.webm").mime_str("audio/webm").unwrap()
}

/// A client that keeps no cookies and follows nothing.
pub fn client() -> Client {
    builder().build().unwrap()
}

/// The same, and it believes every certificate.
pub fn trusting_client() -> Client {
    builder().danger_accept_invalid_certs(true).build().unwrap()
}

fn builder() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().redirect(reqwest::redirect::Policy::none())
}

/// Prints what was measured.
#[expect(clippy::print_stdout, reason = "figures are read, and nothing is asserted of them")]
pub fn figure(text: &str) {
    println!("measured: {text}");
}

/// What must come, on however slow a machine.
pub async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let coming = tokio::time::timeout(LONGEST, coming).await;
    coming.unwrap_or_else(|_| panic!("nothing came: {what}"))
}

/// The answer, which must be fine.
#[track_caller]
pub fn fine(response: Response) -> impl Future<Output = Response> {
    let caller = std::panic::Location::caller();
    async move {
        if response.status().is_success() {
            return response;
        }
        let status = response.status();
        panic!("{caller}: {status}: {}", response.text().await.unwrap_or_default());
    }
}

/// The problem that the answer must be.
pub async fn problem(response: Response, status: u16, code: &str) -> Value {
    let got = response.status();
    let body = response.text().await.unwrap();
    let problem: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{got}: {body}"));
    assert_eq!(got, StatusCode::from_u16(status).unwrap(), "{problem}");
    assert_eq!(problem["code"], code, "{problem}");
    problem
}
