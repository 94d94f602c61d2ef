//! How much of the house's own affairs somebody is told.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::routes::guard::caller::Access;
use crate::routes::problem::Problem;

/// How much of the house's own affairs somebody is told; each is told what those before are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Who may not talk: whether the house is well.
    Stranger,
    /// Who may talk: who works here, and what is allowed.
    Guest,
    /// Who administers, and whoever is on this computer where only it reaches us: what it costs,
    /// and what is wrong.
    Insider,
}

impl FromRequest for Confidence {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let access = request.app_data::<Data<Access>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let access = access.ok_or_else(|| Problem::new("internal", "no access rules"))?;
            if access.local {
                return Ok(Self::Insider);
            }
            // Also while the keys cannot be read: those who look after machines are answered then.
            Ok(match access.caller(&request).await {
                Ok(caller) if caller.admin => Self::Insider,
                Ok(_) => Self::Guest,
                Err(_) => Self::Stranger,
            })
        })
    }
}
