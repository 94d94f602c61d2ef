//! Why a request is not answered, in the words of the real one.

use serde_json::json;

/// A status and what the envelope says.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    message: String,
    param: Option<String>,
    code: Option<&'static str>,
}

impl Refusal {
    /// The request makes no sense, because of this part of it.
    pub(crate) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let param = Some(param.to_owned()).filter(|param| !param.is_empty());
        Self { status: 400, message: message.into(), param, code: None }
    }

    pub(crate) fn missing(param: &str) -> Self {
        let code = Some("missing_required_parameter");
        let message = format!("Missing required parameter: '{param}'.");
        Self { code, ..Self::invalid(param, message) }
    }

    pub(crate) fn unreadable() -> Self {
        Self::invalid("", "We could not parse the JSON body of your request.")
    }

    pub(crate) fn unknown_model(model: &str) -> Self {
        let message =
            format!("The model `{model}` does not exist or you do not have access to it.");
        Self { status: 404, message, param: None, code: Some("model_not_found") }
    }

    pub(crate) fn wrong_key() -> Self {
        let message = "Incorrect API key provided.".to_owned();
        Self { status: 401, message, param: None, code: Some("invalid_api_key") }
    }

    pub(crate) fn unknown_path(method: &str, path: &str) -> Self {
        let message = format!("Invalid URL ({method} {path})");
        Self { status: 404, message, param: None, code: None }
    }

    pub(crate) fn too_large() -> Self {
        let message = "Maximum content size limit (26214400) exceeded.".to_owned();
        Self { status: 413, message, param: None, code: None }
    }

    /// The envelope.
    pub(crate) fn body(&self) -> String {
        json!({"error": {
            "message": self.message,
            "type": "invalid_request_error",
            "param": self.param,
            "code": self.code,
        }})
        .to_string()
    }
}
