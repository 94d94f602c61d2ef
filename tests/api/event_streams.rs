//! A turn as events: in order, numbered, with one stream of sound.

use repartee_provider::{At, Behaviour, Fault, Kind, Reply, Stage};

use crate::door::{Door, fine, problem};
use crate::listening::{Event, assert_one_mp3_stream, events, header, seconds, unpacked};

const REPLY: &str = "Grüße aus Köln 😀! Wir öffnen um neun. Bis bald!";

async fn taken(door: &Door, path: &str) -> Vec<Event> {
    let answer = fine(door.say(path).send().await.unwrap()).await;
    assert!(header(&answer, "content-type").starts_with("text/event-stream"));
    events(&answer.text().await.unwrap())
}

async fn open() -> Door {
    let reply = Reply::text(REPLY);
    Door::with(Behaviour { reply, ..Behaviour::default() }, &[]).await
}

fn joined(events: &[Event]) -> Vec<u8> {
    let speech = events.iter().filter(|event| event.name == "speech");
    speech.flat_map(|event| unpacked(&event.data["data"])).collect()
}

#[tokio::test]
async fn events_come_in_order_and_without_gaps() {
    let door = open().await;

    let events = taken(&door, "/voice-chat?format=events").await;

    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names[0], names[1]), ("started", "heard"));
    assert_eq!(names.last(), Some(&"finished"));
    for (place, event) in events.iter().enumerate() {
        assert_eq!(event.data["seq"], place, "{event:?}");
    }
    let started = &events[0].data;
    for member in ["turn_id", "conversation_id", "request_id"] {
        assert!(started[member].as_str().is_some_and(|id| !id.is_empty()), "{started}");
    }
    assert_eq!(events[1].data["transcript"], "What is the capital of France?");
    let deltas = events.iter().filter(|event| event.name == "reply");
    let reply: String = deltas.map(|event| event.data["delta"].as_str().unwrap()).collect();
    assert_eq!(reply, REPLY);
    let turn = &events.last().unwrap().data;
    assert_eq!((&turn["status"], &turn["reply"]), (&"finished".into(), &REPLY.into()));
    assert_eq!(turn["turn_id"], started["turn_id"]);
}

#[tokio::test]
async fn places_are_counted_in_utf_16_and_times_follow_each_other() {
    let door = open().await;

    let events = taken(&door, "/voice-chat?format=events").await;

    let units: Vec<u16> = REPLY.encode_utf16().collect();
    let (mut sentence, mut clock, mut texts) = (None, 0, Vec::new());
    for event in events.iter().filter(|event| event.name == "speech") {
        let number = |name: &str| event.data[name].as_u64().unwrap();
        assert_eq!(number("start_ms"), clock, "{event:?}");
        clock += number("duration_ms");
        if sentence != Some(number("sentence")) {
            sentence = Some(number("sentence"));
            let (from, to) = (number("text_from") as usize, number("text_to") as usize);
            texts.push(String::from_utf16(&units[from..to]).unwrap().trim().to_owned());
        }
        assert_eq!(event.data["mime"], "audio/mpeg");
    }
    assert_eq!(texts, ["Grüße aus Köln 😀!", "Wir öffnen um neun.", "Bis bald!"]);
    let turn = &events.last().unwrap().data;
    assert_eq!(turn["audio"]["duration_ms"], clock);
}

#[tokio::test]
async fn all_data_joined_is_one_stream_in_every_format() {
    let door = open().await;
    for format in ["mp3", "wav", "ogg"] {
        let path = format!("/voice-chat?format=events&audio_format={format}");
        let events = taken(&door, &path).await;

        let sound = joined(&events);
        if format == "mp3" {
            assert_one_mp3_stream(&sound);
        }
        let turn = &events.last().unwrap().data;
        let told = turn["audio"]["duration_ms"].as_f64().unwrap() / 1e3;
        assert!((seconds(&sound) - told).abs() < 0.15, "{format}: {}", seconds(&sound));
    }
}

#[tokio::test]
async fn a_failure_in_the_middle_is_the_last_event() {
    let door = open().await;
    door.provider.fault(Fault::always(
        Stage::Thinking,
        At::BeforeFirstByte,
        Kind::insufficient_quota(),
    ));

    let events = taken(&door, "/voice-chat?format=events").await;

    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["started", "heard", "failed"]);
    let told = &events[2].data["problem"];
    assert_eq!((&told["code"], &told["stage"]), (&"engine_quota".into(), &"thinking".into()));
    assert_eq!(told["error"], "Failed to get AI response");
    assert_eq!(told["request_id"], events[0].data["request_id"]);
}

#[tokio::test]
async fn what_is_refused_at_the_door_is_an_error_and_no_event() {
    let door = open().await;

    let form = reqwest::multipart::Form::new().text("text", "Hello.").text("voice", "nobody");
    let told = door.post("/voice-chat?format=events").multipart(form).send().await.unwrap();

    problem(told, 400, "unknown_voice").await;
}
