//! The pages, as a browser is sent them.

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE};

use crate::door::{Door, fine};

async fn page(door: &Door, language: &str) -> String {
    let asked = door.get("/").header(ACCEPT_LANGUAGE, language);
    fine(asked.send().await.unwrap()).await.text().await.unwrap()
}

/// The addresses of this page's parts.
fn parts(page: &str) -> Vec<&str> {
    let after = |mark: &'static str| page.split(mark).skip(1);
    let quoted = after("href=\"").chain(after("src=\""));
    let named = quoted.map(|rest| rest.split_once('"').unwrap().0);
    named.filter(|address| address.starts_with("/static/")).collect()
}

#[tokio::test]
async fn a_page_has_all_its_parts_and_may_keep_them_for_good() {
    let door = Door::open().await;
    let page = page(&door, "en").await;

    let parts = parts(&page);

    assert!(parts.len() > 15, "{parts:?}");
    for part in parts {
        let answer = fine(door.get(part).send().await.unwrap()).await;
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn parts_are_packed_for_who_unpacks_them() {
    let door = Door::open().await;
    let address = "/static/js/repartee.js";
    let bare = fine(door.get(address).send().await.unwrap()).await;
    assert_eq!(bare.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(bare.headers()["cache-control"], "public, no-cache");
    let bare = bare.bytes().await.unwrap();

    let packed = door.get(address).header(ACCEPT_ENCODING, "br;q=1.0, gzip;q=0.8");
    let packed = fine(packed.send().await.unwrap()).await;

    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().len() < bare.len() / 2);
}

#[tokio::test]
async fn a_part_that_is_known_is_not_sent_again() {
    let door = Door::open().await;
    let first = fine(door.get("/static/css/tokens.css").send().await.unwrap()).await;
    let tag = first.headers()["etag"].clone();

    let again = door.get("/static/css/tokens.css").header("If-None-Match", tag).send();
    assert_eq!(again.await.unwrap().status(), StatusCode::NOT_MODIFIED);
    for lost in ["/static/", "/static/css/", "/static/none.js", "/static/..%2fCargo.toml"] {
        let lost = door.get(lost).send().await.unwrap();
        assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_page_speaks_the_language_of_who_asks() {
    let door = Door::open().await;

    assert!(page(&door, "hi-IN,en;q=0.5").await.contains("<html lang=\"hi\""));
    assert!(page(&door, "xx, es;q=0.9, en;q=0.1").await.contains("<html lang=\"es\""));
    assert!(page(&door, "xx, es;q=0").await.contains("<html lang=\"en\""));
    let chosen = door.get("/").header(ACCEPT_LANGUAGE, "en").header(COOKIE, "language=es");
    let chosen = fine(chosen.send().await.unwrap()).await.text().await.unwrap();
    assert!(chosen.contains("<html lang=\"es\""));
}

#[tokio::test]
async fn scripts_come_from_here_alone() {
    let door = Door::open().await;
    for path in ["/", "/c/0b9f6c1e-1c1f-4c58-9a5f-0d7cf1b3f3a2", "/test", "/docs", "/login"] {
        let answer = fine(door.get(path).send().await.unwrap()).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = answer.text().await.unwrap();
        let inline = ["<script>", " style=\"", " onclick="];
        assert!(!inline.iter().any(|inline| text.contains(inline)), "{path}");
    }
}

#[tokio::test]
async fn who_cannot_log_in_is_told_on_the_page_and_in_their_language() {
    let door = Door::open().await;
    let sent = door.post("/login").header(ACCEPT, "text/html,*/*;q=0.8");
    let sent = sent.header("content-type", "application/x-www-form-urlencoded");

    let told = sent.header(ACCEPT_LANGUAGE, "es").body("token=wrong").send().await.unwrap();

    assert_eq!(told.status(), StatusCode::UNAUTHORIZED);
    assert!(told.text().await.unwrap().contains("No existe ese token"));
    let used = door.get("/login?once=used").header(ACCEPT, "text/html").send().await.unwrap();
    assert_eq!(used.status(), StatusCode::UNAUTHORIZED);
    assert!(used.text().await.unwrap().contains("used already"));
}
