//! Where an OpenAI-compatible server is, and with which key it is asked.

use secrecy::SecretString;
use url::Url;

use crate::settings::address::Address;
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
    /// Which model.
    pub model: String,
    /// Whether this is OpenAI itself: its address says so.
    pub is_openai: bool,
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
    /// The address of one of its resources.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url)
    }

    /// The computer's name in its address.
    pub fn host(&self) -> String {
        let url = Url::parse(&self.base_url).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.unwrap_or("the server").to_owned()
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
    pub base_url: &'static str,
    pub key: &'static str,
    pub model: &'static str,
    pub default_model: &'static str,
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

    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// A stage's own settings over those in common.
    pub(super) fn endpoint(&self, source: &mut Source<'_>, names: &Names) -> Endpoint {
        let address = Address::read(source, names.base_url).unwrap_or_else(|| self.address.clone());
        let own = key(source, names.key);
        let common = own.is_none() && self.may_be_shown_to(&address);
        let model = source.text(names.model).unwrap_or_else(|| names.default_model.to_owned());
        Endpoint {
            key: if common { self.key.clone() } else { own },
            key_variable: if common { "OPENAI_API_KEY" } else { names.key },
            account: if common { self.account.clone() } else { Account::default() },
            model,
            is_openai: address.is_openai(),
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
