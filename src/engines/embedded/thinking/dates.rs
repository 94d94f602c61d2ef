//! Days by name: which day it is, and how far away.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::domain::hours::{WEEK, day_name};
use crate::engines::embedded::thinking::numbers;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days that have a name every year.
const FEASTS: &[(&str, &str, Feast)] = &[
    ("christmas eve", "Christmas Eve", Feast::On(12, 24)),
    ("christmas", "Christmas", Feast::On(12, 25)),
    ("new year's eve", "New Year's Eve", Feast::On(12, 31)),
    ("new years eve", "New Year's Eve", Feast::On(12, 31)),
    ("new year", "New Year", Feast::On(1, 1)),
    ("new year's", "New Year", Feast::On(1, 1)),
    ("new years", "New Year", Feast::On(1, 1)),
    ("halloween", "Halloween", Feast::On(10, 31)),
    ("valentine's day", "Valentine's Day", Feast::On(2, 14)),
    ("valentines day", "Valentine's Day", Feast::On(2, 14)),
    ("april fools", "April Fools' Day", Feast::On(4, 1)),
    ("easter", "Easter", Feast::Easter),
    ("thanksgiving", "Thanksgiving", Feast::Thanksgiving),
];

/// Words that ask for more than the next day of a name, which is the only one known here.
const OTHER_DAYS: &[&str] =
    &["next", "last", "since", "between", "after", "before", "from", "ago", "past", "and", "or"];

#[derive(Debug, Clone, Copy)]
enum Feast {
    On(u32, u32),
    Easter,
    Thanksgiving,
}

/// "Friday, November 20".
pub fn say(day: NaiveDate) -> String {
    format!("{}, {}", day_name(day.weekday()), say_date(day))
}

/// How far away a day is, or which day it falls on, if the words ask for it.
pub fn answer(words: &[&str], today: NaiveDate) -> Option<String> {
    if words.iter().any(|word| OTHER_DAYS.contains(word) || is_year(word)) {
        return None;
    }
    let has = |word: &str| words.contains(&word);
    let far = has("how") && (has("many") || has("long") || has("far"));
    let far = far && (has("days") || has("long") || has("weeks") || has("far"));
    if far || words.first() == Some(&"days") {
        let (name, day) = find(words, today)?;
        return Some(far_away(&name, day, today));
    }
    if words.len() <= 8 && matches!(words.first(), Some(&("what" | "when" | "which"))) {
        return on_which_day(words, today);
    }
    None
}

/// Whether the words are a day's name and nothing else.
pub fn is_day(words: &[&str]) -> bool {
    let words = words.strip_prefix(&["on"]).unwrap_or(words);
    let words = words.strip_prefix(&["the"]).unwrap_or(words);
    let text = words.join(" ");
    let dated = words.len() <= 4
        && words.iter().all(|word| {
            let month = MONTHS.iter().any(|name| name.eq_ignore_ascii_case(word));
            month || matches!(*word, "of" | "the") || numbers::ordinal(&[word]).is_some()
        });
    FEASTS.iter().any(|(spoken, ..)| *spoken == text)
        || dated
        || matches!(words, [only] if named_weekday(only).is_some())
}

/// How far away a named day is.
pub fn far_away(name: &str, day: NaiveDate, today: NaiveDate) -> String {
    match day.signed_duration_since(today).num_days() {
        0 => format!("{name} is today."),
        1 => format!("{name} is tomorrow."),
        days => format!("{name} is in {days} days."),
    }
}

/// The day that the words name, with its name, the next time that it comes.
pub fn find(words: &[&str], today: NaiveDate) -> Option<(String, NaiveDate)> {
    feast(words, today).or_else(|| date(words, today)).or_else(|| weekday(words, today))
}

fn on_which_day(words: &[&str], today: NaiveDate) -> Option<String> {
    let asks_day = words.iter().any(|word| matches!(*word, "day" | "date" | "when" | "is"));
    let beside = |offset: i64| {
        if offset < 0 {
            today.checked_sub_days(Days::new(1))
        } else {
            today.checked_add_days(Days::new(1))
        }
    };
    let short = words.len() <= 6 && asks_day;
    let says = |name: &str| words.iter().any(|word| word.trim_end_matches("'s") == name);
    if short && says("tomorrow") && (says("day") || says("date")) {
        return Some(format!("Tomorrow is {}.", say(beside(1)?)));
    }
    if short && says("yesterday") && (says("day") || says("date")) {
        return Some(format!("Yesterday was {}.", say(beside(-1)?)));
    }
    let (name, day) = feast(words, today).or_else(|| date(words, today)).filter(|_| asks_day)?;
    if name == say_date(day) {
        return Some(format!("{name} is a {}.", day_name(day.weekday())));
    }
    Some(format!("{name} is on {}.", say(day)))
}

fn feast(words: &[&str], today: NaiveDate) -> Option<(String, NaiveDate)> {
    let text = words.join(" ");
    let (_, name, feast) = FEASTS.iter().find(|(spoken, ..)| text.contains(spoken))?;
    let day = next(today, |year| match feast {
        Feast::On(month, day) => NaiveDate::from_ymd_opt(year, *month, *day),
        Feast::Easter => easter(year),
        Feast::Thanksgiving => NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4),
    })?;
    Some(((*name).to_owned(), day))
}

/// "december twenty fifth" or "the 25th of december".
fn date(words: &[&str], today: NaiveDate) -> Option<(String, NaiveDate)> {
    let (at, month) = words.iter().enumerate().find_map(|(at, word)| {
        let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(word))?;
        Some((at, u32::try_from(month).ok()? + 1))
    })?;
    let rest = &words[at + 1..];
    let rest = if rest.first() == Some(&"the") { &rest[1..] } else { rest };
    let before = || {
        let head = words[..at].strip_suffix(&["of"])?;
        (1..=2.min(head.len())).rev().find_map(|length| {
            let tail = &head[head.len() - length..];
            numbers::ordinal(tail).filter(|(_, taken)| *taken == length)
        })
    };
    let (day, _) = numbers::ordinal(rest).or_else(before)?;
    let day = next(today, |year| NaiveDate::from_ymd_opt(year, month, day))?;
    Some((say_date(day), day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn weekday(words: &[&str], today: NaiveDate) -> Option<(String, NaiveDate)> {
    let day = words.iter().find_map(|word| named_weekday(word))?;
    let name = if words.contains(&"weekend") { "The weekend" } else { day_name(day) };
    let ahead = (1..=7).filter_map(|days| today.checked_add_days(Days::new(days)));
    let next = ahead.into_iter().find(|next| next.weekday() == day)?;
    Some((name.to_owned(), next))
}

/// The weekday of that name; the weekend begins on Saturday.
pub fn named_weekday(word: &str) -> Option<Weekday> {
    let word = word.trim_end_matches("'s");
    let word = word.strip_suffix('s').unwrap_or(word);
    if word == "weekend" {
        return Some(Weekday::Sat);
    }
    WEEK.into_iter().find(|day| day_name(*day).eq_ignore_ascii_case(word))
}

fn say_date(day: NaiveDate) -> String {
    format!("{} {}", MONTHS[day.month0() as usize], day.day())
}

/// The day in this year, or in the first later one that has it ahead.
fn next(today: NaiveDate, day: impl Fn(i32) -> Option<NaiveDate>) -> Option<NaiveDate> {
    (0..=8).filter_map(|years| day(today.year() + years)).find(|day| *day >= today)
}

/// Easter Sunday by the anonymous Gregorian method.
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let correction = (century + 8) / 25;
    let moon = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let days = moon + sunday - 7 * late + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(days / 31).ok()?,
        u32::try_from(days % 31).ok()? + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        answer(&words, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap())
    }

    #[test]
    fn days_are_counted_to_a_named_day() {
        for (text, expected) in [
            ("how many days until christmas", "Christmas is in 35 days."),
            ("how long until halloween", "Halloween is in 345 days."),
            ("how many days until november twenty first", "November 21 is tomorrow."),
            ("how many days until the 20th of november", "November 20 is today."),
            ("how many days until friday", "Friday is in 7 days."),
            ("how many days until the weekend", "The weekend is tomorrow."),
            ("how many days to new year's eve", "New Year's Eve is in 41 days."),
            ("how long until easter", "Easter is in 128 days."),
            ("how many days into christmas", "Christmas is in 35 days."),
        ] {
            assert_eq!(ask(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn days_are_named() {
        for (text, expected) in [
            ("when is thanksgiving", "Thanksgiving is on Thursday, November 26."),
            ("what day is december 25th", "December 25 is a Friday."),
            ("what day is tomorrow", "Tomorrow is Saturday, November 21."),
            ("what day was yesterday", "Yesterday was Thursday, November 19."),
        ] {
            assert_eq!(ask(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "how many days since christmas",
            "what day is christmas next year",
            "how many days until christmas and easter",
        ] {
            assert_eq!(ask(text), None, "{text}");
        }
        assert_eq!(ask("how many days until march 3rd 2028"), None);
        assert_eq!(ask("what day is the 24th of december").unwrap(), "December 24 is a Thursday.");
        assert_eq!(ask("when will you finally be done"), None);
        assert_eq!(ask("how many people live in china"), None);
    }
}
