//! Opening hours, day by day.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Weekday};
use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

/// Opening hours of a week. A day that is not named is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    /// Monday's.
    pub monday: Day,
    /// Tuesday's.
    pub tuesday: Day,
    /// Wednesday's.
    pub wednesday: Day,
    /// Thursday's.
    pub thursday: Day,
    /// Friday's.
    pub friday: Day,
    /// Saturday's.
    pub saturday: Day,
    /// Sunday's.
    pub sunday: Day,
    /// One sentence more, said after the hours of a week.
    pub notes: Option<String>,
}

/// When one is open on a day: nothing is closed, several spans leave a break between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Day(pub Vec<Span>);

/// From opening to closing. Closing at 0:00 is midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the door opens.
    pub opens: NaiveTime,
    /// When it closes.
    pub closes: NaiveTime,
}

/// The text is no span of hours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a day's hours; write \"9:00-17:00\", \"9:00-12:00, 13:00-17:00\" or \"closed\""
)]
pub struct NotHours(String);

/// The days in the order that people say them.
pub const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A weekday's English name.
pub fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

impl Hours {
    /// When one is open on a day of the week.
    pub fn on(&self, day: Weekday) -> &Day {
        match day {
            Weekday::Mon => &self.monday,
            Weekday::Tue => &self.tuesday,
            Weekday::Wed => &self.wednesday,
            Weekday::Thu => &self.thursday,
            Weekday::Fri => &self.friday,
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
        }
    }
}

impl Day {
    /// Whether the door stays shut all day.
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the door is open at that time.
    pub fn is_open_at(&self, time: NaiveTime) -> bool {
        self.0
            .iter()
            .any(|span| span.opens <= time && (time < span.closes || span.closes == NaiveTime::MIN))
    }
}

impl FromStr for Day {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().eq_ignore_ascii_case("closed") {
            return Ok(Self::default());
        }
        let spans: Option<Vec<Span>> = text.split(',').map(span).collect();
        spans.map(Self).ok_or_else(|| NotHours(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

fn span(text: &str) -> Option<Span> {
    let (opens, closes) = text.split_once(['-', '–'])?;
    let span = Span { opens: clock_time(opens)?, closes: clock_time(closes)? };
    (span.opens < span.closes || span.closes == NaiveTime::MIN).then_some(span)
}

fn clock_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let hours: u32 = hours.parse().ok()?;
    NaiveTime::from_hms_opt(if hours == 24 { 0 } else { hours }, minutes.parse().ok()?, 0)
}

impl fmt::Display for Hours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for day in WEEK {
            writeln!(formatter, "- {}: {}", day_name(day), self.on(day))?;
        }
        match &self.notes {
            Some(notes) => write!(formatter, "{notes}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_closed() {
            return formatter.write_str("closed");
        }
        let spans: Vec<String> = self
            .0
            .iter()
            .map(|span| {
                format!("{} to {}", span.opens.format("%-H:%M"), span.closes.format("%-H:%M"))
            })
            .collect();
        formatter.write_str(&spans.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_may_have_a_break_and_may_end_at_midnight() {
        let day: Day = "9-12, 13:30 – 24:00".parse().unwrap();

        assert_eq!(day.to_string(), "9:00 to 12:00 and 13:30 to 0:00");
        let at = |hour, minute| day.is_open_at(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
        assert!(at(9, 0) && !at(12, 0) && !at(13, 0) && at(23, 59));
    }

    #[test]
    fn hours_that_make_no_sense_are_refused() {
        for text in ["", "nine to five", "17:00-9:00", "9:00-25:00", "9:00", "9:75-10:00"] {
            assert!(text.parse::<Day>().is_err(), "{text} was accepted");
        }
    }
}
