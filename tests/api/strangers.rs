//! Strangers at the door: those who come by a proxy that nobody named, who guess, and who only look.

use futures_util::future::join_all;
use repartee_provider::{Behaviour, Stage};
use reqwest::header::ACCEPT;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::door::{Door, fine, problem};
use crate::listening::header;
use crate::starting::exposed;

/// What a browser accepts when it goes to an address.
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A server that others reach through a proxy on this computer.
async fn behind_a_proxy(settings: &[(&str, &str)]) -> Door {
    Door::with(Behaviour::default(), &[&exposed(), settings].concat()).await
}

/// The page that a browser is shown instead of a problem.
async fn page(answer: Response, status: u16) -> String {
    assert_eq!(answer.status().as_u16(), status);
    assert!(header(&answer, "content-type").starts_with("text/html"));
    assert!(header(&answer, "content-security-policy").contains("default-src 'none'"));
    assert_eq!(header(&answer, "cache-control"), "no-store");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn what_comes_by_a_proxy_that_nobody_named_is_refused_with_the_line_to_set() {
    let door = Door::open().await;

    for name in ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "x-real-ip"] {
        let asked = door.get("/api/v1/conversations").header(name, "203.0.113.9");
        let told = asked.bearer_auth("anything").send().await.unwrap();
        let told = problem(told, 403, "forbidden").await;
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("TRUSTED_PROXIES=127.0.0.1") && detail.contains(name), "{detail}");
        let said = door.say("/voice-chat").header(name, "203.0.113.9").send().await.unwrap();
        problem(said, 403, "forbidden").await;
        for probe in ["/livez", "/readyz"] {
            fine(door.get(probe).header(name, "203.0.113.9").send().await.unwrap()).await;
        }
    }
    let browser = door.get("/").header("via", "1.1 proxy").header(ACCEPT, BROWSER);
    let shown = page(browser.send().await.unwrap(), 403).await;
    assert!(shown.contains("TRUSTED_PROXIES=127.0.0.1"));
    let style = shown.split_once("href=\"/static/").unwrap().1.split_once('"').unwrap().0;
    let style = door.get(&format!("/static/{style}")).header("via", "1.1 proxy");
    fine(style.send().await.unwrap()).await;
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn what_comes_by_a_proxy_that_was_named_is_answered_and_its_host_is_not_believed() {
    let door = behind_a_proxy(&[("ACCESS", "open")]).await;

    let said = door.say("/voice-chat").header("x-forwarded-for", "203.0.113.9");
    fine(said.send().await.unwrap()).await;
    let told = door.get("/voice-chat").header("x-forwarded-host", "evil.example");
    let told = problem(told.send().await.unwrap(), 405, "method_not_allowed").await;
    let call = format!("{}/voice-chat", door.address);
    assert!(told["detail"].as_str().unwrap().contains(&call), "{told}");
    for (name, value) in [("x-forwarded-host", "localhost"), ("forwarded", "host=localhost")] {
        let told = door.get("/health").header("host", "evil.example").header(name, value);
        problem(told.send().await.unwrap(), 403, "forbidden").await;
    }
}

#[tokio::test]
async fn a_page_in_the_clear_may_not_talk_to_a_server_that_is_reached_by_https() {
    let door = behind_a_proxy(&[("ACCESS", "open")]).await;
    let from = |origin: &str| {
        let said = door.say("/voice-chat").header("host", "talk.test");
        said.header("origin", origin.to_owned()).send()
    };

    problem(from("http://talk.test").await.unwrap(), 403, "forbidden").await;
    fine(from("https://talk.test").await.unwrap()).await;
}

#[tokio::test]
async fn a_browser_is_told_in_a_page_what_programs_are_told_in_json() {
    let door = Door::open().await;

    let lost = door.get("/nowhere").header(ACCEPT, BROWSER).send().await.unwrap();
    let id = header(&lost, "x-request-id");
    let lost = page(lost, 404).await;
    assert!(lost.contains("<h1>Not found.</h1>") && lost.contains(&id), "{lost}");
    assert!(lost.contains("There is nothing at"), "{lost}");
    let other = door.get("/").header(ACCEPT, BROWSER).header("host", "evil.example");
    let other = page(other.send().await.unwrap(), 403).await;
    assert!(other.contains("ALLOWED_HOSTS") && other.contains("<code>evil.example</code>"));
    problem(door.get("/nowhere").send().await.unwrap(), 404, "not_found").await;
    let openai = door.get("/v1/nowhere").header(ACCEPT, BROWSER).send().await.unwrap();
    assert_eq!(header(&openai, "content-type"), "application/json");
}

/// A token of so many characters that nobody can guess it.
const LONG: &str = "fedcba9876543210fedcba9876543210";
const HERE: &str = "198.51.100.1";
const ELSEWHERE: &str = "198.51.100.2";

/// A request that comes from this address, by the proxy.
fn from(address: &str, request: RequestBuilder) -> RequestBuilder {
    request.header("x-forwarded-for", address.to_owned())
}

fn log_in(door: &Door, address: &str, token: &str) -> RequestBuilder {
    let sent = from(address, door.post("/login"));
    let sent = sent.header("content-type", "application/x-www-form-urlencoded");
    sent.body(format!("token={token}"))
}

fn with_token(door: &Door, address: &str, token: &str) -> RequestBuilder {
    from(address, door.get("/api/v1/conversations")).bearer_auth(token)
}

/// Shows wrong tokens from this address until none is looked at any more.
async fn guess(door: &Door, address: &str) {
    let mut guesses = 0;
    loop {
        let told = with_token(door, address, "guess").send().await.unwrap();
        if told.status() == 429 {
            assert!(told.headers().contains_key("retry-after"));
            break;
        }
        problem(told, 401, "unauthenticated").await;
        guesses += 1;
    }
    assert!((1..100).contains(&guesses), "{guesses} guesses");
}

#[tokio::test]
async fn who_guesses_tokens_is_slowed_down_and_a_right_one_passes_all_the_same() {
    let door = behind_a_proxy(&[("ADMIN_TOKEN", LONG)]).await;
    let key = door.program.succeed(&["key", "add", "kitchen"]);

    guess(&door, HERE).await;

    let told = log_in(&door, HERE, "guess").send().await.unwrap();
    problem(told, 429, "rate_limited").await;
    let browser = log_in(&door, HERE, "guess").header(ACCEPT, BROWSER).send().await.unwrap();
    assert!(page(browser, 429).await.contains("Too many requests"));
    for token in [LONG, key.trim()] {
        fine(with_token(&door, HERE, token).send().await.unwrap()).await;
        assert_eq!(log_in(&door, HERE, token).send().await.unwrap().status(), 303);
    }
    let told = with_token(&door, ELSEWHERE, "guess").send().await.unwrap();
    problem(told, 401, "unauthenticated").await;
}

#[tokio::test]
async fn a_token_that_could_be_guessed_is_not_looked_at_where_somebody_guesses() {
    let door = behind_a_proxy(&[("ADMIN_TOKEN", &LONG[..31])]).await;

    guess(&door, HERE).await;

    for right in [with_token(&door, HERE, &LONG[..31]), log_in(&door, HERE, &LONG[..31])] {
        problem(right.send().await.unwrap(), 429, "rate_limited").await;
    }
    fine(with_token(&door, ELSEWHERE, &LONG[..31]).send().await.unwrap()).await;
    let in_elsewhere = log_in(&door, ELSEWHERE, &LONG[..31]).send().await.unwrap();
    assert_eq!(in_elsewhere.status(), 303);
    // Who is in already stays in, wherever others guess.
    let cookie = header(&in_elsewhere, "set-cookie").split(';').next().unwrap().to_owned();
    let still = from(HERE, door.get("/metrics")).header("cookie", cookie);
    fine(still.send().await.unwrap()).await;
}

#[tokio::test]
async fn another_admin_token_logs_out_whoever_administers() {
    let door = Door::with(Behaviour::default(), &[("ACCESS", "keys")]).await;
    let token = door.program.read("data/admin.token");
    let sent = door.post("/login").header("content-type", "application/x-www-form-urlencoded");
    let entered = sent.body(format!("token={}", token.trim())).send().await.unwrap();
    let cookie = header(&entered, "set-cookie").split(';').next().unwrap().to_owned();
    let read = |door: &Door| door.get("/api/v1/conversations").header("cookie", &cookie).send();
    fine(read(&door).await.unwrap()).await;

    let door = door.restart().await;
    fine(read(&door).await.unwrap()).await;
    door.program.write("data/admin.token", LONG);
    let door = door.restart().await;

    problem(read(&door).await.unwrap(), 401, "unauthenticated").await;
}

/// What somebody is told who shows this token, or none.
async fn told(door: &Door, path: &str, token: Option<&str>) -> Value {
    let asked = from(HERE, door.get(path));
    let asked = token.into_iter().fold(asked, |asked, token| asked.bearer_auth(token));
    fine(asked.send().await.unwrap()).await.json().await.unwrap()
}

#[tokio::test]
async fn strangers_are_told_that_the_house_is_well_and_no_more() {
    let door = behind_a_proxy(&[("ADMIN_TOKEN", LONG), ("TURNS_PER_MINUTE", "7")]).await;
    let key = door.program.succeed(&["key", "add", "kitchen"]);
    let key = Some(key.trim());

    assert_eq!(told(&door, "/readyz", None).await, json!({ "ready": true }));
    let health = told(&door, "/health", None).await;
    let version = env!("CARGO_PKG_VERSION");
    let well = json!({ "status": "ok", "service": "repartee", "version": version });
    assert_eq!(health, well);
    let able = told(&door, "/api/v1/capabilities", None).await;
    assert_eq!(able["engines"]["thinking"], "openai");
    assert!(able["limits"]["audio_seconds"].is_number() && able["voices"].is_array(), "{able}");
    assert!(able["limits"].get("turns_per_minute").is_none(), "{able}");
    let docs = fine(from(HERE, door.get("/docs")).send().await.unwrap()).await;
    assert!(docs.text().await.unwrap().contains("told after log-in"));

    let health = told(&door, "/health", key).await;
    assert!(health["models"]["thinking"].is_string() && health["budget"].is_null(), "{health}");
    let able = told(&door, "/api/v1/capabilities", key).await;
    assert_eq!(able["limits"]["turns_per_minute"], 7);
    assert_ne!(able["engines"]["thinking"], "openai");
    assert!(told(&door, "/readyz", key).await["database"]["state"].is_string());
    let health = told(&door, "/health", Some(LONG)).await;
    assert!(health["budget"]["spent_today_usd"].is_number(), "{health}");
}

#[tokio::test]
async fn who_reads_too_much_waits_and_nobody_else_does() {
    let door = behind_a_proxy(&[("ACCESS", "open")]).await;
    let list = |address: &str| from(address, door.get("/api/v1/conversations")).send();

    let mut read = 0;
    let refused = 'refused: loop {
        for answer in join_all((0..100).map(|_| list(HERE))).await {
            match answer.unwrap() {
                answer if answer.status() == 200 => read += 1,
                answer => break 'refused answer,
            }
        }
    };

    assert!(read >= 100, "{read} were answered");
    assert!(refused.headers().contains_key("retry-after"));
    problem(refused, 429, "rate_limited").await;
    fine(list(ELSEWHERE).await.unwrap()).await;
    for probe in ["/livez", "/readyz", "/health"] {
        fine(from(HERE, door.get(probe)).send().await.unwrap()).await;
    }
    fine(from(HERE, door.type_in("/voice-chat", "Hello.")).send().await.unwrap()).await;
}
