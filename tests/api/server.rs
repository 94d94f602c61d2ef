//! The real server on a free port.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::door::in_time;
use crate::program::Program;

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
    _program: Program,
}

impl Server {
    fn start(program: Program) -> Self {
        let command = program.command(&["serve"]);
        Self::started(program, command)
    }

    fn started(program: Program, mut command: Command) -> Self {
        // Our client needs one to be made at all, though nothing here is secure.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, address, _program: program }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(format!("{}{path}", self.address)).await.unwrap()
    }

    /// Asks until the engines are loaded.
    async fn ready(&self) -> Value {
        loop {
            let answer = self.get("/readyz").await;
            let status = answer.status();
            let health: Value = answer.json().await.unwrap();
            assert_eq!(health["ready"] == true, status == StatusCode::OK);
            if status == StatusCode::OK {
                return health;
            }
            assert_ne!(health["hearing"]["state"], "failed", "{health}");
        }
    }

    fn end(&mut self, signal: &str) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_a_free_port() -> Program {
    Program::new().set("BIND", "127.0.0.1:0")
}

#[tokio::test]
async fn it_is_alive_at_once_and_ready_when_its_engines_are() {
    let server = Server::start(on_a_free_port());

    assert_eq!(server.get("/livez").await.status(), StatusCode::OK);
    let health = server.ready().await;

    for part in ["database", "hearing", "thinking", "speaking"] {
        assert_eq!(health[part]["state"], "ready", "{health}");
    }
}

#[tokio::test]
async fn a_trailing_slash_changes_nothing() {
    let server = Server::start(on_a_free_port());

    assert_eq!(server.get("/livez/").await.status(), StatusCode::OK);
    assert_ne!(server.get("/readyz/").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_missing_model_is_told_and_the_process_lives() {
    let server = Server::start(on_a_free_port().set("POCKETSPHINX_MODEL", "/nowhere"));

    let health = loop {
        let health: Value = server.get("/readyz").await.json().await.unwrap();
        if health["hearing"]["state"] != "loading" {
            break health;
        }
    };

    assert_eq!(health["ready"], false);
    let problem = health["hearing"]["problem"].as_str().unwrap();
    assert!(problem.contains("pocketsphinx-en-us"), "{problem}");
    assert_eq!(server.get("/livez").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn it_ends_cleanly_when_asked() {
    let mut server = Server::start(on_a_free_port());
    server.ready().await;

    assert_eq!(server.end("-TERM"), Some(0));
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let run = Program::new().set("BIND", &address).run(&["serve"]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains(&address), "{}", run.err);
}

#[tokio::test]
async fn a_crowd_comes_in_even_where_few_files_may_be_open() {
    const CROWD: usize = 200;
    let program = on_a_free_port();
    let command = program.command_with_open_files(64, &["serve"]);
    let server = Server::started(program, command);
    let address = server.address.strip_prefix("http://").unwrap();

    let mut connections = Vec::new();
    for _ in 0..CROWD {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        connections.push(connection);
    }

    for connection in &mut connections {
        let mut status = [0; 12];
        in_time("an answer", connection.read_exact(&mut status)).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    }
}
