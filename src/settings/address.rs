//! The address of a server that speaks OpenAI's API, and whose that server is.

use std::net::IpAddr;

use url::Url;

use crate::settings::source::Source;

/// The address of a server.
#[derive(Clone)]
pub(super) struct Address {
    /// Without a slash at its end.
    pub url: String,
    pub scheme: String,
    pub host: String,
}

impl Default for Address {
    /// OpenAI's own.
    fn default() -> Self {
        Self {
            url: "https://api.openai.com/v1".to_owned(),
            scheme: "https".to_owned(),
            host: "api.openai.com".to_owned(),
        }
    }
}

impl Address {
    /// An address that anybody could be asked at.
    pub(super) fn read(source: &mut Source<'_>, name: &str) -> Option<Self> {
        let text = source.text(name)?;
        let wrong = match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
                "must begin with http:// or https://"
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "must hold no name or password; the key has a variable of its own"
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                "must end with its path, such as /v1, without ? and #"
            }
            Ok(url) => {
                return Some(Self {
                    url: url.as_str().trim_end_matches('/').to_owned(),
                    scheme: url.scheme().to_owned(),
                    host: url.host_str().unwrap_or_default().to_owned(),
                });
            }
            Err(_) => "is not an address such as https://api.openai.com/v1",
        };
        source.mistake(name, wrong);
        None
    }

    /// Whether it is OpenAI itself.
    pub(super) fn is_openai(&self) -> bool {
        let theirs = self.host == "api.openai.com" || self.host.ends_with(".api.openai.com");
        self.scheme == "https" && theirs
    }

    /// Whether it is this computer.
    pub(super) fn is_here(&self) -> bool {
        self.host == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// Whether it is the operator's own: this computer, or one in a network that is not the
    /// world's. Names without a dot, in `.local` and in `.internal` are never the world's.
    pub(super) fn is_own(&self) -> bool {
        if let Some(ip) = self.ip() {
            return match ip.to_canonical() {
                IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
                IpAddr::V6(ip) => {
                    ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
                }
            };
        }
        let name = self.host.trim_end_matches('.');
        !name.contains('.')
            || [".local", ".internal", ".localhost"].iter().any(|end| name.ends_with(end))
    }

    fn ip(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}
