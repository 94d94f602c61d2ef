//! What was heard and said in headers: of any language, of any length, on one line.

use repartee_provider::{Behaviour, Reply};
use reqwest::Response;

use crate::door::{Door, fine};
use crate::listening::{header, words};

async fn told(transcript: &str, reply: &str) -> Response {
    let transcript = transcript.to_owned();
    let behaviour = Behaviour { transcript, reply: Reply::text(reply), ..Behaviour::default() };
    let door = Door::with(behaviour, &[]).await;
    fine(door.say("/voice-chat").send().await.unwrap()).await
}

#[tokio::test]
async fn words_of_any_language_come_back_when_decoded() {
    for (transcript, reply) in [
        ("क्या समय है?", "अभी नौ बजे हैं।"),
        ("Smile 😀 please", "Certainly! 😀👍🏽"),
        ("Is it 100%25 sure?", "It is 100% sure."),
        ("Plain words", "Größe: 5 µm"),
        ("Größe", "Plain words."),
    ] {
        let answer = told(transcript, reply).await;
        assert_eq!(words(&answer, "x-transcript"), transcript);
        assert_eq!(words(&answer, "x-ai-response"), reply);
        assert_eq!(header(&answer, "x-text-encoding"), "percent-utf8");
        assert!(answer.headers().get("x-text-truncated").is_none());
    }
}

#[tokio::test]
async fn no_line_break_passes() {
    let answer = told("One\r\nX-Evil: yes", "First line.\n\nSecond line.\tEnd.").await;

    assert!(answer.headers().get("x-evil").is_none());
    assert_eq!(words(&answer, "x-transcript"), "One  X-Evil: yes");
    assert_eq!(words(&answer, "x-ai-response"), "First line.  Second line. End.");
}

#[tokio::test]
async fn ten_thousand_characters_are_cut_between_characters_and_said_to_be() {
    for letters in ["नमस्ते", "hello", "yes 😀"] {
        let long = (0..).map(|n| format!("{letters} {n} "));
        let long: String = long.take(10_000 / letters.chars().count()).collect();
        let answer = told(&long, "Yes.").await;

        assert!(header(&answer, "x-transcript").len() <= 2048);
        assert_eq!(header(&answer, "x-text-truncated"), "transcript");
        let begun = words(&answer, "x-transcript");
        assert!(long.starts_with(&begun) && begun.len() > 100, "{begun}");
        assert_eq!(header(&answer, "x-ai-response"), "Yes.");
    }
}

#[tokio::test]
async fn the_full_text_is_at_the_link() {
    let door = Door::with(Behaviour::default(), &[("THINKING_MAX_TOKENS", "4000")]).await;
    let long = "नमस्ते ".repeat(1400);
    let transcript = long.clone();
    let reply = Reply::text(&"We are open all day long. ".repeat(100));
    door.provider.set(Behaviour { transcript, reply, ..Behaviour::default() });

    let answer = fine(door.say("/voice-chat").send().await.unwrap()).await;

    assert_eq!(
        header(&answer, "x-text-truncated"),
        "transcript,reply",
        "{}",
        words(&answer, "x-ai-response")
    );
    let link = header(&answer, "link");
    let turn = link.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
    answer.bytes().await.unwrap();
    let turn = door.json(&turn).await;
    assert_eq!(turn["transcript"].as_str().unwrap().trim(), long.trim());
    assert_eq!(turn["reply"].as_str().unwrap().len(), 2600);
}
