//! What the process tells those who operate it: structured logs on standard error.
//!
//! Never logged: secrets, sound, and what was said. Rooms log ids, sizes and times.

mod lines;
mod metrics;
mod panics;
#[cfg(test)]
mod paper;
mod process;

use std::io::{self, IsTerminal};
use std::str::FromStr;
use std::sync::OnceLock;

use thiserror::Error;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

pub use crate::telemetry::metrics::Metrics;

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

impl LogFilter {
    /// A level alone is about our own rooms. What the libraries beneath them tell is news to
    /// nobody who runs the server, and strangers can make some of them say what they like; who
    /// wants to know it asks for `debug`, or for the library by its name.
    fn directives(&self) -> String {
        let each = self.0.split(',').map(|part| match LevelFilter::from_str(part.trim()) {
            Ok(level) if level <= LevelFilter::INFO => {
                let others = level.min(LevelFilter::WARN);
                format!("{others},actix_http=off,symphonia=off,repartee={level}")
            }
            _ => part.to_owned(),
        });
        each.collect::<Vec<_>>().join(",")
    }
}

/// How the log is written, once it is.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Whether machines read what is written on standard error: all of it is JSON then.
pub fn is_for_machines() -> bool {
    FORMAT.get() == Some(&LogFormat::Json)
}

/// Starts logging, for the rest of the process. A second call changes nothing.
pub fn start(filter: &LogFilter, format: LogFormat) {
    let _ = FORMAT.set(format);
    panics::log();
    let filter = EnvFilter::new(filter.directives()).and(filter_fn(may_be_told));
    // A subscriber that is already there (in a test, say) stays.
    let _ = match format {
        LogFormat::Text => {
            let lines = lines::text(io::stderr, io::stderr().is_terminal());
            registry().with(lines.with_filter(filter)).try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer().json().with_writer(io::stderr);
            registry().with(lines.with_filter(filter)).try_init()
        }
    };
}

/// Looked at closely, the database's library tells its URL, and the password in it. And what the
/// HTTP library calls an error is mostly a stranger's.
fn may_be_told(metadata: &Metadata<'_>) -> bool {
    let (target, level) = (metadata.target(), *metadata.level());
    let secret = target.starts_with("sea_orm::") && level > Level::INFO;
    let theirs = target.starts_with("actix_http") && level == Level::ERROR;
    !secret && !theirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_is_about_our_own_rooms() {
        let directives = |text: &str| text.parse::<LogFilter>().unwrap().directives();
        let quiet = "actix_http=off,symphonia=off";
        assert_eq!(directives("info"), format!("warn,{quiet},repartee=info"));
        assert_eq!(directives("error"), format!("error,{quiet},repartee=error"));
        assert_eq!(directives("info,sqlx=debug"), format!("warn,{quiet},repartee=info,sqlx=debug"));
        for text in ["debug", "trace", "repartee::store=debug", "warn,hyper=info"] {
            assert!(directives(text).contains(text.rsplit(',').next().unwrap()), "{text}");
        }
    }
}
