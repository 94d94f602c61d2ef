//! HTTP in, HTTP out: every URL on one page. Decides nothing.

mod health;
mod page;

use actix_web::web::{self, ServiceConfig};

pub use crate::routes::page::{BrokenTemplate, Templates};

/// Every URL, each with and without its trailing slash.
pub fn all(config: &mut ServiceConfig) {
    config
        .service(web::resource(["/", ""]).get(page::first))
        .service(web::resource("/static/css/page.css").get(page::style))
        .service(web::resource(["/livez", "/livez/"]).get(health::livez))
        .service(web::resource(["/readyz", "/readyz/"]).get(health::readyz));
}
