//! The docs page: what it prints works, exactly as printed.

use std::collections::BTreeSet;
use std::process::Command;

use regex::Regex;
use repartee::routes::problem::KINDS;

use crate::door::{CLIP, Door, fine};

/// The page, without what HTML does to its letters.
async fn page(door: &Door) -> String {
    fine(door.get("/docs").send().await.unwrap()).await.text().await.unwrap()
}

fn plain(html: &str) -> String {
    let entities =
        [("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&lt;", "<"), ("&gt;", ">")];
    let text = entities
        .iter()
        .fold(html.to_owned(), |text, (entity, letter)| text.replace(entity, letter));
    text.replace("&amp;", "&")
}

/// The calls as they are printed.
fn calls(page: &str) -> Vec<String> {
    let call = Regex::new(r#"<code class="sh">([^<]*)</code>"#).unwrap();
    call.captures_iter(page).map(|found| plain(&found[1])).collect()
}

/// Runs a call as it is printed, in the program's folder; curl is told to mind the status.
fn run(door: &Door, call: &str, turn: &str, conversation: &str) -> String {
    let done = Command::new("sh")
        .args(["-c", call])
        .current_dir(door.program.folder())
        .env("CURL_HOME", door.program.folder())
        .env("TURN", turn)
        .env("CONVERSATION", conversation)
        .env("KEY", "any")
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{call}\n{err}{out}");
    out
}

#[tokio::test]
async fn every_call_on_the_page_works_as_printed() {
    let door = Door::open().await;
    door.program.write("clip.webm", CLIP);
    door.program.write(".curlrc", "silent\nshow-error\nfail-with-body\n");
    let calls = calls(&page(&door).await);
    assert!(calls.len() > 25, "{calls:#?}");

    for call in calls {
        assert!(!call.contains('\n') && call.contains(&door.address), "{call}");
        let (turn, conversation) = door.turn_to_read().await;
        run(&door, &call, &turn, &conversation);
    }

    let begins = |file: &str, with: &[u8]| {
        let bytes = std::fs::read(door.program.path(file)).unwrap();
        assert!(bytes.starts_with(with), "{file}: {:?}", &bytes[..with.len().min(bytes.len())]);
    };
    begins("answer.mp3", &[0xff]);
    begins("again.mp3", &[0xff]);
    begins("hello.mp3", &[0xff]);
    begins("answer.wav", b"RIFF");
    begins("answer.ogg", b"OggS");
    begins("answer.pcm", &[]);
    begins("turn.json", b"{\"turn_id\"");
}

#[tokio::test]
async fn there_is_a_call_for_every_rendering() {
    let door = Door::open().await;
    let page = page(&door).await;

    let (renderings, _) = page.split_once("</dl>").unwrap();
    let calls = calls(renderings).join("\n");

    let renderings = door.json("/api/v1/capabilities").await["renderings"].clone();
    for rendering in renderings.as_array().unwrap() {
        let wished = format!("format={}", rendering.as_str().unwrap());
        assert!(wished == "format=mp3" || calls.contains(&wished), "{wished}: {calls}");
    }
}

#[tokio::test]
async fn it_needs_nothing_from_elsewhere_and_its_links_lead_somewhere() {
    let door = Door::open().await;
    let page = page(&door).await;

    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("<style"));
    let attributes = |name: &str| -> BTreeSet<String> {
        let found = Regex::new(&format!(r#" {name}="([^"]*)""#)).unwrap();
        found.captures_iter(&page).map(|found| plain(&found[1])).collect()
    };
    let ids = attributes("id");
    for link in attributes("href") {
        match link.strip_prefix('#') {
            Some(place) => assert!(ids.contains(place), "{link}"),
            None => drop(fine(door.get(&link).send().await.unwrap()).await),
        }
    }
    for kind in KINDS {
        assert!(page.contains(&format!("/problems/{}", kind.slug())), "{}", kind.code);
    }
}
