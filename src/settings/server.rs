//! Where to listen.

use std::net::{Ipv4Addr, SocketAddr};

use crate::settings::source::Source;

/// Where to listen.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Address and port; port 0 picks a free one. `BIND`, default `127.0.0.1:8000`.
    pub bind: SocketAddr,
}

impl ServerSettings {
    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8000));
        let Some(text) = source.text("BIND") else { return Self { bind: default } };
        let bind = match text.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() => address,
            Ok(_) => {
                source.mistake("BIND", not_loopback(&text));
                default
            }
            Err(_) => {
                source.mistake("BIND", format!("`{text}` is not an address such as {default}"));
                default
            }
        };
        Self { bind }
    }
}

fn not_loopback(text: &str) -> String {
    format!(
        "`{text}` can be reached from other machines, and this version has no login yet; \
         use 127.0.0.1 or [::1]"
    )
}
