//! The gate: which names we answer to, and which pages elsewhere may call us.

use actix_web::http::header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, VIA};
use actix_web::http::{Method, Version};
use actix_web::{HttpRequest, HttpResponse};

use crate::routes::problem::Problem;

const ALLOWED_HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, X-Conversation-Id, \
                               X-Session-Id, X-Request-Id";
const EXPOSED_HEADERS: &str = "X-Transcript, X-AI-Response, X-Text-Encoding, X-Text-Truncated, \
                               X-Conversation-Id, X-Turn-Id, X-Voice, X-Model, X-Request-Id, \
                               Server-Timing, Link, Content-Disposition, Content-Range, \
                               Accept-Ranges, Idempotent-Replayed, RateLimit, \
                               RateLimit-Policy, Retry-After";
const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

/// Which names we answer to, and which pages elsewhere may call us.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// Host names, without ports, in small letters.
    pub hosts: Vec<String>,
    /// Origins of pages elsewhere that may call us.
    pub origins: Vec<String>,
    /// Whether browsers are told to come by HTTPS only.
    pub https: bool,
    /// What the world calls us: a host with its port, if it names one, and the whole origin.
    pub public: Option<(String, String)>,
    /// Whether only this computer reaches us, as far as the settings tell.
    pub local: bool,
}

impl Gate {
    /// A page elsewhere asks whether it may call us.
    pub fn preflight(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let asks = request.method() == Method::OPTIONS
            && request.headers().contains_key("access-control-request-method")
            && self.allowed_origin(request).is_some();
        asks.then(|| {
            HttpResponse::NoContent()
                .insert_header(("Access-Control-Allow-Methods", METHODS))
                .insert_header(("Access-Control-Allow-Headers", ALLOWED_HEADERS))
                .insert_header(("Access-Control-Max-Age", "600"))
                .finish()
        })
    }

    /// The server's address as this request has reached it. What a header says of forwarding could
    /// be said by anyone.
    pub fn address(&self, request: &HttpRequest) -> String {
        let host = Some(host(request)).filter(|host| !host.is_empty());
        if let (Some((name, origin)), Some(host)) = (&self.public, &host)
            && name.eq_ignore_ascii_case(host)
        {
            return origin.clone();
        }
        let config = request.app_config();
        let scheme = if config.secure() { "https" } else { "http" };
        format!("{scheme}://{}", host.as_deref().unwrap_or(config.host()))
    }

    /// Whether the request is meant for us, and does not come from a page that must not.
    pub fn check(&self, request: &HttpRequest) -> Result<(), Problem> {
        let host = host(request);
        let everyones = is_everyones(request.path());
        if !everyones {
            self.refuse_forwarded(request)?;
        }
        if !everyones && !names_no_host(request) && !self.answers_to(&host) {
            let detail = format!(
                "this server does not answer to the host `{}`; ALLOWED_HOSTS names those it \
                 answers to",
                host.chars().filter(|letter| !letter.is_control()).take(80).collect::<String>()
            );
            return Err(Problem::new("forbidden", detail).closing());
        }
        let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let elsewhere = || self.is_from_elsewhere(request, &host);
        if safe || self.allowed_origin(request).is_some() || !elsewhere() {
            return Ok(());
        }
        let detail = "a page of another site must not do this; CORS_ORIGINS names those that may";
        Err(Problem::new("forbidden", detail).closing())
    }

    /// Tells the page that asked, if it is one of those, that it may read the answer.
    pub fn dress(&self, origin: Option<&str>, headers: &mut HeaderMap) {
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        if self.https {
            put("strict-transport-security", "max-age=31536000");
        }
        match origin {
            Some(origin) => {
                put("access-control-allow-origin", origin);
                put("access-control-allow-credentials", "true");
                put("access-control-expose-headers", EXPOSED_HEADERS);
                put("timing-allow-origin", origin);
                put("cross-origin-resource-policy", "cross-origin");
            }
            None => put("cross-origin-resource-policy", "same-origin"),
        }
        if !self.origins.is_empty() {
            headers.append(HeaderName::from_static("vary"), HeaderValue::from_static("Origin"));
        }
    }

    /// The page that asks, if it is one of those that may.
    pub fn allowed_origin<'a>(&self, request: &'a HttpRequest) -> Option<&'a str> {
        let origin = request.headers().get("origin")?.to_str().ok()?;
        self.origins.iter().any(|allowed| allowed == origin).then_some(origin)
    }

    fn answers_to(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        self.hosts.contains(&name)
    }

    /// Behind a proxy that nobody told us of, the whole world looks like this computer, to which
    /// everything is open.
    fn refuse_forwarded(&self, request: &HttpRequest) -> Result<(), Problem> {
        let forwarded = request.headers().keys().find(|name| tells_of_forwarding(name));
        let Some(header) = forwarded.filter(|_| self.local) else { return Ok(()) };
        let proxy = request.peer_addr().map(|peer| peer.ip().to_canonical().to_string());
        let detail = format!(
            "a proxy passed this request on (it has the header `{header}`), but this server \
             believes that only this computer reaches it; set TRUSTED_PROXIES={} in its .env and \
             start it again: it will say what else it needs",
            proxy.unwrap_or_default()
        );
        Err(Problem::new("forbidden", detail).closing())
    }

    /// Whether a browser says that the request comes from a page of another site.
    fn is_from_elsewhere(&self, request: &HttpRequest, host: &str) -> bool {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        match header("origin") {
            Some(origin) => origin
                .split_once("://")
                .is_none_or(|(scheme, page)| page != host || !self.may_come_by(scheme, host)),
            None => header("sec-fetch-site").is_some_and(|site| site == "cross-site"),
        }
    }

    /// A page that came in the clear may be anybody's, unless it never left this computer.
    fn may_come_by(&self, scheme: &str, host: &str) -> bool {
        let here = matches!(without_port(host), "localhost" | "127.0.0.1" | "[::1]");
        !self.https || scheme == "https" || here
    }
}

/// Those who look after machines ask by any name, and are told nothing that matters; nor do styles
/// and pictures, which a refusal is dressed in.
fn is_everyones(path: &str) -> bool {
    matches!(path.trim_end_matches('/'), "/livez" | "/readyz") || path.starts_with("/static/")
}

/// Whether only proxies write this header.
fn tells_of_forwarding(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("x-forwarded-")
        || [FORWARDED.as_str(), VIA.as_str(), "x-real-ip"].contains(&name)
}

/// Whether the request comes from the time before requests named their host. A page cannot make
/// one: browsers, which it might deceive about who we are, always name it.
fn names_no_host(request: &HttpRequest) -> bool {
    let old = matches!(request.version(), Version::HTTP_09 | Version::HTTP_10);
    old && request.uri().authority().is_none() && !request.headers().contains_key(HOST)
}

/// The host that the request is for, as it was addressed: what a header says of forwarding could
/// be said by any page.
pub fn host(request: &HttpRequest) -> String {
    let authority = request.uri().authority().map(ToString::to_string);
    let header = || request.headers().get(HOST)?.to_str().ok().map(str::to_owned);
    authority.or_else(header).unwrap_or_default()
}

/// The name of a host without its port; an IPv6 address keeps its brackets.
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn gate() -> Gate {
        let hosts = ["localhost", "[::1]"].map(str::to_owned).into();
        let origins = vec!["https://shop.example".to_owned()];
        Gate { hosts, origins, ..Gate::default() }
    }

    fn passes(request: TestRequest) -> bool {
        gate().check(&request.to_http_request()).is_ok()
    }

    #[test]
    fn only_our_own_names_are_answered_to() {
        let to = |host: &str| TestRequest::post().insert_header(("Host", host));
        assert!(passes(to("localhost:8000")) && passes(to("LOCALHOST")) && passes(to("[::1]:80")));
        assert!(!passes(to("evil.example")) && !passes(to("localhost.evil.example")));
        assert!(!passes(to("evil.example").insert_header(("X-Forwarded-Host", "localhost"))));
        assert!(!passes(to("evil.example").insert_header(("Forwarded", "host=localhost"))));
        assert!(passes(to("10.0.0.7:8000").uri("/livez")));
    }

    #[test]
    fn the_address_is_the_public_one_where_that_was_asked() {
        let public = Some(("talk.example".to_owned(), "https://talk.example".to_owned()));
        let gate = Gate { public, ..gate() };
        let address = |host: &str| {
            let request = TestRequest::get().insert_header(("Host", host.to_owned()));
            let request = request.insert_header(("X-Forwarded-Host", "evil.example"));
            gate.address(&request.insert_header(("Forwarded", "host=evil")).to_http_request())
        };
        assert_eq!(address("Talk.example"), "https://talk.example");
        assert_eq!(address("localhost:8000"), "http://localhost:8000");
    }

    #[test]
    fn what_was_forwarded_is_refused_while_only_this_computer_reaches_us() {
        let to = |name: &'static str, path: &'static str| {
            let request = TestRequest::get().uri(path).insert_header(("Host", "localhost"));
            request.insert_header((name, "x")).to_http_request()
        };
        let local = Gate { local: true, ..gate() };
        for name in ["X-Forwarded-For", "X-Forwarded-Anything", "Forwarded", "Via", "X-Real-IP"] {
            assert!(local.check(&to(name, "/health")).is_err(), "{name}");
            assert!(gate().check(&to(name, "/health")).is_ok(), "{name}");
            assert!(local.check(&to(name, "/livez")).is_ok(), "{name}");
        }
        assert!(local.check(&to("Forward", "/health")).is_ok());
    }

    #[test]
    fn a_page_in_the_clear_is_another_site_than_the_same_by_https() {
        let from = |origin: &str, host: &str| {
            let request = TestRequest::post().insert_header(("Host", host.to_owned()));
            request.insert_header(("Origin", origin.to_owned())).to_http_request()
        };
        let mut gate = Gate { https: true, ..gate() };
        gate.hosts.push("talk.example".to_owned());
        assert!(gate.check(&from("https://talk.example", "talk.example")).is_ok());
        assert!(gate.check(&from("http://talk.example", "talk.example")).is_err());
        assert!(gate.check(&from("http://localhost:8000", "localhost:8000")).is_ok());
    }

    #[test]
    fn only_who_cannot_name_a_host_need_not() {
        let old = || TestRequest::post().version(Version::HTTP_10);
        assert!(passes(old()));
        assert!(!passes(TestRequest::post()));
        assert!(!passes(old().insert_header(("Host", ""))));
        assert!(!passes(old().insert_header(("Host", "evil.example"))));
        assert!(!passes(old().insert_header(("Origin", "http://localhost"))));
    }

    #[test]
    fn only_pages_of_our_own_and_those_named_may_change_things() {
        let from = |origin: &str| {
            let request = TestRequest::post().insert_header(("Host", "localhost:8000"));
            request.insert_header(("Origin", origin.to_owned()))
        };
        assert!(passes(from("http://localhost:8000")) && passes(from("https://shop.example")));
        assert!(!passes(from("https://evil.example")) && !passes(from("null")));
        assert!(!passes(from("http://localhost:9000")));
        let read = TestRequest::get().insert_header(("Host", "localhost:8000"));
        assert!(passes(read.insert_header(("Origin", "https://evil.example"))));
    }
}
