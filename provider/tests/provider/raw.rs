//! A client that takes whatever comes and says how it ended.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use repartee_provider::Provider;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer of a test takes so long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As HTTP wants it.
    Whole,
    /// The connection was closed before.
    Closed,
    /// The connection was reset before.
    Reset,
    /// Not yet; enough had come.
    Open,
}

/// What came.
#[derive(Debug, Clone)]
pub struct Response {
    /// 0 if there was none.
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub end: End,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The data of each event.
    pub fn events(&self) -> Vec<String> {
        let text = self.text();
        let events = text.split_terminator("\n\n");
        events.map(|event| event.strip_prefix("data: ").unwrap().to_owned()).collect()
    }
}

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub async fn of(provider: &Provider) -> Self {
        let stream = TcpStream::connect(provider.address()).await.unwrap();
        Self { stream, buffer: Vec::new() }
    }

    pub async fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
    }

    /// Asks and takes the answer to its end.
    pub async fn ask(&mut self, request: &[u8]) -> Response {
        self.send(request).await;
        self.response(usize::MAX).await
    }

    /// Takes an answer to its end, or until so many bytes of its body are there.
    pub async fn response(&mut self, enough: usize) -> Response {
        let reading = async {
            loop {
                if let Some(response) = self.parsed(enough) {
                    return response;
                }
                let end = match self.stream.read_buf(&mut self.buffer).await {
                    Ok(0) => End::Closed,
                    Ok(_) => continue,
                    Err(error) => end(&error),
                };
                return self.parts(end).unwrap_or(Response {
                    status: 0,
                    headers: Vec::new(),
                    body: Vec::new(),
                    end,
                });
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.unwrap()
    }

    /// The answer if it is complete, which is then taken from the buffer, or if it is enough.
    fn parsed(&mut self, enough: usize) -> Option<Response> {
        let mut response = self.parts(End::Open)?;
        if response.end == End::Whole {
            self.buffer.clear();
        } else if response.body.len() < enough {
            return None;
        } else {
            response.body.truncate(enough);
        }
        Some(response)
    }

    /// What of an answer is there, if it is at least its head.
    fn parts(&self, end: End) -> Option<Response> {
        let split = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
        let head = String::from_utf8(self.buffer[..split].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        });
        let mut response = Response { status, headers: headers.collect(), body: Vec::new(), end };
        let rest = &self.buffer[split + 4..];
        let length = response.header("content-length");
        let whole = match length.map(|length| length.parse::<usize>().unwrap()) {
            Some(length) => {
                response.body = rest.to_vec();
                rest.len() == length
            }
            None => unchunk(rest, &mut response.body),
        };
        if whole {
            response.end = End::Whole;
        }
        Some(response)
    }
}

fn end(error: &Error) -> End {
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    End::Reset
}

/// Whether the last chunk has come.
fn unchunk(mut rest: &[u8], body: &mut Vec<u8>) -> bool {
    loop {
        let Some(line) = rest.windows(2).position(|bytes| bytes == b"\r\n") else { return false };
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        rest = &rest[line + 2..];
        if size == 0 {
            return rest == b"\r\n";
        }
        body.extend_from_slice(&rest[..size.min(rest.len())]);
        if rest.len() < size + 2 {
            return false;
        }
        rest = &rest[size + 2..];
    }
}
