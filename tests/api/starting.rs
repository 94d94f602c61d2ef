//! How the server starts: not at all where that is unsafe, and with nothing left for others to
//! read.

use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use repartee_provider::{At, Behaviour, Fault, Kind, Reply, Stage};
use reqwest::StatusCode;

use crate::certificate::Certificate;
use crate::door::{CLIP, Door, fine, problem};
use crate::program::Program;

const KEY: &str = "sk-canary-key-5e1f0b7a9c3d";
const SECRET: &str = "signing-canary-4b8e12f09ad7c6";
const TOKEN: &str = "admin-canary-93c5a7e1f20b8d64";

/// What a server that others can reach needs.
pub fn exposed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("SECRET_KEY", SECRET),
        ("ADMIN_TOKEN", TOKEN),
        ("PUBLIC_URL", "https://talk.test"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ]
}

fn refused(settings: &[(&str, &str)]) -> String {
    let program = Program::new().set("BIND", "0.0.0.0:0");
    let program = settings.iter().fold(program, |program, (name, text)| program.set(name, text));
    let run = program.run(&["serve"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(!program.path("data").exists(), "nothing is made before it is known to be safe");
    run.err
}

#[test]
fn for_other_machines_each_thing_that_is_missing_is_named() {
    for (missing, named) in [
        ("SECRET_KEY", "SECRET_KEY"),
        ("ADMIN_TOKEN", "ADMIN_TOKEN"),
        ("PUBLIC_URL", "PUBLIC_URL"),
        ("TRUSTED_PROXIES", "TLS_CERT"),
    ] {
        let rest: Vec<_> = exposed().into_iter().filter(|(name, _)| *name != missing).collect();
        let told = refused(&rest);
        assert!(told.contains(named), "{missing}: {told}");
        for (name, _) in rest.iter().filter(|(name, _)| *name != "TRUSTED_PROXIES") {
            assert!(!told.lines().any(|line| line.trim_start().starts_with(name)), "{told}");
        }
    }
}

#[test]
fn for_other_machines_everything_that_is_missing_is_told_at_once() {
    let told = refused(&[]);
    for name in ["SECRET_KEY", "ADMIN_TOKEN", "PUBLIC_URL", "TLS_CERT", "TRUSTED_PROXIES"] {
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn for_other_machines_what_protects_nobody_is_refused() {
    for (name, weak) in [
        ("SECRET_KEY", "tiny-one"),
        ("SECRET_KEY", "changeme-changeme-changeme"),
        ("ADMIN_TOKEN", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("ADMIN_TOKEN", "your-admin-token-goes-here"),
        ("PUBLIC_URL", "http://talk.test"),
        ("PUBLIC_URL", "talk.test"),
        ("TRUSTED_PROXIES", "the proxy"),
    ] {
        let mut settings = exposed();
        settings.retain(|(other, _)| *other != name);
        settings.push((name, weak));
        let told = refused(&settings);
        assert!(told.contains(name), "{name}={weak}: {told}");
        if name != "PUBLIC_URL" && name != "TRUSTED_PROXIES" {
            assert!(!told.contains(weak), "a secret is not repeated: {told}");
        }
    }
}

#[test]
fn a_certificate_that_is_none_is_told_with_its_file() {
    let program = Program::new();
    program.write("cert.pem", "not a certificate");
    program.write("key.pem", "not a key");
    for (cert, key) in [("cert.pem", "key.pem"), ("absent.pem", "key.pem")] {
        let run = Program::new()
            .set("BIND", "127.0.0.1:0")
            .set("OPENAI_API_KEY", "sk-test-0123456789abcdef")
            .set("TLS_CERT", program.path(cert).to_str().unwrap())
            .set("TLS_KEY", program.path(key).to_str().unwrap())
            .run(&["serve"]);
        assert_ne!(run.code, 0, "{}", run.err);
        assert!(run.err.contains(cert) || run.err.contains(key), "{}", run.err);
        assert!(!run.err.contains("panicked"), "{}", run.err);
    }
}

#[tokio::test]
async fn with_its_own_certificate_it_speaks_https() {
    let certificate = Certificate::new();
    let door = Door::with(Behaviour::default(), &certificate.settings()).await;
    assert!(door.address.starts_with("https://"));

    let answer = fine(door.say("/voice-chat").send().await.unwrap()).await;

    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert!(answer.bytes().await.unwrap().len() > 1_000);
    let careful = crate::door::client().get(door.url("/livez")).send().await;
    assert!(careful.is_err(), "a client that does not know the certificate goes no further");
    let plain = door.url("/livez").replace("https://", "http://");
    let plain = door.client.get(plain).send().await;
    assert!(plain.is_err() || !plain.unwrap().status().is_success());
}

#[tokio::test]
async fn who_calls_is_told_by_a_trusted_proxy_only() {
    let each = |door: &Door, address: &str| {
        door.type_in("/voice-chat", "Well?").header("X-Forwarded-For", address.to_owned()).send()
    };
    let limit = ("TURNS_PER_MINUTE", "2");
    let mut settings = exposed();
    settings.extend([limit, ("ACCESS", "open")]);
    let behind = Door::with(Behaviour::default(), &settings).await;
    for address in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        for _ in 0..2 {
            fine(each(&behind, address).await.unwrap()).await;
        }
        let told = each(&behind, address).await.unwrap();
        problem(told, 429, "rate_limited").await;
        // What came before the proxy's own word is anybody's.
        let spoofed = format!("203.0.113.9, {address}");
        problem(each(&behind, &spoofed).await.unwrap(), 429, "rate_limited").await;
    }

    let certificate = Certificate::new();
    settings.retain(|(name, _)| *name != "TRUSTED_PROXIES");
    settings.extend(certificate.settings());
    let alone = Door::with(Behaviour::default(), &settings).await;
    fine(each(&alone, "198.51.100.1").await.unwrap()).await;
    fine(each(&alone, "198.51.100.2").await.unwrap()).await;
    problem(each(&alone, "198.51.100.3").await.unwrap(), 429, "rate_limited").await;
}

#[tokio::test]
async fn the_secrets_that_it_makes_are_for_its_owner_alone() {
    let door = Door::open().await;
    for name in ["secret.key", "admin.token"] {
        let file = std::fs::metadata(door.program.path("data").join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
    let folder = std::fs::metadata(door.program.path("data")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    let token = door.program.read("data/admin.token");
    assert!(token.len() >= 32 && !door.log().contains(token.trim()));
}

/// An engine that repeats the key that it was shown.
fn telling_fault() -> Fault {
    let body = format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}\"}}}}");
    let kind = Kind::Status { code: 401, headers: Vec::new(), body };
    Fault::always(Stage::Thinking, At::BeforeFirstByte, kind)
}

/// A house that has secrets, writes down all it can, and hears and says these words.
async fn talkative() -> Door {
    let behaviour = Behaviour {
        transcript: "Heliotrope canary transcript.".to_owned(),
        reply: Reply::text("Zanzibar canary reply. Marmalade canary reply."),
        required_key: Some(KEY.to_owned()),
        ..Behaviour::default()
    };
    let settings = [
        ("OPENAI_API_KEY", KEY),
        ("SECRET_KEY", SECRET),
        ("ADMIN_TOKEN", TOKEN),
        ("LOG", "trace"),
        ("KEEP_RECORDINGS", "all"),
    ];
    Door::with(behaviour, &settings).await
}

#[tokio::test]
async fn nothing_that_is_secret_or_was_said_is_in_what_it_writes() {
    let door = talkative().await;
    let page = door.get("/").send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap();
    let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();

    let turn = door.say("/voice-chat").header("Cookie", format!("{name}={value}"));
    let sound = fine(turn.send().await.unwrap()).await.bytes().await.unwrap();
    let typed = || door.type_in("/voice-chat?format=events", "Quicksilver canary question");
    for turn in [typed(), typed().bearer_auth(TOKEN)] {
        fine(turn.send().await.unwrap()).await.bytes().await.unwrap();
    }
    door.provider.fault(telling_fault());
    let refused = door.type_in("/voice-chat", "Quicksilver").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let mut told = vec![refused.text().await.unwrap()];
    for path in ["/metrics", "/health", "/readyz", "/api/v1/capabilities", "/nowhere?token=x"] {
        told.push(door.get(path).send().await.unwrap().text().await.unwrap());
    }

    let log = door.log();
    assert!(log.contains("TRACE"), "the canaries are really looked for");
    let base64 = |bytes: &[u8]| STANDARD.encode(bytes);
    let sounds = [base64(&sound[sound.len() / 2..][..60]), base64(&CLIP[3_000..3_060])];
    let words = ["Heliotrope", "Zanzibar", "Marmalade", "Quicksilver"];
    let secrets = [KEY, SECRET, TOKEN, value, &sounds[0], &sounds[1]];
    for canary in secrets.into_iter().chain(words) {
        let mut found = log.lines().chain(told.iter().map(String::as_str));
        let found = found.find(|line| line.contains(canary));
        assert_eq!(found, None, "{canary}");
    }
}
