//! Someone who calls: a connection, and what comes over it when.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::spotter::{Rendering, Spotter};

const BOUNDARY: &str = "----turnbench7MA4YWxkTrZu0gW";

/// A connection that is kept.
pub struct Caller {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

/// What is asked; it can be asked again and again.
#[derive(Debug, Clone)]
pub struct Question {
    pub method: Method,
    pub path: String,
    pub kind: String,
    pub body: Bytes,
}

/// What came, and when, counted from the moment at which the upload was handed over.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub first_sound: Option<Duration>,
    pub last_byte: Duration,
    pub bytes: usize,
}

impl Question {
    pub fn json(path: &str, body: &serde_json::Value) -> Self {
        let (path, kind) = (path.to_owned(), "application/json".to_owned());
        Self { method: Method::POST, path, kind, body: body.to_string().into() }
    }

    /// A form with a clip, as browsers send it.
    pub fn form(path: &str, name: &str, clip: &[u8], fields: &[(&str, &str)]) -> Self {
        let mut body = Vec::with_capacity(clip.len() + 512);
        for (field, text) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"clip.webm\"\r\nContent-Type: audio/webm\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(clip);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        Self { method: Method::POST, path: path.to_owned(), kind, body: body.into() }
    }
}

impl Caller {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, address }
    }

    /// Asks; gives none if the answer broke off.
    pub async fn ask(&mut self, question: &Question, rendering: Rendering) -> Option<Answer> {
        let answer = self.try_to_ask(question, rendering).await;
        if answer.is_none() || self.sender.is_closed() {
            *self = Self::connect(self.address).await;
        }
        answer
    }

    async fn try_to_ask(&mut self, question: &Question, rendering: Rendering) -> Option<Answer> {
        self.sender.ready().await.ok()?;
        let request = Request::builder()
            .method(question.method.clone())
            .uri(&question.path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, &question.kind)
            .body(Full::new(question.body.clone()))
            .unwrap();
        let asked = Instant::now();
        let response = self.sender.send_request(request).await.ok()?;
        let (status, mut body) = (response.status(), response.into_body());
        let (mut spotter, mut first_sound, mut bytes) = (Spotter::new(rendering), None, 0);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.ok()?.into_data() else { continue };
            bytes += data.len();
            if first_sound.is_none() && spotter.finds_sound(&data) {
                first_sound = Some(asked.elapsed());
            }
        }
        Some(Answer { status, first_sound, last_byte: asked.elapsed(), bytes })
    }
}
