//! An API key: who may use the house from outside, for what, and how much they may spend.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::domain::money::Usd;

const PREFIX: &str = "rk_";
const SECRET_BYTES: usize = 32;

/// Names a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub Uuid);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What is known of a key. Its secret is not: only whoever was given it has that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names it to programs.
    pub id: KeyId,
    /// Names it to people.
    pub name: String,
    /// What its secret hashes to.
    pub hash: SecretHash,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The most it may spend in a day; none if it is held to no limit of its own.
    pub daily_usd: Option<Usd>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
}

impl ApiKey {
    /// A new key for this secret.
    pub fn new(name: &str, secret: &Secret, scopes: Vec<Scope>, daily_usd: Option<Usd>) -> Self {
        Self {
            id: KeyId(Uuid::new_v4()),
            name: name.to_owned(),
            hash: secret.hash(),
            scopes,
            daily_usd,
            created_at: Utc::now(),
        }
    }

    /// Whether it may be used for this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Taking turns, and all else that hears, thinks or speaks; changing and deleting one's own
    /// conversations.
    Talk,
    /// Reading one's own conversations.
    Read,
}

impl Scope {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Talk, Self::Read];

    /// Its name on the command line and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Read => "read",
        }
    }

    /// Reads a list like `talk,read`.
    pub fn parse_list(list: &str) -> Result<Vec<Self>, UnknownScope> {
        let mut scopes = Vec::new();
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let scope = name.parse()?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(scopes)
    }

    /// Writes a list that `parse_list` reads.
    pub fn format_list(scopes: &[Self]) -> String {
        scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// There is no such scope.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown scope {0:?}; choose talk, read or both")]
pub struct UnknownScope(pub String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|scope| scope.name() == name.to_ascii_lowercase());
        known.ok_or_else(|| UnknownScope(name.to_owned()))
    }
}

/// What the holder of a key shows. It is never written down, nor seen in a log.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A new one: `rk_` and 256 bits of chance.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()))
    }

    /// One that somebody shows us.
    pub fn shown(secret: &str) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one moment in which it is handed over.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it. With 256 bits of chance there is nothing to guess, so no slow hash and
    /// no comparison in constant time is needed.
    pub fn hash(&self) -> SecretHash {
        let digest = Sha256::digest(self.reveal().as_bytes());
        SecretHash(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The SHA-256 of a secret, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, other) = (Secret::fresh().unwrap(), Secret::fresh().unwrap());

        assert_eq!(one.reveal().len(), PREFIX.len() + 43);
        assert!(one.reveal().starts_with(PREFIX));
        assert_ne!(one.reveal(), other.reveal());
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn a_secret_is_known_by_its_hash() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Secret::shown("abc").hash(), SecretHash(known.to_owned()));
    }

    #[test]
    fn a_secret_is_not_shown_by_accident() {
        let secret = Secret::shown("rk_open_sesame");
        let key = ApiKey::new("laptop", &secret, vec![Scope::Talk], None);

        assert!(!format!("{secret:?}{key:?}").contains("sesame"));
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let scopes = Scope::parse_list(" talk, READ,talk,").unwrap();
        assert_eq!(scopes, Scope::ALL);
        assert_eq!(Scope::parse_list(&Scope::format_list(&scopes)), Ok(scopes));
        assert_eq!(Scope::parse_list("talk,fly"), Err(UnknownScope("fly".to_owned())));
    }
}
