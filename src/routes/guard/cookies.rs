//! The cookie that a browser's conversations belong to.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha512};
use uuid::Uuid;

use crate::domain::api_key::{KeyId, SecretHash};

const DAYS: i64 = 365;
/// Whoever administers logs in again each day.
const ADMIN_HOURS: i64 = 12;
/// Whoever has a key, each month.
const KEY_DAYS: i64 = 30;

/// Signs and reads the cookie.
#[derive(Clone)]
pub struct Cookies {
    key: Key,
    /// Signs what administers: it depends on the admin token, and so ends with it.
    admin_key: Key,
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
    /// Signed with this secret; `secure` cookies travel by HTTPS only. With another admin token,
    /// nobody is logged in as the one who administers.
    pub fn new(secret: &SecretString, admin: &SecretHash, secure: bool) -> Self {
        let secret = secret.expose_secret().as_bytes();
        let digest = Sha512::digest(secret);
        let with_admin = Sha512::new().chain_update(secret).chain_update(&admin.0).finalize();
        Self { key: Key::from(&digest), admin_key: Key::from(&with_admin), secure }
    }

    /// Whom the request's cookie stands for; none if there is none that we signed.
    pub fn read(&self, request: &HttpRequest) -> Option<Bearer> {
        self.read_at(request, Utc::now().timestamp())
    }

    fn read_at(&self, request: &HttpRequest, now: i64) -> Option<Bearer> {
        let cookie = request.cookie(self.name())?;
        let signed_with = |key: &Key| {
            let mut jar = CookieJar::new();
            jar.add_original(cookie.clone());
            jar.signed(key).get(self.name()).map(|cookie| cookie.value().to_owned())
        };
        let in_time = |until: &str| until.parse().is_ok_and(|until: i64| now < until);
        if let Some(value) = signed_with(&self.admin_key) {
            let until = value.strip_prefix("admin:")?;
            return in_time(until).then_some(Bearer::Admin);
        }
        let value = signed_with(&self.key)?;
        let mut parts = value.split(':');
        let (kind, id) = (parts.next()?, Uuid::parse_str(parts.next()?).ok()?);
        match (kind, parts.next()) {
            ("visitor", None) => Some(Bearer::Visitor(id)),
            ("key", Some(until)) if in_time(until) => Some(Bearer::Key(KeyId(id))),
            _ => None,
        }
    }

    /// A cookie that stands for them.
    pub fn issue(&self, bearer: Bearer) -> Cookie<'static> {
        let lasts = match bearer {
            Bearer::Admin => Duration::hours(ADMIN_HOURS),
            Bearer::Key(_) => Duration::days(KEY_DAYS),
            Bearer::Visitor(_) => Duration::days(DAYS),
        };
        let until = Utc::now().timestamp() + lasts.whole_seconds();
        let (value, key) = match bearer {
            Bearer::Visitor(id) => (format!("visitor:{id}"), &self.key),
            Bearer::Key(KeyId(id)) => (format!("key:{id}:{until}"), &self.key),
            Bearer::Admin => (format!("admin:{until}"), &self.admin_key),
        };
        let mut jar = CookieJar::new();
        jar.signed_mut(key).add(Cookie::new(self.name(), value));
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
    use crate::domain::api_key::Secret;

    fn with_admin(secret: &str, admin: &str) -> Cookies {
        let admin = Secret::shown(admin).hash();
        Cookies::new(&SecretString::from(secret), &admin, false)
    }

    fn cookies(secret: &str) -> Cookies {
        with_admin(secret, "admin")
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
        let forged = with_admin("another", "admin");
        assert_eq!(cookies.read(&request(forged.issue(Bearer::Admin))), None);
        let mut changed = cookies.issue(Bearer::Visitor(Uuid::from_u128(7)));
        let value = changed.value().replace('7', "8");
        changed.set_value(value);
        assert_eq!(cookies.read(&request(changed)), None);
        assert_eq!(cookies.read(&request(Cookie::new("repartee", "admin:99999999999"))), None);
    }
    #[test]
    fn another_admin_token_ends_what_administers_and_nothing_else() {
        let (before, after) = (with_admin("ours", "old"), with_admin("ours", "new"));
        let visitor = Bearer::Visitor(Uuid::from_u128(7));
        assert_eq!(after.read(&request(before.issue(Bearer::Admin))), None);
        assert_eq!(after.read(&request(before.issue(visitor))), Some(visitor));
        let posing = Cookie::new("repartee", "admin:99999999999");
        let mut jar = CookieJar::new();
        jar.signed_mut(&before.key).add(posing);
        let posing = jar.get("repartee").unwrap().clone();
        assert_eq!(before.read(&request(posing)), None);
    }

    #[test]
    fn who_has_logged_in_does_so_again_some_day() {
        let cookies = cookies("a secret of our own");
        let days = |count: i64| Utc::now().timestamp() + count * 24 * 3600;
        let key = Bearer::Key(KeyId(Uuid::from_u128(8)));
        let read = |bearer, now| cookies.read_at(&request(cookies.issue(bearer)), now);
        assert_eq!(read(key, days(KEY_DAYS - 1)), Some(key));
        assert_eq!(read(key, days(KEY_DAYS + 1)), None);
        assert_eq!(read(Bearer::Admin, days(1)), None);
    }
}
