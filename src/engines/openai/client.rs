//! The HTTP client of each thread: it keeps its connections for whoever speaks next.
//!
//! A connection is driven by the runtime that it was made in. Were it lent to another worker of the
//! server, each of its bytes would wake two threads instead of one.

use std::cell::OnceCell;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::pipeline::error::EngineError;

/// How long a server may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a connection is kept for the next turn.
const KEPT: Duration = Duration::from_secs(300);
const PING: Duration = Duration::from_secs(30);

/// Whom all clients believe. This computer's certificates are some hundred files, which must not be
/// read in each thread's first turn.
static TRUST: LazyLock<Result<ClientConfig, rustls::Error>> = LazyLock::new(trust);

thread_local! {
    static CLIENT: OnceCell<Client> = const { OnceCell::new() };
}

/// This thread's client.
pub(super) fn client() -> Result<Client, EngineError> {
    CLIENT.with(|client| match client.get() {
        Some(client) => Ok(client.clone()),
        None => made().map(|made| client.get_or_init(|| made).clone()),
    })
}

/// It follows no redirect, for a key must not be carried along.
fn made() -> Result<Client, EngineError> {
    let insecure = || {
        EngineError::Unavailable(
            "no secure connection can be made from here; install the package ca-certificates"
                .to_owned(),
        )
    };
    Client::builder()
        .tls_backend_preconfigured(TRUST.clone().map_err(|_| insecure())?)
        .user_agent(concat!("repartee/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .tcp_keepalive(PING)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_while_idle(true)
        .pool_idle_timeout(KEPT)
        .build()
        .map_err(|_| insecure())
}

fn trust() -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    config.alpn_protocols = ["h2", "http/1.1"].map(|name| name.as_bytes().to_vec()).into();
    Ok(config)
}
