//! Builds the house from its settings: engines, pipeline, memory, server.

mod exposure;
mod open_files;
mod options;
mod secrets;
mod server;
mod settling;
pub mod stop;
mod watch;

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use thiserror::Error;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use crate::conversations::{Conversations, Keyring, Retention};
use crate::engines::{self, ChoiceError, Unpriced};
use crate::pipeline::budget::Budget;
use crate::pipeline::error::EngineError;
use crate::pipeline::{Engines, Limits, Pipeline};
use crate::routes::BrokenTemplate;
use crate::settings::Settings;
pub use crate::startup::options::briefing;
use crate::startup::server::Serving;
pub use crate::startup::settling::{STAGES, counted_as_free, refuse_unknown_prices, settle};
use crate::store::{Store, StoreError};
use crate::telemetry::Metrics;

/// Those who are cut off have so long to be gone. What they leave is written then.
const CUT_OFF: Duration = Duration::from_secs(5);
/// How often a server that is not alone looks whether it is by now.
const ALONE_AGAIN: Duration = Duration::from_secs(60);

/// Whoever asks in the first moment is answered before the engines load, which takes all the cores
/// there are for a while. A turn that comes so early loads what it needs at once.
const FIRST_MOMENT: Duration = Duration::from_millis(50);

/// Why the house could not be built.
#[derive(Debug, Error)]
pub enum StartupError {
    /// The data folder cannot be used.
    #[error("DATA_DIR: {folder} cannot be used: {source}")]
    DataFolder {
        /// Which folder.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// Nobody can listen there.
    #[error("BIND: cannot listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An engine cannot be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The certificate or its key cannot be used.
    #[error("TLS_CERT and TLS_KEY: {file} cannot be used: {source}")]
    Certificate {
        /// Which file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// Other machines could reach what they must not.
    #[error("other machines can reach this server, and that is not safe yet:\n{}", .0.join("\n"))]
    Unsafe(Vec<String>),
    /// A budget is set that cannot be kept.
    #[error("{}", settling::unknown(.0))]
    UnknownPrices(Vec<Unpriced>),
    /// It is not clear which models are to be asked.
    #[error(transparent)]
    Models(#[from] ChoiceError),
    /// The server broke.
    #[error("the server stopped: {0}")]
    Server(io::Error),
    /// A page is broken.
    #[error(transparent)]
    Page(#[from] BrokenTemplate),
}

/// A turn that remembers, ready to be asked, and the parts that it is made of.
pub struct House {
    /// Who hears, thinks and speaks.
    pub engines: Engines,
    /// Where conversations are kept.
    pub store: Store,
    /// Turns that remember.
    pub conversations: Conversations,
    /// The API keys there are.
    pub keyring: Keyring,
}

impl House {
    /// Opens the engines and the database, in this order: settings that cannot be used leave
    /// nothing behind. The engines load nothing yet: that takes all the cores there are for a while.
    pub async fn build(settings: &Settings) -> Result<Self, StartupError> {
        refuse_unknown_prices(settings)?;
        let engines = engines::open(settings)?;
        let store = open_store(settings).await?;
        let budget = Budget::new(settings.limits.daily_budget.value());
        let today = Utc::now().date_naive();
        budget.restore(today, store.spending(today).await?);
        let pipeline = Arc::new(pipeline(settings, engines.clone()));
        let own = own(settings, &pipeline);
        let options = options::of(settings, budget, Some(options::keeping(settings)?), own);
        let conversations = Conversations::new(store.clone(), pipeline, options);
        let keyring = Keyring::new(store.clone());
        Ok(Self { engines, store, conversations, keyring })
    }
}

/// The server, bound and accepted by its database, not yet serving.
pub struct Application {
    address: SocketAddr,
    scheme: &'static str,
    serving: Serving,
    house: House,
    farewell: Duration,
    _watch: AbortOnDropHandle<()>,
    _alone: AbortOnDropHandle<()>,
}

impl Application {
    /// Binds first, so that a port that is taken is known before anything else is done.
    pub async fn build(settings: &Settings) -> Result<Self, StartupError> {
        Metrics::start();
        open_files::raise_limit();
        let address = settings.server.bind;
        let bind = |source| StartupError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let settings = &settle(settings, &STAGES).await?;
        let house = House::build(settings).await?;
        let dangers = exposure::dangers(settings);
        if !dangers.is_empty() {
            return Err(StartupError::Unsafe(dangers));
        }
        house.conversations.keep_forgetting(Retention {
            conversations_days: settings.recordings.conversations_days,
            recordings_days: settings.recordings.days,
        });
        let serving = server::serve(listener, &house, settings)?;
        let watch = tokio::spawn(watch::keep(
            serving.outlook.clone(),
            serving.entrance.clone(),
            settings.clone(),
        ));
        let scheme = if settings.server.tls.is_some() { "https" } else { "http" };
        let alone = tokio::spawn(serve_alone(house.store.clone()));
        Ok(Self {
            address,
            scheme,
            serving,
            house,
            farewell: settings.limits.shutdown_timeout,
            _watch: AbortOnDropHandle::new(watch),
            _alone: AbortOnDropHandle::new(alone),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as an address for browsers and programs.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// A link that logs in whoever administers, once; none if the admin token is known already.
    pub fn login_link(&self) -> Option<String> {
        let once = self.serving.once.as_ref()?;
        Some(format!("{}/login?once={}", self.url(), once.reveal()))
    }

    /// Serves until the process is asked to stop. Then nobody comes in any more, those who are
    /// inside are answered, and what is still to be written is written. Asked once more, it ends
    /// at once.
    pub async fn run_until_stopped(self) -> Result<(), StartupError> {
        info!(address = %self.address, "serving");
        let engines = self.house.engines.clone();
        let _warming = AbortOnDropHandle::new(tokio::spawn(async move {
            sleep(FIRST_MOMENT).await;
            engines.warm_up();
        }));
        let handle = self.serving.server.handle();
        let (entrance, inside) = (self.serving.entrance.clone(), self.serving.entrance);
        let farewell = self.farewell;
        let stopper = tokio::spawn(async move {
            stop::asked().await;
            info!(turns = entrance.inside(), "ending after the turns in flight");
            entrance.close();
            let empty = tokio::select! {
                emptied = timeout(farewell, entrance.emptied()) => emptied.is_ok(),
                _ = stop::asked() => false,
            };
            handle.stop(empty).await;
        });
        let served = self.serving.server.await.map_err(StartupError::Server);
        stopper.abort();
        // What a turn that was cut off leaves behind is known once it is gone.
        let _ = timeout(CUT_OFF, inside.emptied()).await;
        self.house.conversations.close().await;
        served
    }
}

/// Says aloud if another server serves from the same database, and holds the place once it is free.
async fn serve_alone(store: Store) {
    let mut told = false;
    loop {
        match store.serve_alone().await {
            Ok(Some(serving)) => {
                let _serving = serving;
                return std::future::pending().await;
            }
            Ok(None) if told => {}
            Ok(None) => warn!(
                "another server serves from the same {} database: budgets and rates hold for each \
                 of them alone, a request repeated at the other is paid again, and a turn can only \
                 be ended where it is taken; deploy/README.md tells what they do not share",
                store.kind()
            ),
            Err(error) => warn!(%error, "whether another server is there could not be seen"),
        }
        told = true;
        sleep(ALONE_AGAIN).await;
    }
}

/// Opens the database, in a data folder that nobody else can read.
pub async fn open_store(settings: &Settings) -> Result<Store, StartupError> {
    make_private(&settings.data_dir).map_err(|source| StartupError::DataFolder {
        folder: settings.data_dir.display().to_string(),
        source,
    })?;
    let store = Store::open(settings.memory.database.expose()).await?;
    info!(database = store.kind(), "the memory is open");
    Ok(store)
}

/// Makes a folder that only its owner can read, unless it is there already.
pub fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Turns as every door takes them, within what the settings allow.
pub fn pipeline(settings: &Settings, engines: Engines) -> Pipeline {
    let limits = &settings.limits;
    let limits = Limits { turn: limits.turn_timeout, decode: limits.decode(), ..Limits::default() };
    Pipeline::new(engines, limits)
}

/// The same over the engines in the binary, which load nothing before a turn asks for them.
fn own(settings: &Settings, set: &Arc<Pipeline>) -> Option<Arc<Pipeline>> {
    let elsewhere = engines::servers(settings).next().is_some();
    if !elsewhere {
        return Some(Arc::clone(set));
    }
    engines::own(settings).map(|engines| Arc::new(pipeline(settings, engines)))
}
