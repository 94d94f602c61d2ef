//! The clock and the calendar, where the speaker is.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::thinking::dates;

/// Places that people name by another name than their time zone.
const PLACES: &[(&str, Tz)] = &[
    ("india", Tz::Asia__Kolkata),
    ("delhi", Tz::Asia__Kolkata),
    ("new delhi", Tz::Asia__Kolkata),
    ("mumbai", Tz::Asia__Kolkata),
    ("bangalore", Tz::Asia__Kolkata),
    ("beijing", Tz::Asia__Shanghai),
    ("china", Tz::Asia__Shanghai),
    ("japan", Tz::Asia__Tokyo),
    ("germany", Tz::Europe__Berlin),
    ("munich", Tz::Europe__Berlin),
    ("hamburg", Tz::Europe__Berlin),
    ("france", Tz::Europe__Paris),
    ("england", Tz::Europe__London),
    ("italy", Tz::Europe__Rome),
    ("spain", Tz::Europe__Madrid),
    ("barcelona", Tz::Europe__Madrid),
    ("california", Tz::America__Los_Angeles),
    ("san francisco", Tz::America__Los_Angeles),
    ("seattle", Tz::America__Los_Angeles),
    ("texas", Tz::America__Chicago),
    ("boston", Tz::America__New_York),
    ("washington", Tz::America__New_York),
    ("miami", Tz::America__New_York),
];

/// "It's 10:42 in the morning."
pub fn time(now: &DateTime<Tz>) -> String {
    format!("It's {} {}.", twelve_hours(now), part_of_day(now))
}

/// "It's Friday, November 20."
pub fn date(now: &DateTime<Tz>) -> String {
    format!("It's {}.", dates::say(now.date_naive()))
}

/// "It's 2026."
pub fn year(now: &DateTime<Tz>) -> String {
    format!("It's {}.", now.year())
}

/// "Good morning", or whatever the hour calls for.
pub fn greeting(now: &DateTime<Tz>) -> &'static str {
    match now.hour() {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        18..22 => "Good evening",
        _ => "Hello",
    }
}

/// Answers what only a clock or a calendar can, if the words ask for it.
pub fn answer(words: &[&str], now: &DateTime<Tz>) -> Option<String> {
    time_elsewhere(words, now).or_else(|| dates::answer(words, now.date_naive()))
}

/// "In Tokyo, it's 8:42 in the evening."
fn time_elsewhere(words: &[&str], now: &DateTime<Tz>) -> Option<String> {
    let asked = words.contains(&"time") && words.len() <= 10;
    let at = words.iter().rposition(|word| *word == "in").filter(|_| asked)?;
    let place = words[at + 1..].join(" ");
    let place = place.trim_end_matches(" right now").trim_end_matches(" now");
    let zone = zone(place)?;
    let there = now.with_timezone(&zone);
    let place = title(place);
    Some(format!("In {place}, it's {} {}.", twelve_hours(&there), part_of_day(&there)))
}

fn zone(place: &str) -> Option<Tz> {
    if let Some((_, zone)) = PLACES.iter().find(|(name, _)| *name == place) {
        return Some(*zone);
    }
    let matches = |zone: &&Tz| {
        let city = zone.name().rsplit('/').next().unwrap_or_default();
        zone.name().contains('/') && city.replace('_', " ").eq_ignore_ascii_case(place)
    };
    TZ_VARIANTS.iter().find(matches).copied()
}

fn title(place: &str) -> String {
    let words: Vec<String> = place.split(' ').map(capitalised).collect();
    words.join(" ")
}

fn twelve_hours(now: &DateTime<Tz>) -> String {
    format!("{}:{:02}", now.hour12().1, now.minute())
}

fn part_of_day(now: &DateTime<Tz>) -> &'static str {
    match now.hour() {
        5..12 => "in the morning",
        12..18 => "in the afternoon",
        18..22 => "in the evening",
        _ => "at night",
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn now(zone: Tz) -> DateTime<Tz> {
        Utc.with_ymd_and_hms(2026, 11, 20, 23, 42, 0).unwrap().with_timezone(&zone)
    }

    #[test]
    fn the_clock_is_where_the_speaker_is() {
        assert_eq!(time(&now(Tz::UTC)), "It's 11:42 at night.");
        assert_eq!(time(&now(Tz::Asia__Kolkata)), "It's 5:12 in the morning.");
        assert_eq!(date(&now(Tz::UTC)), "It's Friday, November 20.");
        assert_eq!(date(&now(Tz::Asia__Kolkata)), "It's Saturday, November 21.");
        assert_eq!(greeting(&now(Tz::America__Los_Angeles)), "Good afternoon");
    }

    #[test]
    fn other_places_have_their_own_time() {
        for (text, expected) in [
            ("what time is it in tokyo", "In Tokyo, it's 8:42 in the morning."),
            ("what is the time in new york now", "In New York, it's 6:42 in the evening."),
            ("what time is it in germany", "In Germany, it's 12:42 at night."),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(answer(&words, &now(Tz::UTC)).as_deref(), Some(expected));
        }
        assert_eq!(answer(&["what", "time", "is", "it", "in", "narnia"], &now(Tz::UTC)), None);
    }
}
