//! What the persona file tells, said aloud.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;

use crate::domain::hours::{Day, Hours, WEEK, day_name};
use crate::domain::persona::{Persona, Service};
use crate::engines::embedded::capitals::capitalised;

/// The most services that are named in one breath.
const NAMED_SERVICES: usize = 4;

/// A question about opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In a week.
    Week,
    /// On one day.
    On(Weekday),
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// At this moment.
    Now,
    /// On days that are like no other.
    Holidays,
}

/// Says the opening hours.
pub fn hours(hours: Option<&Hours>, when: When, now: &DateTime<Tz>) -> String {
    let Some(hours) = hours else {
        return "I don't know the hours. Nobody has told me.".to_owned();
    };
    let today = now.weekday();
    let answer = match when {
        When::Week => week(hours),
        When::On(day) => on(hours.on(day), "On ", day_name(day)),
        When::Today => on(hours.on(today), "", "today"),
        When::Tomorrow => on(hours.on(today.succ()), "", "tomorrow"),
        When::Now => at_once(hours.on(today), now.time()),
        When::Holidays => format!("About holidays, nobody has told me. {}", week(hours)),
    };
    match &hours.notes {
        Some(notes) => format!("{answer} {notes}"),
        None => answer,
    }
}

/// Says whether one is open at a time of some day.
pub fn hours_at(persona: &Persona, when: When, time: NaiveTime, now: &DateTime<Tz>) -> String {
    let today = now.weekday();
    let day = match when {
        When::On(day) => Some(day),
        When::Today | When::Now => Some(today),
        When::Tomorrow => Some(today.succ()),
        When::Week | When::Holidays => None,
    };
    let told = hours(persona.hours.as_ref(), when, now);
    match (persona.hours.as_ref(), day) {
        (Some(hours), Some(day)) if !hours.on(day).is_closed() => {
            let open = hours.on(day).is_open_at(time);
            // At eight may be in the evening: then the hours themselves say it.
            let evening = time.overflowing_add_signed(TimeDelta::hours(12)).0;
            match (open, time.hour() < 12 && hours.on(day).is_open_at(evening)) {
                (true, _) => format!("Yes. {told}"),
                (false, false) => format!("No. {told}"),
                (false, true) => told,
            }
        }
        _ => told,
    }
}

/// Says what is offered.
pub fn services(persona: &Persona) -> String {
    let names: Vec<&str> = persona.services.iter().map(|service| service.name.as_str()).collect();
    match names.as_slice() {
        [] => "Nothing is on my list. Nobody has told me.".to_owned(),
        [only] => format!("{}.", capitalised(only)),
        _ if names.len() > NAMED_SERVICES => {
            let more = names.len() - NAMED_SERVICES;
            let named = names[..NAMED_SERVICES].join(", ");
            format!("{} and {more} more. Ask me about one.", capitalised(&named))
        }
        [head @ .., last] => {
            format!("{} and {last}. Ask me about one.", capitalised(&head.join(", ")))
        }
    }
}

/// Says what one service costs and how long it takes.
pub fn service(service: &Service) -> String {
    let minutes = service.minutes.map(|minutes| format!("{minutes} minutes"));
    let told: Vec<String> = service.price.clone().into_iter().chain(minutes).collect();
    let name = capitalised(&service.name);
    let mut text = match told.as_slice() {
        [] => format!("{name}: yes, we do."),
        _ => format!("{name}: {}.", told.join(", ")),
    };
    if let Some(detail) = &service.detail {
        text.push_str(&format!(" {detail}"));
    }
    text
}

/// The topic's usual questions; `{}` stands for the topic.
pub fn ways_to_ask(topic: &str) -> &'static str {
    match topic {
        "address" => {
            "what is your address | what is the address | where are you located | where are you | \
             where can i find you | how do i get there | how do i find you | where is the shop | \
             where is your office | where is your shop | how do i get to you | where is that"
        }
        "phone" | "telephone" => {
            "what is your phone number | what is your number | how can i reach you | \
             how do i reach you | how can i call you | how do i contact you | can i call you | \
             how can i contact you | what is your telephone number | what is the phone number"
        }
        "email" => {
            "what is your email | what is your email address | can i email you | \
             where can i write to you | can i send you an email"
        }
        "website" => "what is your website | do you have a website | where is your website",
        "parking" => {
            "where can i park | is there parking | do you have parking | where do i park | \
             can i park there | is there a parking lot"
        }
        _ => {
            "what is your {} | what is the {} | what about {} | what about the {} | \
             tell me about {} | tell me about the {} | do you have {} | do you have a {} | \
             is there {} | is there a {} | what are your {} | tell me your {} | where is the {}"
        }
    }
}

/// The usual questions about a service; `{}` stands for its name.
pub const WAYS_TO_ASK_FOR_SERVICE: &str = "how much is a {} | how much does a {} cost | \
    what is the price of a {} | what does a {} cost | how long does a {} take | do you do {} | \
    do you offer {} | tell me about the {} | how much is {} | how much are {} | how much do you charge for a {} | \
    what do you charge for {} | how long is a {} | what is the price for {}";

/// The usual ways to want a service; `{}` stands for its name.
pub const WAYS_TO_BOOK: &str = "i would like a {} | can i get a {} | can i book a {} | i need a {} | \
    i want a {} | i would like to book a {} | can i have a {} | book a {}";

/// The usual questions about opening hours.
pub const WAYS_TO_ASK_FOR_HOURS: &str = "what are your opening hours | what are your hours | \
    when are you | when are you open | when do you open | when do you close | what time do you open | \
    what time do you close | opening hours | how late are you open | \
    what are the opening hours | tell me your opening hours | on which days are you open | \
    what days are you open | when can i come | until when are you open | \
    what are your business hours | are you open on weekends | are you open every day";

/// The usual questions about one day's hours; `{}` stands for the day.
pub const WAYS_TO_ASK_FOR_A_DAY: &str = "are you open {} | when are you open {} | \
    when do you open {} | when do you close {} | what time do you open {} | \
    what time do you close {} | how late are you open {} | what are your hours {} | \
    are you closed {} | what are your opening hours {} | until when are you open {}";

/// The usual questions about what is offered.
pub const WAYS_TO_ASK_FOR_SERVICES: &str = "what services do you offer | what do you sell | \
    what do you offer | what can i book | what services do you have | what are your services | \
    what are your prices | tell me about your services | do you have a price list | \
    what is on the menu | what can i buy | which services do you have | what can i get here";

fn week(hours: &Hours) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut from = 0;
    while from < WEEK.len() {
        let day = hours.on(WEEK[from]);
        let same = WEEK[from..].iter().take_while(|other| hours.on(**other) == day).count();
        if !day.is_closed() {
            parts.push(format!("{}, {}", days(from, from + same - 1), spans(day)));
        }
        from += same;
    }
    if parts.is_empty() {
        return "Closed all week.".to_owned();
    }
    let first = parts.remove(0);
    if parts.is_empty() { format!("{first}.") } else { format!("{first}. {}.", parts.join("; ")) }
}

fn days(first: usize, last: usize) -> String {
    match last - first {
        0 => day_name(WEEK[first]).to_owned(),
        1 => format!("{} and {}", day_name(WEEK[first]), day_name(WEEK[last])),
        6 => "Every day".to_owned(),
        _ => format!("{} to {}", day_name(WEEK[first]), day_name(WEEK[last])),
    }
}

fn on(day: &Day, before: &str, name: &str) -> String {
    if day.is_closed() {
        return format!("Closed {}{name}.", before.to_lowercase());
    }
    capitalised(&format!("{before}{name}, {}.", spans(day)))
}

fn at_once(day: &Day, time: NaiveTime) -> String {
    if day.is_open_at(time) {
        return format!("Yes. Today, {}.", spans(day));
    }
    if day.is_closed() {
        "No, closed today.".to_owned()
    } else {
        format!("Not now. Today, {}.", spans(day))
    }
}

fn spans(day: &Day) -> String {
    let spans: Vec<String> = day
        .0
        .iter()
        .map(|span| {
            // "9 until 5" says it all, and is heard again better than "9 to 5"; hours within one half of the day need to be told apart.
            let plain = span.opens.hour() < 12 && span.closes.hour() >= 12;
            format!("{} until {}", hour(span.opens, plain), hour(span.closes, plain))
        })
        .collect();
    spans.join(" and ")
}

fn hour(time: NaiveTime, plain: bool) -> String {
    let (afternoon, hour) = time.hour12();
    let text = match (time.hour(), time.minute()) {
        (0, 0) => return "midnight".to_owned(),
        (12, 0) => return "noon".to_owned(),
        (_, 0) => hour.to_string(),
        (_, minute) => format!("{hour}:{minute:02}"),
    };
    match (plain, afternoon) {
        (true, _) => text,
        (false, true) => format!("{text} PM"),
        (false, false) => format!("{text} AM"),
    }
}
