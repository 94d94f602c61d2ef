//! Who may come in, how often, and what every answer has in common, good or bad.

use repartee_provider::{At, Behaviour, Fault, Kind, Stage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, fine, problem};
use crate::listening::header;

const SHOP: &str = "https://shop.example";

#[tokio::test]
async fn a_host_that_is_not_ours_is_refused() {
    let door = Door::with(Behaviour::default(), &[("ALLOWED_HOSTS", "talk.example")]).await;

    for host in ["evil.example", "127.0.0.1.evil.example", ""] {
        let told = door.get("/health").header("host", host).send().await.unwrap();
        assert!([400, 403].contains(&told.status().as_u16()), "{host}: {}", told.status());
    }
    for host in ["localhost", "localhost:8000", "127.0.0.1:1", "talk.example", "TALK.example:443"] {
        fine(door.get("/health").header("host", host).send().await.unwrap()).await;
    }
    let told = door.say("/voice-chat").header("host", "evil.example").send().await.unwrap();
    let told = problem(told, 403, "forbidden").await;
    assert!(told["detail"].as_str().unwrap().contains("ALLOWED_HOSTS"), "{told}");
    assert!(door.provider.calls(Stage::Hearing).is_empty());
}

#[tokio::test]
async fn a_page_of_another_site_may_read_but_not_talk() {
    let door = Door::open().await;
    let own = door.address.clone();

    for (name, value) in [("origin", SHOP), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let told = door.say("/voice-chat").header(name, value).send().await.unwrap();
        let told = problem(told, 403, "forbidden").await;
        assert!(told["detail"].as_str().unwrap().contains("CORS_ORIGINS"), "{told}");
    }
    fine(door.say("/voice-chat").header("origin", own).send().await.unwrap()).await;
    let read = fine(door.get("/health").header("origin", SHOP).send().await.unwrap()).await;
    assert!(read.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn a_page_that_is_listed_may_call_and_read_every_header_even_of_errors() {
    let door = Door::with(Behaviour::default(), &[("CORS_ORIGINS", SHOP)]).await;

    for request in [
        door.say("/voice-chat"),
        door.post("/voice-chat"),
        door.get("/nowhere"),
        door.say("/voice-chat").header("host", "evil.example"),
        door.client.put(door.url("/voice-chat")),
        door.get("/voice-chat"),
    ] {
        let answer = request.header("origin", SHOP).send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), SHOP, "{}", answer.status());
        assert_eq!(header(&answer, "timing-allow-origin"), SHOP);
        assert!(answer.headers().get_all("vary").iter().any(|vary| vary == "Origin"));
        let exposed = header(&answer, "access-control-expose-headers").to_lowercase();
        for name in answer.headers().keys().map(|name| name.as_str()) {
            let ours = name.starts_with("x-")
                && !["x-content-type-options", "x-frame-options"].contains(&name);
            assert!(!ours || exposed.contains(name), "{name} is not exposed: {exposed}");
        }
        for name in ["server-timing", "link", "ratelimit", "retry-after", "idempotent-replayed"] {
            assert!(exposed.contains(name), "{name} is not exposed: {exposed}");
        }
    }
    let other = door.say("/voice-chat").header("origin", "https://shop.example.evil");
    problem(other.send().await.unwrap(), 403, "forbidden").await;
}

#[tokio::test]
async fn a_page_that_is_listed_may_ask_before_it_calls() {
    let door = Door::with(Behaviour::default(), &[("CORS_ORIGINS", SHOP)]).await;
    let ask = |origin: &str, path: &str| {
        let asked = door.client.request(Method::OPTIONS, door.url(path)).header("origin", origin);
        asked.header("access-control-request-method", "POST").send()
    };
    for path in ["/voice-chat", "/voice-chat/", "/v1/audio/speech"] {
        let allowed = fine(ask(SHOP, path).await.unwrap()).await;
        assert_eq!(header(&allowed, "access-control-allow-origin"), SHOP);
        assert!(header(&allowed, "access-control-allow-methods").contains("POST"));
        let headers = header(&allowed, "access-control-allow-headers").to_lowercase();
        for name in [
            "authorization",
            "content-type",
            "idempotency-key",
            "x-conversation-id",
            "x-request-id",
        ] {
            assert!(headers.contains(name), "{name}: {headers}");
        }
    }
    let other = ask("https://elsewhere.example", "/voice-chat").await.unwrap();
    assert!(other.headers().get("access-control-allow-origin").is_none());
    assert!(!other.status().is_success());
}

#[tokio::test]
async fn every_turn_says_how_its_caller_stands_and_too_many_are_told_to_wait() {
    let door = Door::with(Behaviour::default(), &[("TURNS_PER_MINUTE", "3")]).await;
    for (request, left) in
        [(door.say("/voice-chat"), 2), (door.post("/voice-chat"), 1), (chat(&door), 0)]
    {
        let answer = request.send().await.unwrap();
        assert_eq!(header(&answer, "ratelimit-policy"), "\"turns\";q=3;w=60");
        assert!(header(&answer, "ratelimit").starts_with(&format!("\"turns\";r={left};t=")));
    }

    for request in [door.say("/voice-chat"), door.type_in("/api/v1/turns", "Well?"), chat(&door)] {
        let refused = request.send().await.unwrap();
        let wait: u64 = header(&refused, "retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(header(&refused, "ratelimit").starts_with("\"turns\";r=0;t="));
        if refused.url().path().starts_with("/v1") {
            let told: Value = refused.json().await.unwrap();
            assert_eq!(told["error"]["type"], "rate_limit_error");
        } else {
            let told = problem(refused, 429, "rate_limited").await;
            assert_eq!(
                (&told["retryable"], &told["retry_after_seconds"]),
                (&true.into(), &wait.into())
            );
        }
    }
    assert_eq!(door.provider.calls(Stage::Hearing).len(), 1);
}

fn chat(door: &Door) -> reqwest::RequestBuilder {
    let messages = json!({ "messages": [{ "role": "user", "content": "Well?" }] });
    door.post("/v1/chat/completions").json(&messages)
}

#[tokio::test]
async fn what_is_only_heard_or_only_said_is_no_turn() {
    let door = Door::with(Behaviour::default(), &[("TURNS_PER_MINUTE", "1")]).await;
    let speech = json!({ "input": "Good morning." });
    for _ in 0..2 {
        for request in [
            door.say("/test-transcript"),
            door.say("/v1/audio/transcriptions"),
            door.post("/v1/audio/speech").json(&speech),
        ] {
            let answer = fine(request.send().await.unwrap()).await;
            assert!(answer.headers().get("ratelimit").is_none());
            answer.bytes().await.unwrap();
        }
    }
    fine(door.type_in("/voice-chat", "Well?").send().await.unwrap()).await;
    let second = door.type_in("/voice-chat", "Well?").send().await.unwrap();
    problem(second, 429, "rate_limited").await;
}

#[tokio::test]
async fn turns_are_counted_where_they_cost_something() {
    let unset = [("TURNS_PER_MINUTE", "")];
    let door = Door::with(Behaviour::default(), &unset).await;
    assert_eq!(door.json("/api/v1/capabilities").await["limits"]["turns_per_minute"], 20);
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn whoever_is_alone_with_engines_that_cost_nothing_is_not_counted() {
    let door = Door::embedded().await;
    assert!(door.json("/api/v1/capabilities").await["limits"]["turns_per_minute"].is_null());
    for _ in 0..25 {
        fine(door.type_in("/voice-chat?format=json", "Hello.").send().await.unwrap()).await;
    }
}

#[tokio::test]
async fn no_more_turns_are_taken_at_once_than_there_is_room_for() {
    let door = Door::with(Behaviour::default(), &[("MAX_TURNS_IN_FLIGHT", "1")]).await;
    door.provider.fault(Fault::once(Stage::Hearing, At::BeforeFirstByte, Kind::Stall));
    let first = tokio::spawn(door.say("/voice-chat").send());
    door.provider.wait_until(|calls| calls.iter().any(|call| call.stage == Stage::Hearing)).await;

    let refused = door.say("/voice-chat").send().await.unwrap();

    assert_eq!(header(&refused, "retry-after"), "1");
    problem(refused, 503, "overloaded").await;
    assert_eq!(door.json("/health").await["turns_in_flight"], 1);
    first.abort();
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_call() {
    let door = Door::open().await;
    for (method, path, allow, call) in [
        (Method::GET, "/voice-chat", "POST", "/voice-chat"),
        (Method::GET, "/voice-chat/", "POST", "/voice-chat"),
        (Method::HEAD, "/voice-chat", "POST", ""),
        (Method::PUT, "/api/v1/turns", "POST", "/voice-chat"),
        (Method::GET, "/test-transcript/", "POST", "/test-transcript"),
        (Method::DELETE, "/readyz", "GET", "/readyz"),
        (Method::POST, "/health/", "GET", "/health/"),
        (Method::POST, "/api/v1/conversations", "GET", "/api/v1/conversations"),
        (Method::POST, "/api/v1/capabilities", "GET", "/api/v1/capabilities"),
        (Method::GET, "/api/v1/turns/1/interrupt", "POST", "/interrupt"),
        (Method::GET, "/logout", "POST", "/logout"),
        (Method::POST, "/metrics", "GET", "/metrics"),
    ] {
        let is_head = method == Method::HEAD;
        let answer = door.client.request(method, door.url(path)).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "allow").as_str()),
            (405, allow),
            "{path}"
        );
        if is_head {
            assert!(answer.bytes().await.unwrap().is_empty());
            continue;
        }
        let told = problem(answer, 405, "method_not_allowed").await;
        let detail = told["detail"].as_str().unwrap();
        let line = detail.split_once("curl ").unwrap_or_else(|| panic!("{path}: {detail}")).1;
        assert!(line.contains(&format!("{}{call}", door.address)) || line.contains(call), "{line}");
    }
    let told: Value = door.get("/v1/audio/speech").send().await.unwrap().json().await.unwrap();
    assert!(told["error"]["message"].as_str().unwrap().contains("curl "), "{told}");
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
    let door = Door::open().await;
    for path in ["/", "/health", "/livez", "/api/v1/capabilities", "/v1/models"] {
        let got = fine(door.get(path).send().await.unwrap()).await;
        let asked = fine(door.client.head(door.url(path)).send().await.unwrap()).await;
        assert_eq!(header(&asked, "content-type"), header(&got, "content-type"), "{path}");
        assert!(asked.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_which_is_the_callers_if_it_is_one() {
    let door = Door::open().await;
    for path in ["/health", "/nowhere", "/voice-chat", "/v1/models", "/problems/no-speech"] {
        let given = door.get(path).header("x-request-id", "order:66_b.2").send().await.unwrap();
        assert_eq!(header(&given, "x-request-id"), "order:66_b.2", "{path}");
        for odd in ["two words", &"x".repeat(129), ""] {
            let made = door.get(path).header("x-request-id", odd).send().await.unwrap();
            let id: uuid::Uuid = header(&made, "x-request-id").parse().unwrap();
            assert_eq!(id.get_version_num(), 7, "{path}");
        }
    }
    let told = door.post("/voice-chat").header("x-request-id", "abc").send().await.unwrap();
    assert_eq!(problem(told, 400, "missing_audio").await["request_id"], "abc");
    assert!(door.log().contains("abc"), "the id is not in the log");
}

#[tokio::test]
async fn every_answer_is_safe_and_what_is_personal_is_not_stored() {
    let door = Door::open().await;
    for request in [
        door.get("/"),
        door.get("/health"),
        door.get("/nowhere"),
        door.post("/voice-chat"),
        door.say("/voice-chat"),
        door.get("/api/v1/conversations"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "referrer-policy"), "same-origin");
        assert!(header(&answer, "permissions-policy").contains("microphone"));
        assert_eq!(header(&answer, "cache-control"), "no-store", "{}", answer.url());
    }
}

#[tokio::test]
async fn the_type_of_a_problem_opens_as_a_page() {
    let door = Door::open().await;
    let told = problem(door.post("/voice-chat").send().await.unwrap(), 400, "missing_audio").await;

    let page = fine(door.get(told["type"].as_str().unwrap()).send().await.unwrap()).await;

    assert!(header(&page, "content-type").starts_with("text/html"));
    assert!(page.text().await.unwrap().contains("missing_audio"));
    problem(door.get("/problems/nothing").send().await.unwrap(), 404, "not_found").await;
}

#[tokio::test]
async fn every_address_has_a_twin_with_a_slash_and_none_is_a_redirect() {
    let door = Door::open().await;
    let index = door.json("/api/v1").await;
    assert_eq!(index["voice_chat"], "/voice-chat");
    for path in [
        "/health",
        "/livez",
        "/readyz",
        "/metrics",
        "/api/v1",
        "/api/v1/capabilities",
        "/api/v1/conversations",
        "/v1/models",
        "/v1/audio/voices",
        "/login",
        "/problems/no-speech",
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            fine(door.get(&path).send().await.unwrap()).await;
        }
    }
}

#[tokio::test]
async fn the_link_that_a_first_start_prints_logs_in_once() {
    let door = Door::open().await;
    // It is printed after the line that says where the server listens.
    let link = loop {
        let log = door.log();
        let line = log.lines().find_map(|line| line.split_once("log in once at "));
        if let Some((_, link)) = line.filter(|_| log.ends_with('\n')) {
            break link.to_owned();
        }
    };

    // What looks at a link before somebody opens it does not use it up.
    let looked = fine(door.client.head(&link).send().await.unwrap()).await;
    assert!(looked.headers().get("set-cookie").is_none());
    let first = door.client.get(&link).send().await.unwrap();

    assert_eq!((first.status().as_u16(), header(&first, "location").as_str()), (303, "/"));
    let cookie = header(&first, "set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite"), "{cookie}");
    problem(door.client.get(&link).send().await.unwrap(), 403, "forbidden").await;
    let door = door.restart().await;
    fine(door.get("/health").send().await.unwrap()).await;
    assert!(!door.log().contains("log in once at"), "the token is known already");
}

#[tokio::test]
async fn the_admin_token_logs_in_and_another_does_not() {
    let door = Door::open().await;
    let token = door.program.read("data/admin.token");
    let sent = |token: &str| {
        let sent = door.post("/login").header("content-type", "application/x-www-form-urlencoded");
        sent.body(format!("token={}", token.trim())).send()
    };

    assert_eq!(sent(&token).await.unwrap().status(), 303);
    let wrong = sent("wrong").await.unwrap();
    assert!(header(&wrong, "www-authenticate").starts_with("Bearer"));
    problem(wrong, 401, "unauthenticated").await;
    let out = door.post("/logout").send().await.unwrap();
    assert!(header(&out, "set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn guessing_the_token_is_slow() {
    let door = Door::open().await;
    loop {
        let sent = door.post("/login").header("content-type", "application/x-www-form-urlencoded");
        let answer = sent.body("token=guess").send().await.unwrap();
        if answer.status() == 429 {
            assert!(answer.headers().contains_key("retry-after"));
            break;
        }
        assert_eq!(answer.status(), 401);
    }
}

#[tokio::test]
async fn the_metrics_count_turns_and_are_for_administrators_where_others_can_reach_us() {
    let door = Door::open().await;
    fine(door.say("/voice-chat?format=json").send().await.unwrap()).await;
    let metrics = fine(door.get("/metrics").send().await.unwrap()).await;
    assert!(header(&metrics, "content-type").starts_with("text/plain"));
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("# TYPE repartee_") && metrics.contains("repartee_turns"),
        "{metrics}"
    );
    drop(door);

    let door = Door::with(
        Behaviour::default(),
        &[
            ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
            ("ADMIN_TOKEN", "fedcba9876543210fedcba9876543210"),
            ("PUBLIC_URL", "https://talk.example"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ],
    )
    .await;
    let admin =
        door.get("/metrics").header("authorization", "Bearer fedcba9876543210fedcba9876543210");
    fine(admin.send().await.unwrap()).await;
}

#[tokio::test]
async fn health_says_who_works_here() {
    let door = Door::open().await;

    let health = door.json("/health").await;

    assert_eq!((&health["status"], &health["agent"]), (&"ok".into(), &"Robin".into()));
    assert_eq!(health["models"]["hearing"], "gpt-transcribe");
    assert_eq!(health["voice"], "alloy");
    assert_eq!(health["engines"]["thinking"]["state"], "ready");
    assert!(health["warnings"].is_array());
    let capabilities = door.json("/api/v1/capabilities").await;
    assert_eq!(capabilities["renderings"], json!(["mp3", "wav", "ogg", "pcm", "events", "json"]));
    assert_eq!(capabilities["limits"]["audio_bytes"], 25 * 1024 * 1024);
}
