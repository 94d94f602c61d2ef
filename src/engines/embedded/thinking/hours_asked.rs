//! Questions about opening hours that name a day, an hour or both.

use chrono::NaiveTime;

use crate::engines::embedded::thinking::dates;
use crate::engines::embedded::thinking::knowledge::When;
use crate::engines::embedded::thinking::numbers;

/// What is asked about opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// For when.
    pub when: When,
    /// Whether the door is open at that time; none where that is not the question.
    pub at: Option<NaiveTime>,
}

/// Words of which such a question has one.
const ABOUT: &[&str] = &["open", "opened", "opening", "close", "closed", "hours"];

/// Words that it may have besides.
const FRAME: &[&str] = &[
    "are",
    "you",
    "we",
    "they",
    "is",
    "it",
    "do",
    "does",
    "will",
    "be",
    "when",
    "what",
    "your",
    "the",
    "shop",
    "store",
    "office",
    "time",
    "still",
    "until",
    "till",
    "how",
    "late",
    "there",
    "for",
    "on",
    "at",
    "this",
    "right",
    "moment",
    "currently",
    "about",
    "and",
    "also",
    "then",
];

/// Reads such a question; none if any word of it is not understood.
pub fn read(words: &[&str]) -> Option<Asked> {
    let about = words.iter().any(|word| ABOUT.contains(word));
    let (mut when, mut time) = (None, None);
    let mut at = 0;
    while about && at < words.len() {
        let rest = &words[at..];
        if let Some((found, taken)) = clock_time(rest) {
            time = Some(found).filter(|_| time.is_none());
            time?;
            at += taken;
            continue;
        }
        match day(rest[0]) {
            Some(found) if when.is_none_or(|when| when == found || when == When::Now) => {
                when = Some(found);
            }
            Some(_) => return None,
            None if FRAME.contains(&rest[0]) || ABOUT.contains(&rest[0]) => {}
            None => return None,
        }
        at += 1;
    }
    let asks_whether = matches!(words.first(), Some(&("are" | "is" | "do" | "will")))
        && !words.iter().any(|word| matches!(*word, "close" | "closed" | "until" | "till"));
    let when = when.or(match (time, words) {
        (Some(_), _) => Some(When::Today),
        (None, ["are", "you", "open"] | ["are", "you", "still", "open"]) => Some(When::Now),
        _ => None,
    });
    Some(Asked { when: when.filter(|_| about)?, at: time.filter(|_| asks_whether) })
}

/// Whether the words name a day or an hour.
pub fn names_time(words: &[&str]) -> bool {
    words.iter().any(|word| day(word).is_some()) || clock_time(words).is_some()
}

fn day(word: &str) -> Option<When> {
    match word {
        "today" | "tonight" => Some(When::Today),
        "tomorrow" => Some(When::Tomorrow),
        "now" | "moment" | "currently" => Some(When::Now),
        "weekend" | "weekends" | "week" => Some(When::Week),
        "holidays" | "holiday" | "christmas" | "easter" => Some(When::Holidays),
        name => dates::named_weekday(name).map(When::On),
    }
}

/// "at 8", "half past 8", "8:30 pm", "noon", and how many words it takes. Nobody comes at night:
/// from one to six means the afternoon.
fn clock_time(words: &[&str]) -> Option<(NaiveTime, usize)> {
    if let ["at" | "by" | "before" | "after", rest @ ..] = words {
        return clock_time(rest).map(|(time, taken)| (time, taken + 1));
    }
    if let ["half", "past", rest @ ..] = words {
        let (hour, taken) = hour(rest)?;
        return NaiveTime::from_hms_opt(hour, 30, 0).map(|time| (time, taken + 2));
    }
    match words {
        ["noon" | "midday", ..] => NaiveTime::from_hms_opt(12, 0, 0).map(|time| (time, 1)),
        [first, ..] if first.contains(':') => {
            let (hours, minutes) = first.split_once(':')?;
            let (hour, taken) = hour(&[&[hours], &words[1..]].concat())?;
            NaiveTime::from_hms_opt(hour, minutes.parse().ok()?, 0).map(|time| (time, taken))
        }
        _ => {
            let (hour, taken) = hour(words)?;
            NaiveTime::from_hms_opt(hour, 0, 0).map(|time| (time, taken))
        }
    }
}

/// An hour of 24, with the half of the day behind it.
fn hour(words: &[&str]) -> Option<(u32, usize)> {
    let (value, taken) = numbers::unsigned(words)?;
    let hour = (0..24).find(|hour| f64::from(*hour) == value)?;
    let rest = &words[taken..];
    let rest = rest.strip_prefix(&["o'clock"]).unwrap_or(rest);
    let (half, more) = match rest {
        ["am" | "a.m", ..] => (Some(0), 1),
        ["pm" | "p.m", ..] => (Some(12), 1),
        ["in", "the", "morning", ..] => (Some(0), 3),
        ["in", "the", "afternoon" | "evening", ..] => (Some(12), 3),
        ["tonight", ..] => (Some(12), 0),
        _ => (None, 0),
    };
    let hour = match half {
        Some(half) if hour <= 12 => hour % 12 + half,
        Some(_) => hour,
        None if (1..7).contains(&hour) => hour + 12,
        None => hour,
    };
    Some((hour, words.len() - rest.len() + more))
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;

    use super::*;

    fn asked(text: &str) -> Option<(When, Option<String>)> {
        let words: Vec<&str> = text.split(' ').collect();
        let asked = read(&words)?;
        Some((asked.when, asked.at.map(|time| time.format("%H:%M").to_string())))
    }

    #[test]
    fn days_and_hours_are_read() {
        let at = |time: &str| Some(time.to_owned());
        for (text, when, time) in [
            ("do you open at 8 on monday", When::On(Weekday::Mon), at("08:00")),
            ("are you open at 4 pm on saturday", When::On(Weekday::Sat), at("16:00")),
            ("are you open right now", When::Now, None),
            ("are you open at ten tomorrow", When::Tomorrow, at("10:00")),
            ("are you open tomorrow at half past 3", When::Tomorrow, at("15:30")),
            ("are you still open at 8:30 tonight", When::Today, at("20:30")),
            ("are you open at noon", When::Today, at("12:00")),
            ("when do you close on sunday", When::On(Weekday::Sun), None),
            ("do you close at 5 today", When::Today, None),
            ("are you open", When::Now, None),
            ("are you open on holidays", When::Holidays, None),
        ] {
            assert_eq!(asked(text), Some((when, time)), "{text}");
        }
    }

    #[test]
    fn nothing_is_left_out() {
        for text in [
            "are you open to new ideas on monday",
            "are you open on monday and tuesday",
            "do you open at 8 and at 9 on monday",
            "are you open at 40",
            "what are your opening hours",
            "on monday",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
