//! Where conversations are kept, and how much of them is recalled.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

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

    /// The URL itself, for whoever connects.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl MemorySettings {
    pub(super) fn read(source: &mut Source<'_>, data_dir: &Path) -> Self {
        let database = given(source)
            .or_else(|| from_parts(source))
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("repartee.db").display()));
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
    let user = encoded(&user.unwrap_or_else(|| "postgres".to_owned()));
    let login = match password {
        Some(password) => format!("{user}:{}", encoded(&password)),
        None => user,
    };
    Some(format!("postgres://{login}@{host}:{port}/{}", encoded(&name?)))
}

/// Percent-encodes what would otherwise be read as part of the URL's own structure.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
