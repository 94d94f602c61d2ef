//! Where to listen, who may come in, and what the world calls us.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::settings::source::Source;

/// A secret shorter than this is guessed.
const SHORTEST_SECRET: usize = 16;

/// Where to listen, who may come in, and what the world calls us.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Address and port; port 0 picks a free one. `BIND`, default `127.0.0.1:8000`.
    pub bind: SocketAddr,
    /// What the world calls us. `PUBLIC_URL`.
    pub public_url: Option<Url>,
    /// Certificate chain and key, as PEM files. `TLS_CERT` and `TLS_KEY`.
    pub tls: Option<TlsFiles>,
    /// Proxies whose word on who is calling is taken. `TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<IpNet>,
    /// Host names that we answer to, beside our own. `ALLOWED_HOSTS`.
    pub allowed_hosts: Vec<String>,
    /// Pages elsewhere that may call us. `CORS_ORIGINS`.
    pub cors_origins: Vec<String>,
    /// Who may talk. `ACCESS`, default `open` if only this computer reaches us, else `keys`.
    pub access: Access,
    /// Signs cookies. `SECRET_KEY` or `DJANGO_KEY`; default: made in the data folder.
    pub secret_key: Option<SecretString>,
    /// Lets its holder administer. `ADMIN_TOKEN`; default: made in the data folder.
    pub admin_token: Option<SecretString>,
}

/// A certificate chain and its key.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain.
    pub cert: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Who may talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone who can reach us.
    Open,
    /// Those who have an API key or the admin token.
    Keys,
}

impl FromStr for Access {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "keys" => Ok(Self::Keys),
            other => Err(format!("`{other}` is neither open nor keys")),
        }
    }
}

impl ServerSettings {
    /// Whether other machines can reach us, by themselves or through a proxy on this one.
    pub fn is_exposed(&self) -> bool {
        let named = self.public_url.as_ref().and_then(Url::host);
        let elsewhere = named.is_some_and(|host| match host {
            Host::Domain(name) => name != "localhost",
            Host::Ipv4(address) => !address.is_loopback(),
            Host::Ipv6(address) => !address.is_loopback(),
        });
        !self.bind.ip().is_loopback() || !self.trusted_proxies.is_empty() || elsewhere
    }

    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let bind = bind(source);
        let access = source.value("ACCESS");
        let mut settings = Self {
            bind,
            public_url: public_url(source),
            tls: tls(source),
            trusted_proxies: proxies(source),
            allowed_hosts: source.list("ALLOWED_HOSTS"),
            cors_origins: origins(source),
            access: Access::Open,
            secret_key: secret(source, "SECRET_KEY").or_else(|| secret(source, "DJANGO_KEY")),
            admin_token: secret(source, "ADMIN_TOKEN"),
        };
        if settings.is_exposed() {
            settings.access = Access::Keys;
            settings.refuse_what_is_unsafe(source);
        }
        settings.access = access.unwrap_or(settings.access);
        settings
    }

    /// Nobody who doesn't belong is let in because something was not set.
    fn refuse_what_is_unsafe(&self, source: &mut Source<'_>) {
        let needed = "other machines can reach this server, so it must be set";
        let make_one = "; make one with `openssl rand -hex 32`";
        if self.secret_key.is_none() {
            source.mistake("SECRET_KEY", format!("{needed}: it signs cookies{make_one}"));
        }
        if self.admin_token.is_none() {
            source.mistake("ADMIN_TOKEN", format!("{needed}: its holder administers{make_one}"));
        }
        match &self.public_url {
            None => source.mistake(
                "PUBLIC_URL",
                format!("{needed}: what the world calls this server, such as https://talk.example"),
            ),
            Some(url) if url.scheme() != "https" => source.mistake(
                "PUBLIC_URL",
                "must begin with https:// for other machines; browsers give no microphone to http",
            ),
            Some(_) => {}
        }
        if self.tls.is_none() && self.trusted_proxies.is_empty() {
            source.mistake(
                "TLS_CERT",
                "other machines would talk in the clear: set TLS_CERT and TLS_KEY, or name the \
                 proxy that does HTTPS in TRUSTED_PROXIES",
            );
        }
    }
}

fn bind(source: &mut Source<'_>) -> SocketAddr {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8000));
    let Some(text) = source.text("BIND") else { return default };
    text.parse().unwrap_or_else(|_| {
        source.mistake("BIND", format!("`{text}` is not an address such as {default}"));
        default
    })
}

fn public_url(source: &mut Source<'_>) -> Option<Url> {
    let text = source.text("PUBLIC_URL")?;
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
        _ => {
            source
                .mistake("PUBLIC_URL", format!("`{text}` is no URL such as https://talk.example"));
            None
        }
    }
}

fn tls(source: &mut Source<'_>) -> Option<TlsFiles> {
    match (source.text("TLS_CERT"), source.text("TLS_KEY")) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
        (None, None) => None,
        (Some(_), None) => {
            source.mistake("TLS_KEY", "is needed beside TLS_CERT: the key's PEM file");
            None
        }
        (None, Some(_)) => {
            source.mistake("TLS_CERT", "is needed beside TLS_KEY: the certificates' PEM file");
            None
        }
    }
}

fn proxies(source: &mut Source<'_>) -> Vec<IpNet> {
    let mut proxies = Vec::new();
    for text in source.list("TRUSTED_PROXIES") {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match net {
            Ok(net) => proxies.push(net),
            Err(_) => source.mistake(
                "TRUSTED_PROXIES",
                format!("`{text}` is no address or network such as 10.0.0.0/8"),
            ),
        }
    }
    proxies
}

/// Compared byte for byte with what browsers send, which is scheme, host and port in small letters.
fn origins(source: &mut Source<'_>) -> Vec<String> {
    let mut origins = Vec::new();
    for text in source.list("CORS_ORIGINS") {
        let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        match url.filter(|url| url.path() == "/" && url.query().is_none()) {
            Some(url) => origins.push(url.origin().ascii_serialization()),
            None => source.mistake(
                "CORS_ORIGINS",
                format!("`{text}` is no origin such as https://shop.example"),
            ),
        }
    }
    origins
}

fn secret(source: &mut Source<'_>, name: &str) -> Option<SecretString> {
    let secret = SecretString::from(source.text(name)?);
    if let Some(weakness) = weakness(secret.expose_secret()) {
        source.mistake(name, format!("{weakness}; make one with `openssl rand -hex 32`"));
    }
    Some(secret)
}

fn weakness(secret: &str) -> Option<String> {
    let plain = secret.to_ascii_lowercase();
    let different = plain.bytes().collect::<std::collections::BTreeSet<_>>().len();
    if secret.len() < SHORTEST_SECRET {
        return Some(format!("is shorter than {SHORTEST_SECRET} characters"));
    }
    let sample = ["changeme", "change-me", "secret-key", "your_", "your-", "insecure", "example"];
    (different < 6 || sample.iter().any(|word| plain.contains(word)))
        .then(|| "looks like a placeholder".to_owned())
}
