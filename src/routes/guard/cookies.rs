//! The cookie that a browser's conversations belong to.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use chrono::{TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha512};
use uuid::Uuid;

use crate::domain::api_key::KeyId;

const DAYS: i64 = 365;
/// Whoever administers logs in again each day.
const ADMIN_HOURS: i64 = 12;

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

impl Bearer {
    /// What tells them from others in one browser: no secret, and nobody can be found by it.
    pub fn mark(self) -> String {
        let who = match self {
            Self::Visitor(id) => format!("visitor:{id}"),
            Self::Key(KeyId(id)) => format!("key:{id}"),
            Self::Admin => "admin".to_owned(),
        };
        let digest = Sha512::digest(who.as_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
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
        let (kind, id) = value.split_once(':')?;
        if kind == "admin" {
            let until: i64 = id.parse().ok()?;
            return (Utc::now().timestamp() < until).then_some(Bearer::Admin);
        }
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
            Bearer::Admin => {
                let until = Utc::now() + TimeDelta::hours(ADMIN_HOURS);
                format!("admin:{}", until.timestamp())
            }
        };
        let lasts = match bearer {
            Bearer::Admin => Duration::hours(ADMIN_HOURS),
            Bearer::Visitor(_) | Bearer::Key(_) => Duration::days(DAYS),
        };
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add(Cookie::new(self.name(), value));
        let signed = jar.get(self.name()).map(|cookie| cookie.value().to_owned());
        Cookie::build(self.name(), signed.unwrap_or_default())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(lasts)
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

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn cookies(secret: &str) -> Cookies {
        Cookies::new(&SecretString::from(secret), false)
    }

    fn request(cookie: Cookie<'static>) -> HttpRequest {
        TestRequest::default().cookie(cookie).to_http_request()
    }

    #[test]
    fn a_cookie_stands_for_whom_it_was_issued_to() {
        let cookies = cookies("a secret of our own");
        for bearer in [
            Bearer::Visitor(Uuid::from_u128(7)),
            Bearer::Key(KeyId(Uuid::from_u128(8))),
            Bearer::Admin,
        ] {
            assert_eq!(cookies.read(&request(cookies.issue(bearer))), Some(bearer));
        }
    }

    #[test]
    fn what_somebody_else_has_signed_stands_for_nobody() {
        let cookies = cookies("a secret of our own");
        let forged = super::Cookies::new(&SecretString::from("another"), false);
        assert_eq!(cookies.read(&request(forged.issue(Bearer::Admin))), None);
        let mut changed = cookies.issue(Bearer::Visitor(Uuid::from_u128(7)));
        let value = changed.value().replace('7', "8");
        changed.set_value(value);
        assert_eq!(cookies.read(&request(changed)), None);
        assert_eq!(cookies.read(&request(Cookie::new("repartee", "admin:99999999999"))), None);
    }
}
