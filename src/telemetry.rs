//! What the process tells those who operate it: structured logs on standard error.
//!
//! Never logged: secrets, sound, and what was said. Rooms log ids, sizes and times.

use std::io::{self, IsTerminal};
use std::str::FromStr;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use thiserror::Error;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("`{other}` is neither `text` nor `json`")),
        }
    }
}

/// Which log lines are written, by level and room: `info`, or `warn,repartee::store=debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

/// The text is not a log filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0}; use a level (error, warn, info, debug, trace), or levels by room such as `info,repartee::store=debug`"
)]
pub struct NotAFilter(String);

impl FromStr for LogFilter {
    type Err = NotAFilter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::try_new(text).map_err(|error| NotAFilter(error.to_string()))?;
        // A word alone would be taken for a room's name; then nothing else is logged.
        let mut alone = text.split(',').filter(|part| !part.contains(['=', ':', '[']));
        if let Some(word) = alone.find(|word| LevelFilter::from_str(word.trim()).is_err()) {
            return Err(NotAFilter(format!("`{word}` is no level")));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Starts logging, for the rest of the process. A second call changes nothing.
pub fn start(filter: &LogFilter, format: LogFormat) {
    let filter = EnvFilter::new(&filter.0).and(filter_fn(keeps_secrets));
    let lines = fmt::layer()
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    // A subscriber that is already there (in a test, say) stays.
    let _ = match format {
        LogFormat::Text => registry().with(lines.with_filter(filter)).try_init(),
        LogFormat::Json => registry().with(lines.json().with_filter(filter)).try_init(),
    };
}

/// Looked at closely, the database's library tells its URL, and the password in it.
fn keeps_secrets(metadata: &Metadata<'_>) -> bool {
    !metadata.target().starts_with("sea_orm::") || *metadata.level() <= Level::INFO
}

/// Seconds that turns and their stages take, in steps that tell good from bad.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0];

/// What is counted, as Prometheus reads it.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting, for the rest of the process; a second call gives the same again.
    pub fn start() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let seconds = Matcher::Suffix("_seconds".to_owned());
            let builder = builder
                .set_buckets_for_metric(seconds, &SECONDS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // A recorder that is already there (in a test, say) stays.
            let _ = metrics::set_global_recorder(recorder);
            handle
        });
        Self(handle.clone())
    }

    /// Everything that was counted so far.
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}
