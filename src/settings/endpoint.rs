//! Where an OpenAI-compatible server is, and with which key it is asked.

use secrecy::SecretString;
use url::Url;

use crate::settings::address::Address;
use crate::settings::engines::{EngineChoice, StageSettings};
use crate::settings::source::Source;

/// Where an OpenAI-compatible server is, and how it is asked.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address up to the version, without a slash at its end.
    pub base_url: String,
    /// The key, if it needs one.
    pub key: Option<SecretString>,
    /// The variable that this key is, or would be, read from.
    pub key_variable: &'static str,
    /// Whose account it is charged to; only with the account's own key.
    pub account: Account,
    /// Which model; none: the server must be asked which it has, for no name is sent to a stranger
    /// that only OpenAI knows.
    pub model: Option<String>,
    /// OpenAI's model for this stage, which others may have as well.
    pub usual_model: &'static str,
    /// Whether this is OpenAI itself: its address says so.
    pub is_openai: bool,
    /// Whether it is the operator's own: on this computer, or in a network that is not the world's.
    pub is_own: bool,
}

/// Whose account at OpenAI is charged.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// `OPENAI_ORG_ID`.
    pub organization: Option<String>,
    /// `OPENAI_PROJECT_ID`.
    pub project: Option<String>,
}

impl Endpoint {
    /// The model's name; nothing while it is not chosen.
    pub fn model(&self) -> &str {
        self.model.as_deref().unwrap_or_default()
    }

    /// The address of one of its resources.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url)
    }

    /// The computer's name in its address, and the port where that is an unusual one.
    pub fn host(&self) -> String {
        let Ok(url) = Url::parse(&self.base_url) else { return "the server".to_owned() };
        let host = url.host_str().unwrap_or("the server");
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// What holds for every stage that has nothing of its own.
pub(super) struct Common {
    address: Address,
    key: Option<SecretString>,
    account: Account,
}

/// The names of a stage's own variables, and its living model.
pub(super) struct Names {
    pub engine: &'static str,
    pub price: &'static str,
    pub base_url: &'static str,
    pub key: &'static str,
    pub model: &'static str,
    pub usual_model: &'static str,
}

impl Common {
    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let account = Account {
            organization: word(source, "OPENAI_ORG_ID"),
            project: word(source, "OPENAI_PROJECT_ID"),
        };
        Self {
            address: Address::read(source, "OPENAI_BASE_URL").unwrap_or_default(),
            key: key(source, "OPENAI_API_KEY"),
            account,
        }
    }

    /// Whether a server is meant for all stages: a key is set, or an address other than OpenAI's.
    pub(super) fn has_server(&self) -> bool {
        self.key.is_some() || !self.address.is_openai()
    }

    /// Whether the common server is OpenAI's usual one, or serves one of these stages.
    pub(super) fn serves(&self, stages: &[&StageSettings]) -> bool {
        let mut asked = stages.iter().filter(|stage| stage.engine() == EngineChoice::OpenAi);
        self.address.url == Address::default().url
            || asked.any(|stage| stage.endpoint.base_url == self.address.url)
    }

    /// A stage's own settings over those in common.
    pub(super) fn endpoint(&self, source: &mut Source<'_>, names: &Names) -> Endpoint {
        let stages_own = Address::read(source, names.base_url);
        let elsewhere = stages_own.is_some();
        let address = stages_own.unwrap_or_else(|| self.address.clone());
        let own = key(source, names.key);
        let common = own.is_none() && self.may_be_shown_to(&address);
        // Of two that could be set, the stage's own is advised where the stage has its own server.
        let advised = common && (self.key.is_some() || !elsewhere);
        let usual = || address.is_openai().then(|| names.usual_model.to_owned());
        let model = source.text(names.model).or_else(usual);
        Endpoint {
            key: if common { self.key.clone() } else { own },
            key_variable: if advised { "OPENAI_API_KEY" } else { names.key },
            account: if common { self.account.clone() } else { Account::default() },
            model,
            usual_model: names.usual_model,
            is_openai: address.is_openai(),
            is_own: address.is_own(),
            base_url: address.url,
        }
    }

    /// A key is shown to whom it belongs to, and on this computer: not to strangers.
    fn may_be_shown_to(&self, address: &Address) -> bool {
        let same = address.scheme == self.address.scheme && address.host == self.address.host;
        same || address.is_here() || address.is_openai() && self.address.is_openai()
    }
}

/// A key. What is wrong with it is told without showing it.
fn key(source: &mut Source<'_>, name: &str) -> Option<SecretString> {
    word(source, name).map(SecretString::from)
}

/// Something that goes into a header as it is.
fn word(source: &mut Source<'_>, name: &str) -> Option<String> {
    let text = source.text(name)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(text);
    }
    source.mistake(name, "holds a space or a character that none ever has; copy it anew");
    None
}
