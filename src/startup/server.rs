//! The HTTP server: what it listens with, and what every handler may touch.

use std::fs::File;
use std::io::{self, BufReader};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use rustix::net::sockopt;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tracing_actix_web::TracingLogger;

use crate::domain::api_key::Secret;
use crate::domain::money::Price;
use crate::routes::guard::{
    Access, Admission, Cookies, Entrance, Gate, Logins, Proxies, Rates, Reads,
};
use crate::routes::health::{Exposed, Pulse};
use crate::routes::outlook::Outlook;
use crate::routes::present::present;
use crate::routes::request_id::RequestSpan;
use crate::routes::upload::UploadLimits;
use crate::routes::{self, Templates};
use crate::settings::{self, ServerSettings, Settings, TlsFiles};
use crate::startup::secrets::{Secrets, expose};
use crate::startup::{House, StartupError};
use crate::telemetry::Metrics;

/// A listener that takes nothing for so long has left.
const UNREAD: Duration = Duration::from_secs(30);
/// Sound is handed on in small pieces, so a connection needs no more to gather them in.
const WRITE_BUFFER: usize = 8 * 1024;
/// When all turns have ended, other requests have so long.
const LAST_SECONDS: u64 = 5;

/// Turns a minute for each, where nothing else is set.
const TURNS_PER_MINUTE: u32 = 20;

/// An admin token with so many characters is made by chance, not thought of, and cannot be guessed.
const UNGUESSABLE: usize = 32;

/// Everything that handlers may touch, made once for all workers.
struct Hall {
    access: Data<Access>,
    entrance: Data<Entrance>,
    gate: Data<Gate>,
    templates: Data<Templates>,
    outlook: Data<Outlook>,
    once: Option<Secret>,
}

/// The server, what lets it end gently, and the secret of the link that logs in once.
pub(super) struct Serving {
    pub server: Server,
    pub entrance: Entrance,
    pub outlook: Outlook,
    pub once: Option<Secret>,
}

/// A server that serves the house on this listener.
pub(super) fn serve(
    listener: TcpListener,
    house: &House,
    settings: &Settings,
) -> Result<Serving, StartupError> {
    prepare(&listener);
    let hall = Hall::of(house, settings, &listener)?;
    let (entrance, outlook) = (Entrance::clone(&hall.entrance), Outlook::clone(&hall.outlook));
    let once = hall.once.clone();
    let conversations = Data::new(house.conversations.clone());
    let persona = Data::from(Arc::clone(&settings.voice.persona));
    let exposed = Data::new(Exposed(settings.server.is_exposed()));
    let metrics = Data::new(Metrics::start());
    let pulse = Data::new(Pulse::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(hall.access.clone())
            .app_data(hall.entrance.clone())
            .app_data(hall.gate.clone())
            .app_data(hall.templates.clone())
            .app_data(hall.outlook.clone())
            .app_data(conversations.clone())
            .app_data(persona.clone())
            .app_data(exposed.clone())
            .app_data(metrics.clone())
            .app_data(pulse.clone())
            .wrap(from_fn(present))
            .wrap(TracingLogger::<RequestSpan>::new())
            .configure(routes::all)
    });
    // A listener who closes their side has left, and their turn ends.
    let server = server
        .h1_allow_half_closed(false)
        .h1_write_buffer_size(WRITE_BUFFER)
        .client_request_timeout(Duration::from_secs(5))
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(LAST_SECONDS)
        .disable_signals();
    let bound = match &settings.server.tls {
        Some(files) => server.listen_rustls_0_23(listener, tls(files)?),
        None => server.listen(listener),
    };
    let server = bound.map_err(StartupError::Server)?.run();
    Ok(Serving { server, entrance, outlook, once })
}

impl Hall {
    fn of(
        house: &House,
        settings: &Settings,
        listener: &TcpListener,
    ) -> Result<Self, StartupError> {
        let (server, limits) = (&settings.server, &settings.limits);
        let secrets = Secrets::of(settings).map_err(|source| StartupError::DataFolder {
            folder: settings.data_dir.display().to_string(),
            source,
        })?;
        let secure = is_https(server);
        let admin = Secret::shown(expose(&secrets.admin)).hash();
        let once = secrets.admin_is_new.then(|| Secret::fresh().ok()).flatten();
        let access = Access {
            open: server.access == settings::Access::Open,
            local: !server.is_exposed(),
            cookies: Cookies::new(&secrets.cookies, &admin, secure),
            admin,
            admin_is_short: expose(&secrets.admin).len() < UNGUESSABLE,
            keyring: house.keyring.clone(),
            proxies: Proxies(server.trusted_proxies.clone()),
            owner_budget: limits.owner_budget.value(),
            logins: Logins::new(once.as_ref()),
        };
        let entrance = Entrance::new(
            Rates::new(turns_per_minute(house, settings)),
            Reads::new(server.is_exposed()),
            Admission::new(limits.turns_in_flight.value()),
            UploadLimits { sound_bytes: limits.max_audio_bytes },
        );
        let gate = Gate {
            hosts: hosts(server, listener),
            origins: server.cors_origins.clone(),
            https: secure,
            public: server.public_url.as_ref().and_then(|url| {
                let origin = url.origin().ascii_serialization();
                let (_, host) = origin.split_once("://")?;
                Some((host.to_owned(), origin.clone()))
            }),
            local: !server.is_exposed(),
        };
        Ok(Self {
            access: Data::new(access),
            entrance: Data::new(entrance),
            gate: Data::new(gate),
            templates: Data::new(Templates::read()?),
            outlook: Data::default(),
            once,
        })
    }
}

/// How many turns a minute each may take. Whoever is alone with engines that cost nothing takes
/// nothing away from anybody.
fn turns_per_minute(house: &House, settings: &Settings) -> Option<u32> {
    let pipeline = house.conversations.pipeline();
    let prices =
        [pipeline.hearing().price(), pipeline.thinking().price(), pipeline.speaking().price()];
    let free = prices.iter().all(|price| *price == Price::Free);
    match settings.limits.turns_per_minute {
        Some(limit) => limit.value(),
        None => (settings.server.is_exposed() || !free).then_some(TURNS_PER_MINUTE),
    }
}

/// Whether browsers reach us by HTTPS.
fn is_https(server: &ServerSettings) -> bool {
    let public = server.public_url.as_ref().map(|url| url.scheme() == "https");
    public.unwrap_or(server.tls.is_some())
}

/// The names that we answer to.
fn hosts(server: &ServerSettings, listener: &TcpListener) -> Vec<String> {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
    if let Ok(address) = listener.local_addr() {
        match address.ip() {
            std::net::IpAddr::V4(ip) => hosts.push(ip.to_string()),
            std::net::IpAddr::V6(ip) => hosts.push(format!("[{ip}]")),
        }
    }
    let public = server.public_url.as_ref().and_then(|url| url.host_str());
    hosts.extend(public.map(str::to_ascii_lowercase));
    hosts.extend(server.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()));
    hosts
}

/// Small pieces leave at once, and a listener who takes nothing is not waited for. Connections
/// have this from the socket that accepted them. Without it, things are slower or end later.
fn prepare(listener: &TcpListener) {
    let unread = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
    let set = sockopt::set_tcp_nodelay(listener, true)
        .and_then(|()| sockopt::set_tcp_user_timeout(listener, unread));
    if let Err(error) = set {
        tracing::warn!(%error, "the socket could not be tuned");
    }
}

fn tls(files: &TlsFiles) -> Result<ServerConfig, StartupError> {
    let wrong = |file: &std::path::Path, source: io::Error| StartupError::Certificate {
        file: file.display().to_string(),
        source,
    };
    let other = |error: &dyn std::error::Error| io::Error::other(error.to_string());
    let open = |file: &std::path::Path| File::open(file).map(BufReader::new);
    let chain = open(&files.cert).map_err(|error| wrong(&files.cert, error))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_reader_iter(chain).collect();
    let chain = chain.map_err(|error| wrong(&files.cert, other(&error)))?;
    let key = open(&files.key).map_err(|error| wrong(&files.key, error))?;
    let key =
        PrivateKeyDer::from_pem_reader(key).map_err(|error| wrong(&files.key, other(&error)))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| wrong(&files.cert, other(&error)))?;
    Ok(config)
}
