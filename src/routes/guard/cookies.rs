//! The cookie that a browser's conversations belong to.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha512};
use uuid::Uuid;

use crate::domain::api_key::KeyId;

const DAYS: i64 = 365;
const ADMIN: &str = "admin";

/// Signs and reads the cookie.
#[derive(Clone)]
pub struct Cookies {
    key: Key,
    secure: bool,
}

/// Whom a cookie stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A browser that has been here before.
    Visitor(Uuid),
    /// Whoever logged in with an API key.
    Key(KeyId),
    /// Whoever administers.
    Admin,
}

impl Cookies {
    /// Signed with this secret; `secure` cookies travel by HTTPS only.
    pub fn new(secret: &SecretString, secure: bool) -> Self {
        let digest = Sha512::digest(secret.expose_secret().as_bytes());
        Self { key: Key::from(&digest), secure }
    }

    /// Whom the request's cookie stands for; none if there is none that we signed.
    pub fn read(&self, request: &HttpRequest) -> Option<Bearer> {
        let mut jar = CookieJar::new();
        jar.add_original(request.cookie(self.name())?);
        let value = jar.signed(&self.key).get(self.name())?.value().to_owned();
        if value == ADMIN {
            return Some(Bearer::Admin);
        }
        let (kind, id) = value.split_once(':')?;
        let id = Uuid::parse_str(id).ok()?;
        match kind {
            "visitor" => Some(Bearer::Visitor(id)),
            "key" => Some(Bearer::Key(KeyId(id))),
            _ => None,
        }
    }

    /// A cookie that stands for them.
    pub fn issue(&self, bearer: Bearer) -> Cookie<'static> {
        let value = match bearer {
            Bearer::Visitor(id) => format!("visitor:{id}"),
            Bearer::Key(KeyId(id)) => format!("key:{id}"),
            Bearer::Admin => ADMIN.to_owned(),
        };
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add(Cookie::new(self.name(), value));
        let signed = jar.get(self.name()).map(|cookie| cookie.value().to_owned());
        Cookie::build(self.name(), signed.unwrap_or_default())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(Duration::days(DAYS))
            .finish()
    }

    /// Takes the cookie back.
    pub fn removal(&self) -> Cookie<'static> {
        Cookie::build(self.name(), "")
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(Duration::ZERO)
            .finish()
    }

    /// Browsers take a name that begins so from HTTPS only, and for this host only.
    fn name(&self) -> &'static str {
        if self.secure { "__Host-repartee" } else { "repartee" }
    }
}
