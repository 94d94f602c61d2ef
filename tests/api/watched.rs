//! What those who watch the server see of it: nothing that fails, fails unseen.

use std::collections::BTreeSet;
use std::time::Duration;

use repartee_provider::{At, Behaviour, Fault, Kind, Stage};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::door::{Door, fine, in_time, problem};
use crate::program::Program;

/// How often something was counted, of all whose name and labels hold these words.
async fn counted(door: &Door, words: &[&str]) -> f64 {
    let scraped = fine(door.get("/metrics").send().await.unwrap()).await.text().await.unwrap();
    let told = scraped.lines().filter(|line| !line.starts_with('#'));
    let told = told.filter(|line| words.iter().all(|word| line.contains(word)));
    told.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

fn down(stage: Stage) -> Fault {
    Fault::always(stage, At::BeforeFirstByte, Kind::server_error(500))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_cannot_be_written_has_failed() {
    let door = Door::open().await;
    let file = door.program.path("data/repartee.db");
    let other = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();

    let answer = door.type_in("/voice-chat?format=json", "Hello.").send().await.unwrap();

    problem(answer, 503, "memory_unavailable").await;
    let turns = "repartee_turns_total";
    assert_eq!(counted(&door, &[turns, "finished"]).await, 0.0);
    assert_eq!(counted(&door, &[turns, "failed", "stage=\"memory\""]).await, 1.0);
}

#[tokio::test]
async fn a_turn_that_fails_is_counted_with_its_stage() {
    for (stage, name) in
        [(Stage::Hearing, "hearing"), (Stage::Thinking, "thinking"), (Stage::Speaking, "speaking")]
    {
        let door = Door::with(Behaviour::default(), &[]).await;
        door.provider.fault(down(stage));

        let answer = door.say("/voice-chat").send().await.unwrap();

        problem(answer, 503, "engine_unavailable").await;
        let failed = ["repartee_turns_total", "failed"];
        assert_eq!(counted(&door, &failed).await, 1.0);
        let labelled = format!("stage=\"{name}\"");
        assert_eq!(counted(&door, &[failed[0], failed[1], &labelled]).await, 1.0, "{name}");
    }
}

#[tokio::test]
async fn a_clip_that_is_no_good_is_no_failed_turn() {
    let door = Door::open().await;
    let body = [b"RIFF\x24\x00\x00\x00WAVEfmt ".as_slice(), &[7; 64]].concat();

    let answer = door.post("/voice-chat").header("content-type", "audio/wav").body(body);

    assert!(answer.send().await.unwrap().status().is_client_error());
    assert_eq!(counted(&door, &["repartee_turns_total", "failed"]).await, 0.0);
}

/// The log's lines at this level.
fn lines(door: &Door, level: &str) -> Vec<String> {
    let log = door.log();
    let lines = log.lines().filter(|line| line.split_whitespace().nth(1) == Some(level));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_problem_is_counted_and_logged_wherever_it_is_told() {
    let midway = || Fault::once(Stage::Speaking, At::AfterBytes(5_003), Kind::Close);
    let speech = json!({ "input": "One good sentence. And another one after it." });
    let chat = json!({ "messages": [{ "role": "user", "content": "Hello." }] });
    let broken = || Fault::once(Stage::Thinking, At::BeforeFirstByte, Kind::BadJson);
    let torn = || Fault::once(Stage::Thinking, At::AfterBytes(1_000), Kind::Reset);
    let door = Door::open().await;
    let cases = [
        ("whole", midway(), door.type_in("/voice-chat?format=json", "Hello.")),
        ("events", broken(), door.type_in("/voice-chat?format=events", "Hello.")),
        ("stream", midway(), door.type_in("/voice-chat?stream=1&format=wav", "Hello.")),
        ("sound", broken(), door.type_in("/voice-chat", "Hello.")),
        ("speech", midway(), door.post("/v1/audio/speech").json(&speech)),
        ("chat", torn(), door.post("/v1/chat/completions").json(&with(&chat, "stream"))),
        ("sse", midway(), door.post("/v1/audio/speech").json(&with(&speech, "sse"))),
    ];
    for (told, (case, fault, request)) in cases.into_iter().enumerate() {
        door.provider.fault(fault);

        let answer = in_time(case, request.send()).await.unwrap();
        let _ = in_time(case, answer.bytes()).await;

        let counted = counted(&door, &["repartee_problems_total", "code=\"engine_"]).await;
        assert_eq!(counted, (told + 1) as f64, "{case}: {}", door.log());
        let lines = lines(&door, "WARN").into_iter().filter(|line| line.contains("told a problem"));
        assert_eq!(lines.count(), told + 1, "{case}: {}", door.log());
    }
}

fn with(body: &Value, how: &str) -> Value {
    let mut body = body.clone();
    match how {
        "sse" => body["stream_format"] = json!("sse"),
        how => body[how] = json!(true),
    }
    body
}

#[tokio::test]
async fn turns_that_fail_in_events_are_seen_as_often_as_they_fail() {
    let door = Door::open().await;
    door.provider.fault(down(Stage::Thinking));

    for _ in 0..5 {
        let answer = door.type_in("/voice-chat?format=events", "Hello.").send().await.unwrap();
        assert!(fine(answer).await.text().await.unwrap().contains("event: failed"));
    }

    let told = ["repartee_problems_total", "engine_unavailable", "stage=\"thinking\""];
    assert_eq!(counted(&door, &told).await, 5.0);
    let lines = lines(&door, "WARN");
    let lines = lines.iter().filter(|line| line.contains("engine_unavailable"));
    assert_eq!(lines.count(), 5, "{}", door.log());
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_counted_and_warns_nobody() {
    let door = Door::open().await;

    problem(door.post("/voice-chat").send().await.unwrap(), 400, "missing_audio").await;

    assert_eq!(counted(&door, &["repartee_problems_total", "missing_audio"]).await, 1.0);
    assert!(!lines(&door, "WARN").iter().any(|line| line.contains("missing_audio")));
}

#[tokio::test]
async fn how_an_engine_is_set_up_wrongly_stands_in_the_log_and_only_there() {
    let refusals = [
        (
            401,
            r#"{"error":{"message":"wrong sk-test-0123","code":"invalid_api_key"}}"#,
            "OPENAI_API_KEY",
        ),
        (
            403,
            r#"{"error":{"message":"sk-test-0123","type":"permission_error"}}"#,
            "permission_error",
        ),
        (404, "<h1>Ann said hello</h1>", "base URL"),
        (404, r#"{"error":{"message":"Ann said hello","code":"model_not_found"}}"#, "name another"),
    ];
    for (status, body, advice) in refusals {
        let door = Door::open().await;
        let kind = Kind::Status { code: status, headers: Vec::new(), body: body.to_owned() };
        door.provider.fault(Fault::always(Stage::Thinking, At::BeforeFirstByte, kind));

        let answer = door.type_in("/voice-chat", "Hello.").send().await.unwrap();

        assert!(!answer.headers().contains_key("retry-after"));
        let told = problem(answer, 503, "engine_misconfigured").await;
        assert_eq!((&told["retryable"], &told["stage"]), (&json!(false), &json!("thinking")));
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("not set up rightly"), "{detail}");
        for private in ["127.0.0.1", "localhost", "OPENAI", "KEY", "URL", "gpt-"] {
            assert!(!told.to_string().contains(private), "{told}");
        }
        let lines = lines(&door, "WARN");
        let line = lines.iter().find(|line| line.contains("told a problem")).unwrap();
        assert!(line.contains("turn.id=") && line.contains("request.id="), "{line}");
        assert!(line.contains(advice) && line.contains("problem.stage=\"thinking\""), "{line}");
        assert!(!door.log().contains("sk-test") && !door.log().contains("Ann said"));
        assert_eq!(door.provider.calls(Stage::Thinking).len(), 1);
    }
}

/// The log's lines, all of which must be JSON.
fn json_lines(door: &Door) -> Vec<Value> {
    let log = door.log();
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

/// The line of each answer, when there are so many.
async fn answers(door: &Door, count: usize) -> Vec<Value> {
    in_time("the lines of the answers", async {
        loop {
            let mut lines = json_lines(door);
            lines.retain(|line| line["fields"]["message"] == "answered");
            if lines.len() >= count {
                return lines;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_turn_is_one_line_of_the_log() {
    let door = Door::with(Behaviour::default(), &[("LOG_FORMAT", "json")]).await;
    let renderings = [
        ("", "mp3"),
        ("?stream=1&format=wav", "wav as it comes"),
        ("?format=events", "events"),
        ("?format=json", "json"),
    ];
    for (told, (query, rendering)) in renderings.into_iter().enumerate() {
        let answer = fine(door.say(&format!("/voice-chat{query}")).send().await.unwrap()).await;
        let ids = ["x-request-id", "x-turn-id", "x-conversation-id"];
        let ids = ids.map(|name| answer.headers()[name].to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap().len();

        let lines = answers(&door, told + 1).await;

        assert_eq!(lines.len(), told + 1, "{lines:?}");
        let (span, fields) = (&lines[told]["span"], &lines[told]["fields"]);
        let logged = ["request.id", "turn.id", "conversation.id"].map(|name| &span[name]);
        assert_eq!(logged, ids.each_ref().map(|id| json!(id)).each_ref());
        assert_eq!(
            (&span["rendering"], &span["http.route"]),
            (&rendering.into(), &"/voice-chat".into())
        );
        assert_eq!((&fields["http.status"], &fields["http.bytes"]), (&json!(200), &json!(bytes)));
        assert_eq!((&fields["end"], &lines[told]["level"]), (&"whole".into(), &"INFO".into()));
        let whole = fields["milliseconds"].as_f64().unwrap();
        let times = ["heard_ms", "first_words_ms", "first_sound_ms"];
        let times = times.map(|name| span[name].as_f64().unwrap());
        assert!(times.is_sorted() && times[2] <= whole, "{times:?} {whole}");
    }
}

#[tokio::test]
async fn who_leaves_and_what_is_cut_is_seen_in_the_line() {
    let door = Door::with(Behaviour::default(), &[("LOG_FORMAT", "json")]).await;
    door.provider.fault(Fault::once(Stage::Speaking, At::AfterBytes(5_003), Kind::Close));
    let answer = door.type_in("/voice-chat?stream=1", "Hello.").send().await.unwrap();
    assert!(answer.bytes().await.is_err());
    let lines = answers(&door, 1).await;
    assert_eq!(lines[0]["fields"]["end"], "cut");
    assert_eq!(lines[0]["span"]["problem.code"], "engine_refused");

    door.provider.fault(Fault::once(Stage::Thinking, At::BeforeFirstByte, Kind::Stall));
    let events = door.type_in("/voice-chat?format=events", "Hello.").send().await.unwrap();
    drop(fine(events).await);
    let lines = answers(&door, 2).await;
    assert_eq!((&lines[1]["fields"]["end"], &lines[1]["level"]), (&"left".into(), &"INFO".into()));

    problem(door.post("/voice-chat").send().await.unwrap(), 400, "missing_audio").await;
    let lines = answers(&door, 3).await;
    assert_eq!(lines[2]["span"]["problem.code"], "missing_audio");
    assert_eq!(lines[2]["fields"]["http.status"], 400);
}

#[tokio::test]
async fn who_watches_the_house_does_not_fill_the_log() {
    let door = Door::open().await;
    for path in ["/livez", "/readyz", "/metrics", "/health", "/livez/"] {
        door.get(path).send().await.unwrap().bytes().await.unwrap();
    }
    fine(door.get("/api/v1").send().await.unwrap()).await.bytes().await.unwrap();

    let told = in_time("a line", async {
        while !door.log().contains("answered") {
            tokio::task::yield_now().await;
        }
        door.log()
    });
    let told = told.await;

    assert_eq!(told.matches("answered").count(), 1, "{told}");
    for line in told.lines().filter(|line| line.contains(" INFO ")) {
        assert!(line.contains(" repartee::"), "a library's: {line}");
    }
}

#[tokio::test]
async fn no_stranger_makes_an_error_in_the_log() {
    let door = Door::open().await;
    let address = door.address.strip_prefix("http://").unwrap();
    for nonsense in [
        "GET / HTTP/1.1\r\nHost: localhost\r\nBad\u{1b}[31m Header: x\r\n\r\n",
        "POST /voice-chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}nonsense\r\n\r\n",
    ] {
        let mut stranger = TcpStream::connect(address).await.unwrap();
        stranger.write_all(nonsense.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = in_time("the end", stranger.read_to_end(&mut answer)).await;
    }
    let sound = [b"OggS".as_slice(), &[0xff; 4000]].concat();
    door.post("/voice-chat").header("content-type", "audio/ogg").body(sound).send().await.unwrap();

    for level in ["ERROR", "WARN"] {
        let told = lines(&door, level);
        let told: Vec<_> =
            told.iter().filter(|line| !line.contains(" repartee::startup")).collect();
        assert!(told.is_empty(), "{told:?}");
    }
    assert!(!door.log().contains('\u{1b}'), "{}", door.log());
}

#[tokio::test]
async fn a_log_for_machines_holds_nothing_but_json_and_no_secret() {
    let door = Door::with(Behaviour::default(), &[("LOG_FORMAT", "json")]).await;
    door.provider.fault(down(Stage::Thinking));
    door.type_in("/voice-chat", "Hello.").send().await.unwrap().bytes().await.unwrap();
    answers(&door, 1).await;

    let token = door.program.read("data/admin.token");
    let told = json_lines(&door);

    assert!(told.iter().any(|line| line.to_string().contains("admin.token")), "{told:?}");
    assert!(!door.log().contains("once=") && !door.log().contains(token.trim()));
    let taken = door.address.strip_prefix("http://").unwrap();
    let run = Program::new().set("BIND", taken).set("LOG_FORMAT", "json").run(&["serve"]);
    assert_eq!(run.code, 2);
    let last: Value = serde_json::from_str(run.err.trim()).unwrap();
    assert!(last["fields"]["message"].as_str().unwrap().contains("BIND"), "{last}");
}

#[tokio::test]
async fn every_number_says_what_it_means() {
    let prices = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/prices.toml");
    let door =
        Door::with(Behaviour::default(), &[("PRICES", prices), ("DAILY_BUDGET_USD", "5")]).await;
    fine(door.say("/voice-chat").send().await.unwrap()).await.bytes().await.unwrap();
    problem(door.post("/voice-chat").send().await.unwrap(), 400, "missing_audio").await;

    let scraped = fine(door.get("/metrics").send().await.unwrap()).await.text().await.unwrap();

    let named = |kind: &str| -> BTreeSet<String> {
        let lines = scraped.lines().filter_map(|line| line.strip_prefix(kind));
        lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    let typed = named("# TYPE ");
    assert_eq!(typed, named("# HELP "));
    for name in [
        "repartee_build_info",
        "repartee_engine_down",
        "repartee_http_requests_total",
        "repartee_recordings_lost_total",
        "repartee_cost_usd",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_cpu_seconds_total",
    ] {
        assert!(typed.contains(name), "{name}: {scraped}");
    }
    assert_eq!(counted(&door, &["http_requests", "route=\"/voice-chat\"", "2xx"]).await, 1.0);
    assert_eq!(counted(&door, &["http_requests", "route=\"/voice-chat\"", "4xx"]).await, 1.0);
    assert_eq!(counted(&door, &["repartee_build_info", env!("CARGO_PKG_VERSION")]).await, 1.0);
}

#[tokio::test]
async fn a_server_that_is_left_alone_is_seen_to_be() {
    let door = Door::open().await;
    let down_now = ["repartee_engine_down", "stage=\"thinking\""];
    assert_eq!(counted(&door, &down_now).await, 0.0);
    door.provider.fault(down(Stage::Thinking));
    for _ in 0..5 {
        let answer = door.type_in("/voice-chat", "Hello.").send().await.unwrap();
        problem(answer, 503, "engine_unavailable").await;
    }

    assert_eq!(counted(&door, &down_now).await, 1.0);
    assert_eq!(counted(&door, &["repartee_engine_down", "stage=\"speaking\""]).await, 0.0);
}

#[tokio::test]
async fn the_first_words_are_at_the_same_time_in_every_place() {
    let behaviour = Behaviour { hearing: Duration::from_millis(300), ..Behaviour::default() };
    let door = Door::with(behaviour, &[]).await;

    let answer = fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;

    let turn: Value = answer.json().await.unwrap();
    let told = turn["timings_ms"]["first_words"].as_f64().unwrap();
    let seen = counted(&door, &["repartee_first_words_seconds_sum"]).await * 1e3;
    assert!(told >= 300.0 && (told - seen).abs() < 0.1, "{told} {seen}");
}

#[tokio::test]
async fn a_clip_in_which_someone_speaks_is_not_blamed_for_an_engine_that_hears_nothing() {
    let door = Door::open().await;
    let nothing =
        Kind::Status { code: 200, headers: Vec::new(), body: r#"{"text":""}"#.to_owned() };
    door.provider.fault(Fault::once(Stage::Hearing, At::BeforeFirstByte, nothing));

    let told = problem(door.say("/voice-chat").send().await.unwrap(), 422, "no_speech").await;

    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("someone seems to speak") && !detail.contains("dBFS"), "{detail}");
    assert_eq!(told["measured"], json!(null));
}

#[tokio::test]
async fn what_has_never_happened_is_counted_as_well() {
    let door = Door::open().await;

    let scraped = fine(door.get("/metrics").send().await.unwrap()).await.text().await.unwrap();

    for never in [
        "repartee_turns_total{status=\"failed\",stage=\"memory\"} 0",
        "repartee_turns_total{status=\"failed\",stage=\"thinking\"} 0",
        "repartee_engine_down{stage=\"hearing\"} 0",
        "repartee_recordings_lost_total 0",
        "repartee_panics_total 0",
    ] {
        assert!(scraped.contains(never), "{never}: {scraped}");
    }
}
