//! How much is too much.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::audio::decode;
use crate::domain::money::Usd;
use crate::settings::source::Source;

/// How much is too much.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// The longest a turn may take. `TURN_TIMEOUT`, in seconds, default 60.
    pub turn_timeout: Duration,
    /// How long turns in flight have to end when the server is told to stop. `SHUTDOWN_TIMEOUT`, in
    /// seconds, default 60.
    pub shutdown_timeout: Duration,
    /// The largest clip, in bytes. `MAX_AUDIO_MB`, default 25.
    pub max_audio_bytes: u64,
    /// The longest clip. `MAX_AUDIO_SECONDS`, default 600; an engine may hear less.
    pub max_audio_seconds: u32,
    /// Turns taken at the same time. `MAX_TURNS_IN_FLIGHT`, default 64.
    pub turns_in_flight: Limit<u32>,
    /// Turns a minute, for each owner and each address. `TURNS_PER_MINUTE`; none: 20, but as many
    /// as come where only this computer can ask and nothing costs.
    pub turns_per_minute: Option<Limit<u32>>,
    /// What all together may cost in a day. `DAILY_BUDGET_USD`, default 5.
    pub daily_budget: Limit<Usd>,
    /// What each owner may cost in a day. `OWNER_BUDGET_USD`, default 1; unlimited where all
    /// together are.
    pub owner_budget: Limit<Usd>,
}

/// So much, or as much as there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit<T> {
    /// So much.
    To(T),
    /// No limit. It must be asked for by this word.
    Unlimited,
}

impl<T> Limit<T> {
    /// The limit, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::To(limit) => Some(limit),
            Self::Unlimited => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Limit<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(limit) => limit.fmt(formatter),
            Self::Unlimited => formatter.write_str("unlimited"),
        }
    }
}

impl FromStr for Limit<u32> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(limit @ 1..) => Ok(Self::To(limit)),
            _ if text == "unlimited" => Ok(Self::Unlimited),
            _ => Err(format!("`{text}` is neither a whole number from 1 nor `unlimited`")),
        }
    }
}

impl FromStr for Limit<Usd> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        text.parse().map(Self::To).map_err(|error| format!("{error}, nor `unlimited`"))
    }
}

impl LimitSettings {
    /// Whether anything may cost only so much.
    pub fn has_budget(&self) -> bool {
        self.daily_budget != Limit::Unlimited || self.owner_budget != Limit::Unlimited
    }

    /// What a clip may take to decode.
    pub fn decode(&self) -> decode::Limits {
        decode::Limits {
            max_bytes: self.max_audio_bytes,
            max_seconds: self.max_audio_seconds,
            ..decode::Limits::default()
        }
    }

    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let seconds = source.number("MAX_AUDIO_SECONDS", 600, 1..=86_400);
        let in_flight = source.value("MAX_TURNS_IN_FLIGHT");
        let per_minute = source.value("TURNS_PER_MINUTE");
        let daily = source.value("DAILY_BUDGET_USD").unwrap_or(Limit::To(Usd(5_000_000)));
        let own = match daily {
            Limit::To(_) => Limit::To(Usd(1_000_000)),
            Limit::Unlimited => Limit::Unlimited,
        };
        Self {
            turn_timeout: Duration::from_secs(source.number("TURN_TIMEOUT", 60, 1..=3600)),
            shutdown_timeout: Duration::from_secs(source.number("SHUTDOWN_TIMEOUT", 60, 0..=3600)),
            max_audio_bytes: source.number("MAX_AUDIO_MB", 25, 1..=1024) * 1024 * 1024,
            max_audio_seconds: u32::try_from(seconds).unwrap_or(600),
            turns_in_flight: in_flight.unwrap_or(Limit::To(64)),
            turns_per_minute: per_minute,
            daily_budget: daily,
            owner_budget: source.value("OWNER_BUDGET_USD").unwrap_or(own),
        }
    }
}
