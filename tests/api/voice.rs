//! A voice turn over HTTP, in all its renderings.

use repartee_provider::{Behaviour, Reply, Stage};
use reqwest::multipart::Form;

use crate::door::{Door, clip, fine, problem};

fn speaking(reply: &str) -> Behaviour {
    Behaviour {
        transcript: "What are your opening hours?".to_owned(),
        reply: Reply::text(reply),
        ..Behaviour::default()
    }
}

#[tokio::test]
async fn the_originals_client_gets_what_it_always_got() {
    let door = Door::with(speaking("We open at nine. We close at five."), &[]).await;
    let form = Form::new().part("audio", clip()).text("voice", "nova");

    let answer = fine(door.post("/voice-chat/").multipart(form).send().await.unwrap()).await;

    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "audio/mpeg");
    assert_eq!(header("content-disposition"), "attachment; filename=\"ai_response.mp3\"");
    assert_eq!(header("x-transcript"), "What are your opening hours?");
    assert_eq!(header("x-ai-response"), "We open at nine. We close at five.");
    let sound = answer.bytes().await.unwrap();
    assert_eq!(sound[0], 0xff, "the first byte is a frame's, not a tag's");
    let said: Vec<_> = door.provider.calls(Stage::Speaking);
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].speech().unwrap().voice, "nova");
    let heard = &door.provider.calls(Stage::Hearing)[0];
    let upload = heard.upload().unwrap();
    assert_eq!(upload.filename.as_deref(), Some("audio.webm"));
    assert_eq!(upload.file_bytes, crate::door::CLIP.len());
}

#[tokio::test]
async fn nothing_to_hear_is_told_in_the_originals_words() {
    let door = Door::open().await;

    let told = problem(door.post("/voice-chat/").send().await.unwrap(), 400, "missing_audio").await;

    assert_eq!(told["error"], "No audio file provided");
    assert_eq!(told["stage"], "upload");
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}
