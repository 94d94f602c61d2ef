//! When to ask a server once more: seldom, not at once, and never all together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often one question is asked again.
pub(super) const MOST_RETRIES: u32 = 2;
/// The longest that a listener is kept waiting for another try.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How far apart tries are spread, at first.
const SPREAD: Duration = Duration::from_millis(250);

/// What retries may still cost. Ten calls that are asked for pay for one more. A server that closes
/// the connection without an answer may charge for its work all the same: what is asked again is
/// counted once in budgets, so a bill may exceed them by a tenth.
pub(super) struct Budget(Mutex<u32>);

impl Budget {
    /// What a retry costs, in what a call earns.
    const RETRY: u32 = 10;
    /// The most that can be saved: five retries.
    const FULL: u32 = 5 * Self::RETRY;

    /// Enough for a bad start.
    pub(super) fn new() -> Self {
        Self(Mutex::new(Self::FULL))
    }

    /// A call was made.
    pub(super) fn earn(&self) {
        let mut saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *saved = (*saved + 1).min(Self::FULL);
    }

    /// Pays for a retry, if enough is saved.
    pub(super) fn spend(&self) -> bool {
        let mut saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = saved.checked_sub(Self::RETRY);
        *saved = left.unwrap_or(*saved);
        left.is_some()
    }
}

/// A time by chance between none and the spread, which doubles with every try.
pub(super) fn jitter(attempt: u32) -> Duration {
    let spread = SPREAD.saturating_mul(1 << attempt.min(4));
    let chance = getrandom::u32().unwrap_or(u32::MAX / 2);
    spread.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

/// How long the server asks to be left alone.
pub(super) fn asked_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok());
    if let Some(wait) = milliseconds.and_then(|wait| sane(wait / 1e3)) {
        return Some(wait);
    }
    let text = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = text.parse::<f64>() {
        return sane(seconds);
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

fn sane(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(86_400.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, text.parse().unwrap());
        let now = DateTime::parse_from_rfc3339("2026-11-21T09:00:00Z").unwrap();
        asked_wait(&headers, now.with_timezone(&Utc))
    }

    #[test]
    fn a_wait_is_understood_in_seconds_milliseconds_and_as_a_date() {
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", " 0.5 "), Some(Duration::from_millis(500)));
        assert_eq!(wait("retry-after-ms", "120"), Some(Duration::from_millis(120)));
        let date = wait("retry-after", "Sat, 21 Nov 2026 09:00:03 GMT");
        assert_eq!(date, Some(Duration::from_secs(3)));
        let past = wait("retry-after", "Fri, 20 Nov 2026 09:00:03 GMT");
        assert_eq!(past, Some(Duration::ZERO));
    }

    #[test]
    fn a_wait_that_is_none_is_not_believed() {
        for text in ["soon", "-1", "nan", ""] {
            assert_eq!(wait("retry-after", text), None, "{text}");
        }
        assert_eq!(wait("retry-after", "1e300"), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn ten_calls_pay_for_one_retry() {
        let budget = Budget::new();
        let spent = (0..10).filter(|_| budget.spend()).count();
        assert_eq!(spent, 5);

        (0..9).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend() && !budget.spend());

        (0..1000).for_each(|_| budget.earn());
        assert_eq!((0..10).filter(|_| budget.spend()).count(), 5);
    }

    #[test]
    fn tries_spread_more_and_more() {
        for attempt in 0..4 {
            let most = SPREAD * (1 << attempt);
            assert!((0..100).all(|_| jitter(attempt) <= most));
        }
    }
}
