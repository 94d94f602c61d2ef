//! A bucket that speaks as much S3 as recordings need, and does so slowly or not at all if told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use chrono::{DateTime, Utc};

/// A bucket called `talk`, on a port of its own.
#[derive(Clone)]
pub struct Bucket {
    pub endpoint: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, (Vec<u8>, DateTime<Utc>)>,
    /// Every request's first line, with what its sender signed.
    requests: Vec<String>,
    held: bool,
    broken: bool,
    /// How many are waiting to be taken.
    arriving: usize,
}

struct Request {
    method: String,
    key: String,
    query: String,
    range: Option<(usize, usize)>,
    body: Vec<u8>,
}

impl Bucket {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let bucket = Self { endpoint, shared: Arc::default() };
        let serving = bucket.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let bucket = serving.clone();
                thread::spawn(move || bucket.serve(&stream.unwrap()));
            }
        });
        bucket
    }

    /// Takes what arrives only after `release`.
    pub fn hold(&self) {
        self.shared.state.lock().unwrap().held = true;
    }

    pub fn release(&self) {
        self.shared.state.lock().unwrap().held = false;
        self.shared.changed.notify_all();
    }

    /// Refuses all that arrives from now on.
    pub fn break_down(&self) {
        self.shared.state.lock().unwrap().broken = true;
    }

    /// Takes again what arrives.
    pub fn repair(&self) {
        self.shared.state.lock().unwrap().broken = false;
    }

    /// Waits until so many objects arrive that are held.
    pub fn wait_for_arrivals(&self, count: usize) {
        let state = self.shared.state.lock().unwrap();
        drop(self.shared.changed.wait_while(state, |state| state.arriving < count).unwrap());
    }

    pub fn keys(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().objects.keys().cloned().collect()
    }

    pub fn requests(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().requests.clone()
    }

    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some((request, line)) = read(&mut reader) {
            self.shared.state.lock().unwrap().requests.push(line);
            let (status, headers, body) = self.answer(&request);
            let mut writer = stream;
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n");
            let body = if request.method == "HEAD" { &[][..] } else { &body };
            if writer.write_all(&[head.as_bytes(), body].concat()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> (&'static str, String, Vec<u8>) {
        let mut state = self.shared.state.lock().unwrap();
        if state.broken {
            return ("403 Forbidden", String::new(), b"<Error/>".to_vec());
        }
        let nothing = |status| (status, String::new(), Vec::new());
        match request.method.as_str() {
            "PUT" => {
                state.arriving += 1;
                self.shared.changed.notify_all();
                state = self.shared.changed.wait_while(state, |state| state.held).unwrap();
                state.arriving -= 1;
                state.objects.insert(request.key.clone(), (request.body.clone(), Utc::now()));
                ("200 OK", "etag: \"1\"\r\n".to_owned(), Vec::new())
            }
            "DELETE" => {
                state.objects.remove(&request.key);
                nothing("204 No Content")
            }
            _ if request.query.contains("list-type=2") => {
                ("200 OK", String::new(), list(&state, request))
            }
            _ => match state.objects.get(&request.key) {
                Some((bytes, at)) => part(request, bytes, *at),
                None => nothing("404 Not Found"),
            },
        }
    }
}

fn part(request: &Request, bytes: &[u8], at: DateTime<Utc>) -> (&'static str, String, Vec<u8>) {
    let moment = at.format("%a, %d %b %Y %H:%M:%S GMT");
    let headers = format!("etag: \"1\"\r\nlast-modified: {moment}\r\n");
    let Some((from, to)) = request.range else { return ("200 OK", headers, bytes.to_vec()) };
    let headers = format!("{headers}content-range: bytes {from}-{to}/{}\r\n", bytes.len());
    ("206 Partial Content", headers, bytes[from..=to].to_vec())
}

fn list(state: &State, request: &Request) -> Vec<u8> {
    let prefix = request.query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap();
    let prefix = prefix.replace("%2F", "/");
    let found = state.objects.iter().filter(|(key, _)| key.starts_with(&prefix));
    let listed: String = found
        .map(|(key, (bytes, at))| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>{}</LastModified><Size>{}</Size>\
                 <ETag>1</ETag></Contents>",
                at.to_rfc3339(),
                bytes.len()
            )
        })
        .collect();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>").into()
}

/// The next request, and its first line with the access key that signed it.
fn read(reader: &mut impl BufRead) -> Option<(Request, String)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        let mut headers = lines.iter().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let range = header("range").map(|range| {
        let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        (from.parse().unwrap(), to.parse().unwrap())
    });
    let (method, rest) = lines[0].split_once(' ').unwrap();
    let (path, query) = rest.split_once(' ').unwrap().0.split_once('?').unwrap_or((rest, ""));
    let path = path.split(' ').next().unwrap();
    let key = path.strip_prefix("/talk").unwrap().trim_start_matches('/').to_owned();
    let line = format!("{} {}", lines[0], header("authorization").unwrap_or_default());
    let (method, query) = (method.to_owned(), query.to_owned());
    Some((Request { method, key, query, range, body }, line))
}
