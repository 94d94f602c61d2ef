//! What a server means when it says no. Of its own words only codes go further, into the log: keys
//! leak in its sentences, and what somebody said.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::engines::openai::retries::LONGEST_WAIT;
use crate::pipeline::error::EngineError;
use crate::settings::Endpoint;

/// How long to leave a server alone that takes no more and does not say for how long.
const UNSAID_WAIT: Duration = Duration::from_secs(2);
/// The longest code that is repeated.
const LONGEST_CODE: usize = 64;

/// A server said no.
#[derive(Default)]
pub(super) struct Complaint {
    status: StatusCode,
    /// How long it asks to be left alone.
    wait: Option<Duration>,
    code: String,
    kind: String,
    parameter: String,
    /// In lower case; looked at, and never shown.
    words: String,
}

impl Complaint {
    /// What the answer's body says, in any of the shapes that servers have for it.
    pub(super) fn new(status: StatusCode, wait: Option<Duration>, body: &[u8]) -> Self {
        let said = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let error = said.get("error").filter(|error| error.is_object()).unwrap_or(&said);
        let text = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        Self {
            status,
            wait,
            code: text("code"),
            kind: text("type"),
            parameter: text("param"),
            words: String::from_utf8_lossy(body).to_lowercase(),
        }
    }

    /// Whether the server itself failed, and not what was asked of it.
    pub(super) fn is_failure(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::REQUEST_TIMEOUT
    }

    /// Whether it takes no more for now.
    pub(super) fn is_limit(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS && !self.is_about_money()
    }

    /// Whether there is no such resource.
    pub(super) fn is_missing(&self) -> bool {
        matches!(
            self.status,
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
        )
    }

    /// How long to wait for another try at the least; none if there is no use in one.
    pub(super) fn wait(&self) -> Option<Duration> {
        let unable = [StatusCode::NOT_IMPLEMENTED, StatusCode::HTTP_VERSION_NOT_SUPPORTED];
        let again = self.is_limit() || self.is_failure() && !unable.contains(&self.status);
        again.then(|| self.wait.unwrap_or_default())
    }

    /// Whether it does not know this parameter, or not with this value.
    pub(super) fn is_about(&self, parameter: &str) -> bool {
        let odd = matches!(self.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
        let named = self.parameter.trim_end_matches("[]");
        let wanted = parameter.trim_end_matches("[]");
        odd && if named.is_empty() { self.words.contains(wanted) } else { named == wanted }
    }

    /// Whether it names this parameter as the one that it is about.
    pub(super) fn names(&self, parameter: &str) -> bool {
        self.parameter == parameter
    }

    /// Whether it is about what is asked at all, and not only about a value that does not fit.
    pub(super) fn is_lasting(&self) -> bool {
        let words = ["unsupported", "unknown", "unrecognized", "unexpected", "extra"];
        let no_value_fits =
            ["extra_forbidden", "extra inputs are not permitted", "only the default"];
        no_value_fits.iter().any(|text| self.words.contains(text))
            || words.iter().any(|word| {
                self.code == format!("{word}_parameter")
                    || self.words.contains(&format!("{word} param"))
                    || self.words.contains(&format!("{word} field"))
                    || self.words.contains(&format!("{word} request argument"))
            })
    }

    /// The error by its meaning, with what to do.
    pub(super) fn meaning(&self, endpoint: &Endpoint) -> EngineError {
        if self.is_about_money() {
            return EngineError::Quota;
        }
        if self.is_about_model(endpoint.model()) {
            return EngineError::Gone(endpoint.model().to_owned());
        }
        let (host, key, said) = (endpoint.host(), endpoint.key_variable, self.said());
        match self.status.as_u16() {
            401 if endpoint.key.is_none() => {
                EngineError::Misconfigured(format!("{host} asks for a key ({said}); set {key}"))
            }
            401 => EngineError::Misconfigured(format!(
                "{host} refuses the key ({said}); look at {key}"
            )),
            403 => EngineError::Misconfigured(format!(
                "{host} does not let this key do that, or not from here ({said}); look at {key} \
                 and at what the account allows"
            )),
            404 | 405 => EngineError::Misconfigured(format!(
                "{host} has no such address ({said}); look at the base URL in the settings, which \
                 mostly ends in /v1"
            )),
            429 => EngineError::Limited { retry_after: self.wait.unwrap_or(UNSAID_WAIT) },
            408 | 504 => EngineError::Timeout,
            300..=399 => EngineError::Misconfigured(format!(
                "{host} sends us elsewhere ({said}), and a key is not carried along; write the \
                 address itself into the settings"
            )),
            500.. => self.failure(&host),
            _ => EngineError::Refused(self.objection()),
        }
    }

    fn failure(&self, host: &str) -> EngineError {
        match self.wait {
            Some(retry_after) if retry_after > LONGEST_WAIT => EngineError::Down { retry_after },
            _ => EngineError::Unavailable(format!(
                "{host} failed ({}); try again later",
                self.said()
            )),
        }
    }

    /// What it has against the request.
    fn objection(&self) -> String {
        let about = |words: &[&str]| {
            words.iter().any(|word| self.code.contains(word) || self.kind.contains(word))
        };
        if about(&["content_filter", "content_policy", "moderation", "safety"]) {
            return "its rules on content do not allow this".to_owned();
        }
        if about(&["context_length", "string_above_max_length", "too_long"]) {
            return "what it is asked is too long for the model".to_owned();
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            return "the clip is larger than the server takes".to_owned();
        }
        if self.parameter == "file" || about(&["audio", "unsupported_format"]) {
            return "it cannot read the clip's sound".to_owned();
        }
        format!("it does not take the request ({})", self.said())
    }

    /// Its status, and its own words as far as they are no sentences.
    fn said(&self) -> String {
        let mut said = match self.status {
            StatusCode::OK => "an error".to_owned(),
            status => format!("status {}", status.as_u16()),
        };
        let own = [("code", &self.code), ("type", &self.kind), ("parameter", &self.parameter)];
        for (what, word) in own.into_iter().filter(|(_, word)| is_plain(word)) {
            said.push_str(&format!(", {what} {word}"));
        }
        said
    }

    fn is_about_money(&self) -> bool {
        let spent = ["insufficient_quota", "billing_hard_limit", "billing_not_active"];
        let told = spent.iter().any(|word| self.code.contains(word) || self.kind.contains(word));
        self.status == StatusCode::PAYMENT_REQUIRED || told && self.status.is_client_error()
    }

    fn is_about_model(&self, model: &str) -> bool {
        let codes = ["model_not_found", "model_deprecated", "model_not_available", "unknown_model"];
        let told = codes.iter().any(|code| self.code.contains(code) || self.kind.contains(code));
        let missing = matches!(self.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        let named = self.parameter == "model" || self.words.contains(&model.to_lowercase());
        told && self.status.is_client_error() || missing && named
    }
}

/// Whether a server's word is one that cannot carry a secret or a sentence.
fn is_plain(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.';
    (1..=LONGEST_CODE).contains(&word.len()) && word.bytes().all(plain)
}

/// The meaning of an error in the middle of an answer that had begun well.
pub(super) fn midway(body: &[u8]) -> EngineError {
    let complaint = Complaint::new(StatusCode::OK, None, body);
    let about = |word: &str| complaint.code.contains(word) || complaint.kind.contains(word);
    if about("quota") || about("billing") {
        EngineError::Quota
    } else if about("rate_limit") || complaint.code == "429" {
        EngineError::Limited { retry_after: UNSAID_WAIT }
    } else if about("timeout") {
        EngineError::Timeout
    } else if about("content_filter") || about("invalid_request") {
        EngineError::Refused(complaint.objection())
    } else {
        let said = complaint.said();
        EngineError::Unavailable(format!("the server failed in the middle of its answer ({said})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Account;

    fn endpoint() -> Endpoint {
        Endpoint {
            base_url: "http://127.0.0.1:1/v1".to_owned(),
            key: Some("sk-secret".to_owned().into()),
            key_variable: "THINKING_API_KEY",
            account: Account::default(),
            model: Some("gpt-9".to_owned()),
            usual_model: "gpt-9",
            is_openai: false,
            is_own: true,
        }
    }

    fn meaning(status: u16, body: &str) -> EngineError {
        let status = StatusCode::from_u16(status).unwrap();
        Complaint::new(status, None, body.as_bytes()).meaning(&endpoint())
    }

    #[test]
    fn a_model_that_is_gone_is_known_in_every_shape() {
        for (status, body) in [
            (
                404,
                r#"{"error":{"message":"The model `gpt-9` does not exist","code":"model_not_found"}}"#,
            ),
            (403, r#"{"error":{"message":"no access","code":"model_not_found"}}"#),
            (404, r#"{"error":{"message":"model \"gpt-9\" not found, try pulling it first"}}"#),
            (404, r#"{"error":"model 'gpt-9' not found"}"#),
            (404, r#"{"object":"error","message":"The model `gpt-9` does not exist.","code":404}"#),
            (410, r#"{"error":{"param":"model"}}"#),
        ] {
            assert_eq!(meaning(status, body), EngineError::Gone("gpt-9".to_owned()), "{body}");
        }
        assert!(matches!(meaning(404, "<h1>Not Found</h1>"), EngineError::Misconfigured(_)));
    }

    #[test]
    fn money_is_not_a_limit_of_pace() {
        let spent = r#"{"error":{"message":"You exceeded","type":"insufficient_quota"}}"#;
        assert_eq!(meaning(429, spent), EngineError::Quota);
        assert_eq!(meaning(402, ""), EngineError::Quota);
        let pace = r#"{"error":{"code":"rate_limit_exceeded"}}"#;
        assert_eq!(meaning(429, pace), EngineError::Limited { retry_after: UNSAID_WAIT });
    }

    #[test]
    fn a_servers_own_words_go_no_further() {
        let body = r#"{"error":{"message":"bad key sk-secret","code":"sk-secret 1","param":"x"}}"#;
        for status in [400, 401, 403, 404, 409, 413, 422, 429, 500, 503] {
            let told = meaning(status, body).to_string();
            assert!(!told.contains("sk-secret") && !told.contains("bad key"), "{status}: {told}");
        }
    }

    #[test]
    fn what_was_refused_is_said_as_far_as_it_is_known() {
        let filter = r#"{"error":{"code":"content_policy_violation"}}"#;
        assert!(meaning(400, filter).to_string().contains("rules on content"));
        let odd = r#"{"error":{"code":"invalid_value","param":"voice"}}"#;
        let told = meaning(400, odd).to_string();
        assert!(told.contains("invalid_value") && told.contains("voice"), "{told}");
        assert!(meaning(401, "").to_string().contains("THINKING_API_KEY"));
        let down = r#"{"error":{"message":"Ann said hello","type":"server_error","code":null}}"#;
        let told = meaning(503, down).to_string();
        assert!(told.contains("failed (status 503, type server_error)"), "{told}");
    }

    #[test]
    fn a_parameter_is_known_by_its_field_or_by_the_words() {
        let status = StatusCode::BAD_REQUEST;
        let about = |body: &str, parameter: &str| {
            Complaint::new(status, None, body.as_bytes()).is_about(parameter)
        };
        let named = r#"{"error":{"message":"use temperature 1","param":"reasoning_effort"}}"#;
        assert!(about(named, "reasoning_effort") && !about(named, "temperature"));
        let told = r#"{"detail":[{"loc":["body","stream_options"],"msg":"extra"}]}"#;
        assert!(about(told, "stream_options") && !about(told, "temperature"));
        let lasting = |body: &str| Complaint::new(status, None, body.as_bytes()).is_lasting();
        assert!(lasting(r#"{"error":{"code":"unsupported_parameter","param":"language"}}"#));
        assert!(lasting(r#"{"error":{"message":"Unknown parameter: 'language'."}}"#));
        assert!(!lasting(r#"{"error":{"message":"Invalid language 'tlh'.","param":"language"}}"#));
        let strict = r#"{"detail":[{"type":"extra_forbidden","loc":["body","temperature"]}]}"#;
        assert!(lasting(strict));
        let default = "Unsupported value: 'temperature'. Only the default (1) value is supported.";
        assert!(lasting(&format!(r#"{{"error":{{"message":"{default}"}}}}"#)));
        let list = r#"{"error":{"param":"keywords"}}"#;
        assert!(about(list, "keywords[]"));
    }
}
