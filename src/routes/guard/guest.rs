//! Somebody who wants an engine's work: they may talk, and have knocked, before anything that they
//! bring is read.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::conversations::{Conversations, Errand};
use crate::domain::api_key::Scope;
use crate::routes::guard::admission::Permit;
use crate::routes::guard::caller::Caller;
use crate::routes::guard::entrance::Entrance;
use crate::routes::problem::Problem;
use crate::routes::upload::UploadLimits;

/// Somebody who may talk, and for whom there was room when they knocked.
pub struct Guest {
    /// Who they are.
    pub caller: Caller,
    entrance: Data<Entrance>,
}

impl Guest {
    /// What they may bring.
    pub fn limits(&self) -> UploadLimits {
        self.entrance.limits()
    }

    /// Counts a turn, before anything that it brings is read. Work that is no turn (a text said, a
    /// clip heard) takes room and money, but no turn of the caller's.
    pub fn take_turn(&self, request: &HttpRequest) -> Result<(), Problem> {
        self.entrance.count(request, &self.caller)
    }

    /// Comes in, now that everything is there.
    pub fn enter(&self) -> Result<Permit, Problem> {
        self.entrance.enter(&self.caller)
    }

    /// Comes in for work that is no turn, and pays for it. Both are held until it is done.
    pub fn errand(&self, conversations: &Conversations) -> Result<(Permit, Errand), Problem> {
        Ok((self.enter()?, conversations.errand(self.caller.payer.clone())))
    }
}

impl FromRequest for Guest {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let caller = caller.await?;
            caller.may(Scope::Talk)?;
            let entrance = request.app_data::<Data<Entrance>>().cloned();
            let entrance = entrance.ok_or_else(|| Problem::new("internal", "no entrance"))?;
            entrance.knock(&caller)?;
            Ok(Self { caller, entrance })
        })
    }
}
