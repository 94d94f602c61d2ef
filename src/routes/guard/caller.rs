//! Who is asking: a visitor, the holder of a key, whoever administers, or nobody in particular.

use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use sha2::{Digest, Sha256};

use crate::conversations::Keyring;
use crate::domain::api_key::{ApiKey, KeyId, Scope, Secret, SecretHash};
use crate::domain::money::Usd;
use crate::domain::owner::Owner;
use crate::pipeline::budget::Payer;
use crate::routes::guard::address::{Proxies, household};
use crate::routes::guard::cookies::{Bearer, Cookies};
use crate::routes::guard::logins::Logins;
use crate::routes::problem::Problem;

/// Decides who is who.
#[derive(Clone)]
pub struct Access {
    /// Whether whoever reaches us may talk.
    pub open: bool,
    /// Whether only this computer reaches us: then, while no key was issued, any key will do.
    pub local: bool,
    /// Signs and reads cookies.
    pub cookies: Cookies,
    /// The admin token, hashed.
    pub admin: SecretHash,
    /// Whether the admin token is so short that it could be guessed.
    pub admin_is_short: bool,
    /// The API keys.
    pub keyring: Keyring,
    /// Proxies that are believed.
    pub proxies: Proxies,
    /// What each owner may cost in a day.
    pub owner_budget: Option<Usd>,
    /// The link that opens once, and how often anyone may guess.
    pub logins: Logins,
}

/// Who is asking.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose conversations they are.
    pub owner: Owner,
    /// From where.
    pub address: IpAddr,
    /// Who pays.
    pub payer: Payer,
    /// Whether they administer.
    pub admin: bool,
    scopes: Vec<Scope>,
}

impl Caller {
    /// Whether they may do this.
    pub fn may(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let detail = format!("this API key was issued without the scope `{scope}`");
        Err(Problem::new("forbidden", detail).closing())
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let access = request.app_data::<web::Data<Access>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let access = access.ok_or_else(|| Problem::new("internal", "no access rules"))?;
            access.caller(&request).await
        })
    }
}

impl Access {
    /// Who sent this request.
    pub async fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let address = self.address(request);
        if let Some(token) = bearer_token(request) {
            return self.with_token(&token, address).await;
        }
        match self.cookies.read(request) {
            Some(Bearer::Admin) => Ok(self.administrator(address)),
            Some(Bearer::Key(id)) => self.with_key_id(id, address).await,
            Some(Bearer::Visitor(id)) if self.open => Ok(self.visitor(Owner::visitor(id), address)),
            _ if self.open => Ok(self.visitor(Owner::anyone(), address)),
            _ => Err(unauthenticated("this server answers only those who have an API key")),
        }
    }

    /// From where a request comes.
    pub fn address(&self, request: &HttpRequest) -> IpAddr {
        self.proxies.caller(request)
    }

    /// Whether this is the admin token. A short one is not even looked at where too many others
    /// were just tried: it could be guessed. Keys and long tokens cannot be, so they always pass.
    pub fn is_admin_token(&self, token: &str, address: IpAddr) -> bool {
        let looked_at = !self.admin_is_short || self.logins.may_guess(address);
        // Hashes are compared: how long that takes tells nothing of the token.
        looked_at && Secret::shown(token).hash() == self.admin
    }

    /// What is told to those at this address whose token opens nothing.
    pub fn wrong_token(&self, detail: &str, address: IpAddr) -> Problem {
        self.logins.failed(address, unauthenticated(detail))
    }

    async fn with_token(&self, token: &str, address: IpAddr) -> Result<Caller, Problem> {
        if self.is_admin_token(token, address) {
            return Ok(self.administrator(address));
        }
        if let Some(key) = self.keyring.find(&Secret::shown(token)).await? {
            return Ok(self.holder(&key, address));
        }
        if self.local && self.open && self.keyring.keys().await?.is_empty() {
            return Ok(self.resident(address));
        }
        Err(self.wrong_token("there is no such API key, or it was taken back", address))
    }

    async fn with_key_id(&self, id: KeyId, address: IpAddr) -> Result<Caller, Problem> {
        let keys = self.keyring.keys().await?;
        match keys.iter().find(|key| key.id == id) {
            Some(key) => Ok(self.holder(key, address)),
            None => Err(unauthenticated("the API key that you logged in with was taken back")),
        }
    }

    fn administrator(&self, address: IpAddr) -> Caller {
        Caller { admin: true, ..self.resident(address) }
    }

    fn resident(&self, address: IpAddr) -> Caller {
        self.entitled(Owner::local(), address, self.owner_budget)
    }

    fn holder(&self, key: &ApiKey, address: IpAddr) -> Caller {
        let limit = key.daily_usd.or(self.owner_budget);
        let scopes = key.scopes.clone();
        Caller { scopes, ..self.entitled(Owner::key(key.id), address, limit) }
    }

    /// A visitor pays for their house: a new cookie is not a new budget.
    fn visitor(&self, owner: Owner, address: IpAddr) -> Caller {
        let house = Sha256::digest(format!("{:?}{}", self.admin, household(address)).as_bytes());
        let name = house.first_chunk().copied().map_or(0, u64::from_be_bytes);
        let payer = Payer { name: format!("address:{name:016x}"), limit: self.owner_budget };
        Caller { payer, ..self.entitled(owner, address, None) }
    }

    fn entitled(&self, owner: Owner, address: IpAddr, limit: Option<Usd>) -> Caller {
        let payer = Payer { name: owner.0.clone(), limit };
        Caller { owner, address, payer, admin: false, scopes: Scope::ALL.to_vec() }
    }
}

fn unauthenticated(detail: &str) -> Problem {
    Problem::new("unauthenticated", detail).closing()
}

/// The token behind `Authorization: Bearer`.
fn bearer_token(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
