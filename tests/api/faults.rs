//! What goes wrong at an engine, at any moment: the listener is told in time, and never half of
//! an answer as if it were whole.

use std::time::Duration;

use futures_util::StreamExt;
use repartee_provider::{At, Behaviour, Fault, Kind, Reply, Stage};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::certificate::Certificate;
use crate::door::{Door, figure, fine, in_time, problem};

/// What the turn in which something goes wrong would say.
const ANSWER: &str =
    "Number {n} is the first of three. Number {n} is in the middle. Number {n} ends it.";
/// The same in one sentence: it asks for speech once only.
const SENTENCE: &str = "Number {n} is a single sentence with a good many words and ends it.";
/// A turn's deadline in these tests, in seconds.
const TURN_SECONDS: &str = "3";
/// After everything that an answer has.
const LATE: At = At::AfterBytes(10_000_000);

/// How a turn ended for its listener.
#[derive(Debug)]
enum Ended {
    /// With a reply of so many bytes.
    Whole(String, usize),
    /// With an error in the place of an answer.
    Told(Value),
    /// In the middle of the sound.
    Cut,
}

impl Ended {
    fn is_told(&self, code: &str) -> bool {
        matches!(self, Self::Told(problem) if problem["code"] == code)
    }
}

async fn house(reply: &str) -> Door {
    let behaviour = Behaviour { reply: Reply::text(reply), ..Behaviour::default() };
    Door::with(behaviour, &[("TURN_TIMEOUT", TURN_SECONDS), ("MAX_TURNS_IN_FLIGHT", "unlimited")])
        .await
}

/// Takes the turn as the original's client does, and reads its answer to the end.
async fn ended(request: RequestBuilder) -> Ended {
    let turn = async {
        let answer = request.bearer_auth("me").send().await.unwrap();
        if !answer.status().is_success() {
            return Ended::Told(told(answer).await);
        }
        let reply = answer.headers()["x-ai-response"].to_str().unwrap().to_owned();
        match answer.bytes().await {
            Ok(sound) => Ended::Whole(reply, sound.len()),
            Err(_) => Ended::Cut,
        }
    };
    in_time("the turn's end", turn).await
}

/// The error, which must be complete.
async fn told(answer: Response) -> Value {
    let status = answer.status().as_u16();
    let after = answer.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
    let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(problem["request_id"], request_id, "{problem}");
    let after = after.map(|after| json!(after.parse::<u64>().unwrap())).unwrap_or_default();
    assert_eq!(problem["retry_after_seconds"], after, "{problem}");
    problem
}

fn words(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Hearing => ("hearing", "Failed to transcribe audio"),
        Stage::Thinking => ("thinking", "Failed to get AI response"),
        _ => ("speaking", "Failed to generate speech"),
    }
}

/// Everything that can go wrong, and what is told when nothing was sent before it did.
fn kinds() -> Vec<(Kind, &'static [&'static str])> {
    let status = |code| Kind::Status { code, headers: Vec::new(), body: "{}".to_owned() };
    vec![
        (Kind::server_error(500), &["engine_unavailable"]),
        (Kind::server_error(503), &["engine_unavailable"]),
        (Kind::rate_limited("7"), &["engine_unavailable"]),
        (Kind::insufficient_quota(), &["engine_quota"]),
        (Kind::redirect("http://169.254.169.254/"), &["engine_misconfigured"]),
        (status(400), &["engine_refused"]),
        (status(401), &["engine_misconfigured"]),
        (status(403), &["engine_misconfigured"]),
        (status(404), &["engine_misconfigured"]),
        (Kind::Reset, &["engine_unavailable", "engine_refused"]),
        (Kind::Close, &["engine_unavailable", "engine_refused"]),
        (Kind::Stall, &["engine_timeout"]),
        (Kind::Drip(Duration::from_secs(1)), &["engine_timeout"]),
        (Kind::BadJson, &["engine_refused"]),
        (Kind::Truncated, &["engine_refused"]),
        (Kind::Empty, &["engine_refused"]),
        (Kind::JsonError, &["engine_refused", "engine_unavailable"]),
    ]
}

/// Takes a turn with the fault between two without one, all in one conversation.
async fn cell(door: &Door, fault: Fault, codes: &[&str]) {
    let stage = fault.stage;
    let cell = format!("{stage:?} {:?} {:?}", fault.at, fault.kind);
    let first = fine(door.type_in("/voice-chat", "One.").bearer_auth("me").send().await.unwrap());
    let first = first.await;
    let id = first.headers()["x-conversation-id"].to_str().unwrap().to_owned();
    first.bytes().await.unwrap();
    let path = format!("/voice-chat?conversation_id={id}");

    door.provider.fault(fault.clone());
    let request = match stage {
        Stage::Hearing => door.say(&path),
        _ => door.type_in(&path, "Two."),
    };
    let ended = ended(request).await;
    door.provider.clear_faults();

    check(&cell, &fault, codes, &ended);
    let after = fine(door.type_in(&path, "Three.").bearer_auth("me").send().await.unwrap()).await;
    after.bytes().await.unwrap();
    remembered(door, &cell, &id, &ended).await;
}

fn check(cell: &str, fault: &Fault, codes: &[&str], ended: &Ended) {
    let (stage, at, kind) = (fault.stage, fault.at, &fault.kind);
    let (name, error) = words(stage);
    match ended {
        Ended::Told(problem) => {
            assert_eq!(problem["stage"], name, "{cell}: {problem}");
            assert_eq!(problem["error"], error, "{cell}: {problem}");
            let code = problem["code"].as_str().unwrap();
            // Once an answer has begun, how it breaks off says little of why.
            let midway = at != At::BeforeFirstByte;
            let codes = if midway {
                &["engine_refused", "engine_unavailable", "engine_timeout", "engine_quota"]
            } else {
                codes
            };
            assert!(codes.contains(&code), "{cell}: {problem}");
        }
        // Only what has begun to sound can be cut; of what is truncated, the first half comes.
        Ended::Cut => {
            let begun = at != At::BeforeFirstByte || *kind == Kind::Truncated;
            assert!(stage == Stage::Speaking && begun, "{cell}");
        }
        Ended::Whole(reply, bytes) => {
            assert!(at == LATE && is_harmless_late(stage, kind), "{cell}: {reply}");
            assert!(*bytes > 1_000 && reply.ends_with("ends it."), "{cell}: {reply}");
        }
    }
}

/// Whether it does no harm once the whole answer is there.
fn is_harmless_late(stage: Stage, kind: &Kind) -> bool {
    match stage {
        // Its length was announced, or its last event has come: nobody waits for more.
        Stage::Thinking => true,
        Stage::Hearing => {
            !matches!(kind, Kind::BadJson | Kind::JsonError)
                && !matches!(kind, Kind::Status { body, .. } if !body.is_empty())
        }
        _ => {
            matches!(kind, Kind::Truncated | Kind::Empty | Kind::Drip(_))
                || matches!(kind, Kind::Status { body, .. } if body.is_empty())
        }
    }
}

/// What is written of the conversation, and what the responder was shown of it afterwards.
async fn remembered(door: &Door, cell: &str, id: &str, ended: &Ended) {
    let path = format!("/api/v1/conversations/{id}/turns");
    let turns = door.get(&path).bearer_auth("me").send().await.unwrap();
    let turns: Value = fine(turns).await.json().await.unwrap();
    let turns = turns["data"].as_array().unwrap();
    let finished = turns.iter().filter(|turn| turn["status"] == "finished").count();
    let whole = usize::from(matches!(ended, Ended::Whole(..)));
    assert_eq!(finished, 2 + whole, "{cell}: {turns:?}");
    for turn in turns.iter().filter(|turn| turn["status"] != "finished") {
        assert_eq!(turn["status"], "failed", "{cell}: {turn}");
        assert!(turn["problem"]["code"].is_string(), "{cell}: {turn}");
        let spoken = turn["spoken"].as_str().unwrap_or_default();
        assert!(!spoken.ends_with("ends it."), "{cell}: {turn}");
    }
    let asked = door.provider.calls(Stage::Thinking);
    let shown = &asked.last().unwrap().chat().unwrap().messages;
    let said = |role: &str| -> Vec<&str> {
        let of = shown.iter().filter(|message| message["role"] == role);
        of.map(|message| message["content"].as_str().unwrap()).collect()
    };
    let answers = said("assistant");
    let whole = answers.iter().filter(|answer| answer.ends_with("ends it.")).count();
    assert_eq!(whole, 1 + usize::from(matches!(ended, Ended::Whole(..))), "{cell}: {shown:?}");
    for answer in answers {
        assert!(answer.ends_with('.'), "{cell}: {answer}");
    }
}

async fn matrix(stage: Stage, offsets: &[usize]) {
    let door = house(if stage == Stage::Speaking { SENTENCE } else { ANSWER }).await;
    let mut cells = 0;
    for (kind, codes) in kinds() {
        let moments = offsets.iter().map(|&count| At::AfterBytes(count));
        for at in [At::BeforeFirstByte].into_iter().chain(moments).chain([LATE]) {
            cell(&door, Fault::always(stage, at, kind.clone()), codes).await;
            cells += 1;
        }
    }
    figure(&format!("{cells} cells of {stage:?}"));
    assert!(!door.log().contains("panicked"), "{}", door.log());
}

#[tokio::test]
async fn whatever_goes_wrong_in_hearing_is_told() {
    matrix(Stage::Hearing, &[1, 20]).await;
}

#[tokio::test]
async fn whatever_goes_wrong_in_thinking_is_told() {
    matrix(Stage::Thinking, &[1, 100, 1_000, 2_500]).await;
}

#[tokio::test]
async fn whatever_goes_wrong_in_speaking_is_told_or_cuts_the_sound() {
    matrix(Stage::Speaking, &[1, 20, 1_500, 5_003]).await;
}

#[tokio::test]
async fn a_reply_that_is_cut_anywhere_is_no_reply() {
    let door = house("Yes {n}. No.").await;
    let bytes = stream_bytes(&door).await;
    for kind in [Kind::Close, Kind::Truncated] {
        for cut in 1..bytes {
            door.provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(cut), kind.clone()));
        }
        let turns = (1..bytes).map(|_| ended(door.type_in("/voice-chat?memory=off", "Well?")));
        let all: Vec<_> = futures_util::stream::iter(turns).buffer_unordered(8).collect().await;
        let mut whole = 0;
        for ended in &all {
            match ended {
                Ended::Whole(reply, sound) => {
                    assert!(reply.ends_with("No.") && *sound > 1_000, "{ended:?}");
                    whole += 1;
                }
                told => assert!(told.is_told("engine_refused"), "{told:?}"),
            }
        }
        // The end of the text is told before the stream's own end.
        assert!(whole < all.len() / 2, "{whole} of {}", all.len());
        figure(&format!("{} cuts by {kind:?}, {whole} after the text's end", all.len()));
    }
}

/// How long the provider's stream is for a short question.
async fn stream_bytes(door: &Door) -> usize {
    let body = json!({
        "model": "gpt-6-luna", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "Well?"}],
    });
    let url = format!("{}/chat/completions", door.provider.base_url());
    door.client.post(url).json(&body).send().await.unwrap().bytes().await.unwrap().len()
}

#[tokio::test]
async fn an_outage_is_not_made_worse_by_asking_again() {
    const TURNS: usize = 300;
    let unsaid = Kind::Status { code: 429, headers: Vec::new(), body: "{}".to_owned() };
    for kind in [Kind::server_error(500), Kind::Reset, Kind::rate_limited("1"), unsaid] {
        for (stage, reply) in [
            (Stage::Hearing, SENTENCE),
            (Stage::Thinking, SENTENCE),
            (Stage::Speaking, SENTENCE),
            (Stage::Speaking, ANSWER),
        ] {
            let behaviour = Behaviour { reply: Reply::text(reply), ..Behaviour::default() };
            let door = Door::with(behaviour, &[("MAX_TURNS_IN_FLIGHT", "unlimited")]).await;
            door.provider.fault(Fault::always(stage, At::BeforeFirstByte, kind.clone()));
            let turn = |_| match stage {
                Stage::Hearing => ended(door.say("/voice-chat")),
                _ => ended(door.type_in("/voice-chat", "Well?")),
            };
            let turns = futures_util::stream::iter((0..TURNS).map(turn));
            let all: Vec<_> = turns.buffer_unordered(16).collect().await;
            for ended in &all {
                assert!(ended.is_told("engine_unavailable"), "{ended:?}");
            }
            let calls = door.provider.calls(stage).len();
            figure(&format!("{TURNS} turns, {stage:?} down, {kind:?}: {calls} calls"));
            assert!(calls * 10 <= TURNS * 12, "{calls} calls for {TURNS} turns");
        }
    }
}

#[tokio::test]
async fn an_account_without_money_is_asked_once() {
    for stage in [Stage::Hearing, Stage::Thinking, Stage::Speaking] {
        let door = house(SENTENCE).await;
        door.provider.fault(Fault::always(stage, At::BeforeFirstByte, Kind::insufficient_quota()));
        let (name, error) = words(stage);

        let answer = door.say("/voice-chat").send().await.unwrap();

        assert!(!answer.headers().contains_key("retry-after"));
        let told = problem(answer, 503, "engine_quota").await;
        assert_eq!((&told["stage"], &told["error"]), (&json!(name), &json!(error)));
        assert_eq!(
            (&told["retryable"], &told["retry_after_seconds"]),
            (&json!(false), &json!(null))
        );
        assert_eq!(door.provider.calls(stage).len(), 1);
    }
}

#[tokio::test]
async fn how_long_an_engine_wants_to_be_left_alone_is_passed_on() {
    let door = house(ANSWER).await;
    let fault = Fault::always(Stage::Thinking, At::BeforeFirstByte, Kind::rate_limited("42"));
    door.provider.fault(fault);

    let answer = door.type_in("/voice-chat", "Well?").send().await.unwrap();

    assert_eq!(answer.headers()["retry-after"], "42");
    let told = problem(answer, 503, "engine_unavailable").await;
    assert_eq!(told["retry_after_seconds"], 42);
    assert_eq!(door.provider.calls(Stage::Thinking).len(), 1);
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn when_the_speaking_model_is_gone_another_voice_speaks_and_is_named() {
    let door = house(ANSWER).await;
    door.provider.fault(Fault::always(Stage::Speaking, At::BeforeFirstByte, Kind::model_gone()));

    let sound = door.type_in("/voice-chat", "Well?").send().await.unwrap();
    let answer = door.type_in("/voice-chat?format=json", "And?").send().await.unwrap();
    let turn: Value = fine(answer).await.json().await.unwrap();

    assert_eq!(
        (&turn["voice"], &sound.headers()["x-voice"]),
        (&json!("slt"), &"slt".parse().unwrap())
    );
    assert!(turn["engines"]["speaking"].as_str().unwrap().contains("flite"), "{turn}");
    assert!(turn["audio"]["duration_ms"].as_u64().unwrap() > 1_000, "{turn}");
    assert!(fine(sound).await.bytes().await.unwrap().len() > 1_000);
    let told = door.log().matches("another voice stands in").count();
    assert_eq!(told, 1, "{}", door.log());
}

#[tokio::test]
async fn events_and_json_tell_of_a_failure_as_sound_does() {
    let door = house(ANSWER).await;
    let broken = || Fault::once(Stage::Speaking, At::AfterBytes(5_003), Kind::Close);
    door.provider.fault(broken());
    let answer = door.type_in("/voice-chat?format=events", "Well?").send().await.unwrap();
    let events = in_time("the last event", fine(answer).await.text()).await.unwrap();
    let last = events.trim_end().rsplit("\n\n").next().unwrap();
    assert!(last.starts_with("event: failed\n"), "{last}");
    assert!(last.contains("\"stage\":\"speaking\"") && !events.contains("event: finished"));

    door.provider.fault(broken());
    let answer = door.type_in("/voice-chat?format=json", "Well?").send().await.unwrap();
    problem(answer, 502, "engine_refused").await;

    for format in ["wav", "ogg"] {
        door.provider.fault(broken());
        let ended = ended(door.type_in(&format!("/voice-chat?format={format}"), "Well?")).await;
        assert!(!matches!(ended, Ended::Whole(..)), "{format}: {ended:?}");
    }
}

#[tokio::test]
async fn sound_that_is_cut_over_http_2_is_seen_to_be() {
    let certificate = Certificate::new();
    let behaviour = Behaviour { reply: Reply::text(ANSWER), ..Behaviour::default() };
    let door = Door::with(behaviour, &certificate.settings()).await;
    for kind in [Kind::Close, Kind::Reset, Kind::Truncated] {
        door.provider.fault(Fault::once(Stage::Speaking, At::AfterBytes(5_003), kind.clone()));

        let answer = door.type_in("/voice-chat?stream=1", "Well?").send().await.unwrap();

        let answer = fine(answer).await;
        assert_eq!(format!("{:?}", answer.version()), "HTTP/2.0");
        assert!(answer.bytes().await.is_err(), "{kind:?}");
    }
}
