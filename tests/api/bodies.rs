//! Bodies that are slow, too large, broken or hostile: each is told so, and nothing is left of it.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use repartee_provider::{Behaviour, Reply, Stage};
use reqwest::{Body, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::door::{CLIP, Door, figure, fine, in_time, problem};

/// Clips as browsers and programs record them.
const RECORDED: [&[u8]; 3] = [
    CLIP,
    include_bytes!("../fixtures/sound/chromium.mp4"),
    include_bytes!("../fixtures/sound/speech.wav"),
];

/// What eight clients at once may leave open for the next turn: connections to the engines, by
/// either of two workers, and to the database.
const KEPT_OPEN: usize = 2 * 8 + 4;

async fn house() -> Door {
    Door::with(Behaviour::default(), &[("MAX_TURNS_IN_FLIGHT", "unlimited")]).await
}

async fn connect(door: &Door) -> TcpStream {
    TcpStream::connect(door.address.strip_prefix("http://").unwrap()).await.unwrap()
}

/// All that comes until the connection is closed.
async fn rest(mut connection: TcpStream) -> String {
    let mut all = Vec::new();
    // A reset after the answer is an end like any other.
    let _ = in_time("the end of the connection", connection.read_to_end(&mut all)).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn head(length: &str, kind: &str) -> String {
    format!(
        "POST /voice-chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_body_that_stalls_is_told_and_closed() {
    let door = house().await;
    let form = "multipart/form-data; boundary=b";
    let opened = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a\"\r\n\r\nxyz";
    let begun = [
        head("Content-Length: 9000", "audio/webm"),
        head("Content-Length: 9000", "audio/webm") + "some of it",
        head("Transfer-Encoding: chunked", "audio/webm") + "5\r\nhello\r\n",
        head("Content-Length: 9000", form) + opened,
        head("Content-Length: 9000", form),
        head("Content-Length: 9000", "application/json") + "{\"text\":",
        head("Content-Length: 9000", "application/x-www-form-urlencoded") + "text=Wel",
    ];
    let told = begun.iter().map(async |begun| {
        let mut connection = connect(&door).await;
        connection.write_all(begun.as_bytes()).await.unwrap();
        rest(connection).await
    });
    for (begun, told) in begun.iter().zip(join_all(told).await) {
        assert!(told.starts_with("HTTP/1.1 408 "), "{begun}: {told}");
        assert!(told.contains("upload_too_slow") && told.contains("connection: close"), "{told}");
    }
    assert_eq!(door.json("/health").await["turns_in_flight"], 0);
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn a_refused_request_that_goes_on_for_ever_is_not_read_for_ever() {
    let door = house().await;
    let lines = [
        "POST /nowhere HTTP/1.1\r\nHost: localhost",
        "POST /livez HTTP/1.1\r\nHost: localhost",
        "POST /voice-chat HTTP/1.1\r\nHost: evil.test",
        "POST /voice-chat?format=nonsense HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain",
        "POST /api/v1/turns/x/interrupt HTTP/1.1\r\nHost: localhost",
    ];
    let told = lines.iter().map(async |line| {
        let (mut reading, mut writing) = connect(&door).await.into_split();
        let head = format!("{line}\r\nTransfer-Encoding: chunked\r\n\r\n");
        writing.write_all(head.as_bytes()).await.unwrap();
        let dripping = tokio::spawn(async move {
            while writing.write_all(b"1\r\nx\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        let mut all = Vec::new();
        let _ = in_time(line, reading.read_to_end(&mut all)).await;
        dripping.abort();
        String::from_utf8_lossy(&all).into_owned()
    });
    for told in join_all(told).await {
        assert!(told.starts_with("HTTP/1.1 4"), "{told}");
    }
}

#[tokio::test]
async fn a_client_of_before_hosts_were_named_is_answered() {
    let door = house().await;
    for (lines, status) in [
        ("HTTP/1.0", "200"),
        ("HTTP/1.0\r\nHost: localhost", "200"),
        ("HTTP/1.0\r\nHost: evil.test", "403"),
        ("HTTP/1.1\r\nConnection: close", "400"),
    ] {
        let mut connection = connect(&door).await;
        let request = format!("GET /api/v1 {lines}\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let told = rest(connection).await;
        assert!(told.starts_with(&format!("{} {status} ", &lines[..8])), "{lines}: {told}");
    }
}

#[tokio::test]
async fn a_client_that_knows_no_chunks_gets_what_ends_with_the_connection() {
    let door = house().await;
    for (path, kind, body, begins) in [
        ("/voice-chat", "application/x-www-form-urlencoded", "text=Hello.", "\u{fffd}"),
        ("/voice-chat?format=wav", "text/plain", "Hello.", "RIFF"),
        ("/voice-chat?format=events", "text/plain", "Hello.", "event: started\n"),
        ("/v1/audio/speech", "application/json", r#"{"input":"Hello."}"#, "\u{fffd}"),
    ] {
        let length = body.len();
        let mut connection = connect(&door).await;
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let told = rest(connection).await;

        let (head, sound) = told.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200 "), "{path}: {head}");
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{path}: {head}");
        assert!(sound.starts_with(begins), "{path}: {:?}", sound.get(..20));
        assert!(!sound.ends_with("0\r\n\r\n"), "{path}");
    }
}

#[tokio::test]
async fn a_file_by_another_name_is_passed_over() {
    let door = house().await;
    let part = |bytes: Vec<u8>| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("a.jpg");
        part.mime_str("image/jpeg").unwrap()
    };
    let form = || reqwest::multipart::Form::new().part("recording", part(vec![0xff; 100_000]));

    for path in ["/voice-chat", "/test-transcript", "/v1/audio/transcriptions"] {
        let told = door.post(path).multipart(form()).send().await.unwrap();
        assert_eq!(told.status(), 400, "{path}");
        let told = told.text().await.unwrap();
        assert!(told.contains("missing_audio") && told.contains("as `recording`"), "{told}");
    }
    for typed in ["text/plain", "application/json", "application/octet-stream"] {
        let words = reqwest::multipart::Part::bytes(b"Hello.".to_vec());
        let words = words.file_name("words").mime_str(typed).unwrap();
        let fast = reqwest::multipart::Part::text("9").mime_str("application/json").unwrap();
        let told = reqwest::multipart::Form::new().part("text", words).part("speed", fast);
        let told = door.post("/voice-chat").multipart(told).send().await.unwrap();
        let told = problem(told, 400, "malformed_request").await;
        assert_eq!(told["param"], "speed", "the words are read, and so is a field with a type");
    }
    let both = form().part("audio", crate::door::clip());
    fine(door.post("/voice-chat").multipart(both).send().await.unwrap()).await;

    let large = part(vec![0xff; 26 * 1024 * 1024]);
    let large = reqwest::multipart::Form::new().part("recording", large);
    let told = door.post("/voice-chat").multipart(large).send().await;
    // It may be told while it is still being sent.
    if let Ok(told) = told {
        problem(told, 413, "audio_too_large").await;
    }
}

#[tokio::test]
async fn a_form_whose_words_are_no_text_is_no_turn() {
    let door = house().await;
    for body in [&b"text=caf%E9"[..], b"text=caf\xe9"] {
        let form = door.post("/voice-chat").body(body.to_vec());
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        problem(form.send().await.unwrap(), 400, "malformed_request").await;
    }
    assert!(door.provider.calls(Stage::Thinking).is_empty());
}

#[tokio::test]
async fn a_body_that_drips_is_told_and_closed() {
    let door = house().await;
    let (mut reading, mut writing) = connect(&door).await.into_split();
    writing.write_all(head("Content-Length: 9000", "audio/webm").as_bytes()).await.unwrap();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });

    let mut all = Vec::new();
    let _ = in_time("its end", reading.read_to_end(&mut all)).await;

    dripping.abort();
    let told = String::from_utf8_lossy(&all);
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let door = house().await;
    let begun = ["", "POST /voice", "POST /voice-chat HTTP/1.1\r\nHost: localhost\r\nX: "];
    let told = begun.iter().map(async |begun| {
        let mut connection = connect(&door).await;
        connection.write_all(begun.as_bytes()).await.unwrap();
        rest(connection).await
    });
    for told in join_all(told).await {
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 408 "), "{told}");
    }
    assert_eq!(door.get("/livez").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let door = house().await;
    let many: String = (0..10_000).map(|number| format!("X-{number}: a\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "a".repeat(1024 * 1024));
    let folded = "X-Folded: a\r\n b\r\n".to_owned();
    let twice = "Content-Length: 5\r\nContent-Length: 6\r\n".to_owned();
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".to_owned();
    let negative = "Content-Length: -1\r\n".to_owned();
    for headers in [many, long, folded, twice, both, negative] {
        let mut connection = connect(&door).await;
        let head = format!("POST /voice-chat HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        // It may have heard enough before all is sent.
        let _ = connection.write_all(head.as_bytes()).await;
        let told = rest(connection).await;
        let shown: String = headers.chars().take(60).collect();
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 4"), "{shown}: {told}");
    }
    assert_eq!(door.get("/livez").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_clip_that_is_too_large_is_told_so_in_a_way_that_can_be_read() {
    const BYTES: usize = 26 * 1024 * 1024;
    let door = house().await;
    let piece = bytes::Bytes::from(vec![0x1a; 64 * 1024]);
    let chunked = || {
        let pieces = vec![piece.clone(); BYTES / piece.len()];
        Body::wrap_stream(stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)))
    };
    let whole = vec![0x1a; BYTES];
    for _ in 0..5 {
        let post = |kind: &str| door.post("/voice-chat").header("Content-Type", kind.to_owned());
        let form = reqwest::multipart::Form::new();
        let file = reqwest::multipart::Part::stream(chunked()).file_name("a.webm");
        for request in [
            post("audio/webm").body(whole.clone()),
            post("audio/webm").body(chunked()),
            door.post("/voice-chat").multipart(form.part("audio", file)),
        ] {
            let answer = in_time("the answer", request.send()).await.unwrap();
            let told = problem(answer, 413, "audio_too_large").await;
            assert_eq!(told["limit_bytes"], 25 * 1024 * 1024, "{told}");
        }
    }
    assert_eq!(door.program.left_in_temporary_folder(), Vec::<std::path::PathBuf>::new());
}

/// A part of a form with this head.
fn part(head: &str, body: &str) -> String {
    format!("--b\r\n{head}\r\n\r\n{body}\r\n")
}

fn named(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{name}\"")
}

#[tokio::test]
async fn a_form_that_is_none_is_told_so() {
    let door = house().await;
    let file = format!("{}; filename=\"a.webm\"", named("audio"));
    let text = part(&named("text"), "Well?");
    let end = "--b--\r\n";
    let nested = "Content-Type: multipart/mixed; boundary=c";
    let bodies = [
        ("no body", String::new()),
        ("no boundary in it", "hello".to_owned()),
        ("another boundary", text.replace("--b", "--c") + "--c--\r\n"),
        ("no end", text.clone()),
        ("an end in the middle", format!("--b\r\n{}\r\n", named("text"))),
        ("no name", part("Content-Disposition: form-data", "Well?") + end),
        ("no disposition", part("Content-Type: text/plain", "Well?") + end),
        ("10,000 parts", text.repeat(10_000) + end),
        ("a name of a megabyte", part(&named(&"n".repeat(1 << 20)), "Well?") + end),
        ("a field of a megabyte", part(&named("text"), &"n".repeat(1 << 20)) + end),
        ("a head of a megabyte", part(&format!("X: {}", "n".repeat(1 << 20)), "Well?") + end),
        (
            "a form in the form",
            part(&format!("{}\r\n{nested}", named("audio")), "--c\r\n\r\nx\r\n--c--") + end,
        ),
        ("two clips", part(&file, "abc").repeat(2) + end),
        ("an empty clip", part(&file, "") + end),
        ("a clip that is words", part(&file, "These are words.") + end),
        (
            "a name with a line break",
            part("Content-Disposition: form-data; name=\"te\r\nxt\"", "Well?") + end,
        ),
        ("a disposition that is none", part("Content-Disposition: \u{0}\u{1}", "Well?") + end),
        ("a field that is no text", part(&named("text"), "\u{0}") + end + "\u{0}"),
    ];
    for (what, body) in bodies {
        for kind in ["multipart/form-data; boundary=b", "multipart/form-data"] {
            let post = door.post("/voice-chat").header("Content-Type", kind);
            let answer = in_time(what, post.body(body.clone()).send()).await.unwrap();
            let status = answer.status();
            let told = answer.text().await.unwrap();
            let told_words = what.contains("no text") && status == 200;
            assert!(status.is_client_error() || told_words, "{what}, {kind}: {status} {told}");
            if status.is_client_error() {
                let told: Value = serde_json::from_str(&told).unwrap();
                assert!(told["error"].is_string() && told["code"].is_string(), "{what}: {told}");
            }
        }
    }
    assert!(!door.log().contains("panicked"), "{}", door.log());
}

#[tokio::test]
async fn json_that_is_none_is_told_so() {
    let door = house().await;
    let deep = "[".repeat(60_000);
    let wrong =
        ["", "{", "[]", "null", "7", "\"text\"", "{\"text\":{}}", "{\"text\":[1]}", "\u{0}", &deep];
    for body in wrong {
        for path in ["/voice-chat", "/v1/audio/speech", "/v1/chat/completions"] {
            let post = door.post(path).header("Content-Type", "application/json");
            let answer = post.body(body.to_owned()).send().await.unwrap();
            let (status, told) = (answer.status(), answer.text().await.unwrap());
            let shown: String = body.chars().take(20).collect();
            assert!(status.is_client_error(), "{path} {shown}: {status} {told}");
        }
    }
    let huge = json!({"text": "n".repeat(1 << 20)}).to_string();
    let post = door.post("/voice-chat").header("Content-Type", "application/json");
    problem(post.body(huge).send().await.unwrap(), 413, "text_too_long").await;
    assert!(!door.log().contains("panicked"), "{}", door.log());
}

/// Clips in the containers that are taken; MP3 and Ogg are what the server says itself.
async fn clips(door: &Door) -> Vec<Vec<u8>> {
    let mut clips = RECORDED.map(<[u8]>::to_vec).to_vec();
    for format in ["mp3", "ogg"] {
        let path = format!("/voice-chat?memory=off&format={format}");
        let said = fine(door.type_in(&path, "Well?").send().await.unwrap()).await;
        clips.push(said.bytes().await.unwrap().to_vec());
    }
    clips
}

/// Chances that are the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// The same bytes, but wrong in a few places.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(8) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = [0, 0xff, 0x7f, 0x80][self.below(4)],
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..(at + 1 + self.below(40)).min(bytes.len()))),
                4 => {
                    let piece = bytes[at..(at + 1 + self.below(40)).min(bytes.len())].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                // Where sizes and counts stand.
                _ => {
                    let at = self.below(bytes.len().min(200));
                    bytes[at] = self.below(256) as u8;
                }
            }
        }
    }

    /// A request that is wrong somewhere: in its clip, in its form, or in what it says it is.
    fn request(&mut self, door: &Door, clips: &[Vec<u8>]) -> RequestBuilder {
        let mut clip = clips[self.below(clips.len())].clone();
        let post = door.post("/voice-chat?memory=off");
        if self.below(3) == 0 {
            self.mutate(&mut clip);
            return post.header("Content-Type", "audio/webm").body(clip);
        }
        if self.below(2) == 0 {
            self.mutate(&mut clip);
        }
        let mut form = Vec::new();
        for name in ["voice", "audio", "language", "speed"].into_iter().take(1 + self.below(4)) {
            let file = if name == "audio" { "; filename=\"a.webm\"" } else { "" };
            form.extend(format!("--b\r\n{}{file}\r\n\r\n", named(name)).bytes());
            form.extend_from_slice(if name == "audio" { &clip } else { b"nova" });
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(b"--b--\r\n");
        if self.below(2) == 0 {
            self.mutate(&mut form);
        }
        let kind =
            ["multipart/form-data; boundary=b", "multipart/form-data; boundary=\"b", "audio/ogg"];
        let kind = kind[[0, 0, 0, 0, 0, 1, 2][self.below(7)]];
        post.header("Content-Type", kind).body(form)
    }
}

/// What the system knows of the server's process.
pub struct Usage {
    pub resident_kib: u64,
    pub peak_kib: u64,
    /// Without what can be read from files again.
    pub own_kib: u64,
    files: usize,
}

impl Usage {
    pub fn of(door: &Door) -> Self {
        let folder = std::path::PathBuf::from(format!("/proc/{}", door.id()));
        let status = std::fs::read_to_string(folder.join("status")).unwrap();
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
        };
        let files = std::fs::read_dir(folder.join("fd")).unwrap().count();
        let (resident_kib, peak_kib) = (kib("VmRSS:"), kib("VmHWM:"));
        Self { resident_kib, peak_kib, own_kib: kib("RssAnon:"), files }
    }
}

/// `STORM_UPLOADS=100000` sends so many.
#[tokio::test]
async fn uploads_that_are_wrong_anywhere_leave_nothing_behind() {
    let uploads = std::env::var("STORM_UPLOADS").ok().and_then(|count| count.parse().ok());
    let uploads: usize = uploads.unwrap_or(3_000);
    let door = house().await;
    let clips = clips(&door).await;
    let mut chance = Chance(0x5eed_5eed_5eed);
    let mut send = async |count: usize| {
        let client = crate::door::client();
        let requests: Vec<_> = (0..count).map(|_| chance.request(&door, &clips)).collect();
        let sent = requests.into_iter().map(async |request| {
            // A connection of the client's own, which ends with it.
            let request = request.build().unwrap();
            let answer = in_time("the answer", client.execute(request)).await.unwrap();
            (answer.status().as_u16(), answer.bytes().await.map(|body| body.len()))
        });
        let all: Vec<_> = stream::iter(sent).buffer_unordered(8).collect().await;
        for (status, body) in &all {
            assert!(*status < 500, "{status}");
            assert!(body.is_ok(), "{status}");
        }
        all.iter().filter(|(status, _)| *status == 200).count()
    };
    send(200).await;
    let before = Usage::of(&door);

    let mut answered = 0;
    for _ in 0..uploads.div_ceil(1_000) {
        answered += send(1_000.min(uploads)).await;
    }

    let after = in_time("the closing of what was open", async {
        loop {
            let usage = Usage::of(&door);
            if usage.files <= before.files + KEPT_OPEN {
                return usage;
            }
            tokio::task::yield_now().await;
        }
    });
    let after = after.await;
    figure(&format!(
        "{uploads} wrong uploads, {answered} answered: {} to {} KiB resident, {} to {} files open",
        before.resident_kib, after.resident_kib, before.files, after.files
    ));
    assert!(after.resident_kib < before.resident_kib + 96 * 1024);
    assert_eq!(door.program.left_in_temporary_folder(), Vec::<std::path::PathBuf>::new());
    // A decoder's own panic is caught, and the clip refused; one of ours would be a mistake.
    assert!(!door.log().contains("panicked at src/"), "{}", door.log());
}

#[tokio::test]
async fn who_reads_nothing_holds_no_memory() {
    const SILENT: usize = 16;
    let reply = Reply::text(&"The river runs down to the sea and nobody knows. ".repeat(100));
    let behaviour = Behaviour { reply, ..Behaviour::default() };
    let limits = [("MAX_TURNS_IN_FLIGHT", "unlimited"), ("THINKING_MAX_TOKENS", "4000")];
    let door = Door::with(behaviour, &limits).await;
    let path = "/voice-chat?format=wav&stream=1&memory=off&text=Well";
    let whole = fine(door.post(path).send().await.unwrap()).await.bytes().await.unwrap();
    let before = Usage::of(&door);

    let mut silent = Vec::new();
    for _ in 0..SILENT {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(1_024).unwrap();
        let address = door.address.strip_prefix("http://").unwrap().parse().unwrap();
        let mut connection = socket.connect(address).await.unwrap();
        let request =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        silent.push(connection);
    }
    // All of them are inside, for a while: whoever reads nothing is not waited for without end.
    in_time("everybody's coming", async {
        while door.json("/health").await["turns_in_flight"] != SILENT {}
    })
    .await;
    // Meanwhile others take all of as much.
    for _ in 0..2 {
        let sound = fine(door.post(path).send().await.unwrap()).await.bytes().await.unwrap();
        assert!(sound.len() > 10_000_000);
    }

    let after = Usage::of(&door);
    let grown = after.resident_kib.saturating_sub(before.resident_kib);
    figure(&format!("{SILENT} who read none of {} KiB: {grown} KiB more", whole.len() / 1024));
    assert!(grown < 128 * 1024, "{grown} KiB");
    drop(silent);
    in_time("everybody's leaving", async {
        while door.json("/health").await["turns_in_flight"] != 0 {}
    })
    .await;
}
