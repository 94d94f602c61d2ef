//! The one HTTP client of the process: it keeps its connections for whoever speaks next.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::pipeline::error::EngineError;

/// How long a server may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a connection is kept for the next turn.
const KEPT: Duration = Duration::from_secs(300);
const PING: Duration = Duration::from_secs(30);

static CLIENT: OnceLock<Client> = OnceLock::new();

/// The client. It follows no redirect, for a key must not be carried along.
pub(super) fn client() -> Result<Client, EngineError> {
    if let Some(client) = CLIENT.get() {
        return Ok(client.clone());
    }
    // Whoever else has installed one first has installed one just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(concat!("repartee/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .tcp_keepalive(PING)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_while_idle(true)
        .pool_idle_timeout(KEPT)
        .build()
        .map_err(|_| {
            EngineError::Unavailable(
                "no secure connection can be made from here; install the package \
                 ca-certificates"
                    .to_owned(),
            )
        })?;
    Ok(CLIENT.get_or_init(|| client).clone())
}
