//! Where conversations are kept, and how much of them is recalled.

use std::net::IpAddr;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::settings::source::Source;

/// Where conversations are kept, and how much of them is recalled.
#[derive(Debug, Clone)]
pub struct MemorySettings {
    /// SQLite or PostgreSQL. `DATABASE_URL`, or `DB_NAME` with `DB_USER`, `DB_PASSWORD`,
    /// `DB_HOST` and `DB_PORT`; default: SQLite in the data folder.
    pub database: DatabaseUrl,
    /// How much of a conversation is shown to the responder, in tokens.
    /// `RECALL_TOKENS`, default 2000.
    pub recall_tokens: u32,
}

/// A database's URL. It may hold a password and never shows itself.
#[derive(Debug, Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// Keeps `url` from being shown.
    pub fn new(url: impl Into<String>) -> Self {
        Self(SecretString::from(url.into()))
    }

    /// Whether the database is on some other computer.
    pub fn is_elsewhere(&self) -> bool {
        let Ok(url) = Url::parse(self.expose()) else { return false };
        let named = url.query_pairs().find(|(name, _)| matches!(&**name, "host" | "hostaddr"));
        let host = named.map(|(_, host)| host.into_owned());
        let host = host.or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
        let socket = host.starts_with('/') || host.to_lowercase().starts_with("%2f");
        let host = host.trim_matches(['[', ']']);
        let loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        url.scheme() != "sqlite" && !(host.is_empty() || socket || loopback || host == "localhost")
    }

    /// The URL itself, for whoever connects.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl MemorySettings {
    pub(super) fn read(source: &mut Source<'_>, data_dir: &Path) -> Self {
        let database =
            given(source).or_else(|| from_parts(source)).unwrap_or_else(|| in_folder(data_dir));
        let recall_tokens = source.number("RECALL_TOKENS", 2000, 100..=1_000_000);
        Self {
            database: DatabaseUrl::new(database),
            recall_tokens: u32::try_from(recall_tokens).unwrap_or(u32::MAX),
        }
    }
}

fn given(source: &mut Source<'_>) -> Option<String> {
    let url = source.text("DATABASE_URL")?;
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        source.mistake("DATABASE_URL", "must begin with sqlite:, postgres:// or postgresql://");
    }
    Some(url)
}

/// The five names that older installations use for a PostgreSQL database.
fn from_parts(source: &mut Source<'_>) -> Option<String> {
    let name = source.text("DB_NAME");
    let user = source.text("DB_USER");
    let password = source.text("DB_PASSWORD");
    let host = source.text("DB_HOST").unwrap_or_else(|| "localhost".to_owned());
    let port = source.number("DB_PORT", 5432, 1..=65535);
    let host = server(source, host);
    let user = encoded(&user.unwrap_or_else(|| "postgres".to_owned()));
    let login = match password {
        Some(password) => format!("{user}:{}", encoded(&password)),
        None => user,
    };
    Some(format!("postgres://{login}@{host}:{port}/{}", encoded(&name?)))
}

/// SQLite's file in the data folder. A path may hold what a URL means something else by.
fn in_folder(data_dir: &Path) -> String {
    let file = data_dir.join("repartee.db");
    let names: Vec<_> = file.to_string_lossy().split('/').map(encoded).collect();
    format!("sqlite:{}", names.join("/"))
}

/// A host's name or address, or the folder of a socket.
fn server(source: &mut Source<'_>, host: String) -> String {
    if host.starts_with('/') {
        return encoded(&host);
    }
    let address = host.starts_with('[') && host.ends_with(']');
    if !address && host.contains(['/', ':', '@', '?']) {
        source.mistake(
            "DB_HOST",
            format!("`{host}` is no host; write a name, an address (IPv6 in brackets), or a socket's folder, and the port in DB_PORT"),
        );
    }
    host
}

/// Percent-encodes what would otherwise be read as part of the URL's own structure.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
