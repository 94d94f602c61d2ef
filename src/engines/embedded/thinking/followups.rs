//! What takes up something said before: "And on Sunday?", "Another one", "times 3".

use crate::domain::message::Role;
use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::mind::Exchange;
use crate::engines::embedded::thinking::phrases::Meaning;
use crate::engines::embedded::thinking::sums::{self, Sum};
use crate::engines::embedded::thinking::understanding::{ONLY_WHEN_SURE, Understood};
use crate::engines::embedded::thinking::words::{self, Word};
use crate::engines::embedded::thinking::{
    clock, dates, hours_asked, keywords, knowledge, recall, units,
};

/// How many of the speaker's last words may be taken up.
const LOOK_BACK: usize = 6;
/// The most words of what takes something up.
const LONGEST: usize = 6;
/// The same where nothing announces it.
const LONGEST_UNANNOUNCED: usize = 4;
/// The most words of what is taken up.
const LONGEST_BEFORE: usize = 14;

/// Words that announce it.
const LEADS: &[&[&str]] =
    &[&["and", "what", "about"], &["what", "about"], &["how", "about"], &["and"], &["or"]];

/// Asks for one more of the same kind.
const MORE: &[&str] = &[
    "another one",
    "another",
    "one more",
    "one more please",
    "more",
    "next",
    "next one",
    "tell me another",
    "tell me another one",
    "give me another one",
    "do another one",
];

/// What the speaker was on.
#[derive(Clone)]
struct Topic {
    words: Vec<String>,
    understood: Understood,
    sum: Option<Sum>,
}

impl Exchange<'_> {
    /// What the words mean after what was said before; none if they make no sense behind it.
    pub fn follow_up(&self, said: &[Word]) -> Option<Understood> {
        let fragment = Fragment::of(said, &self.mind.persona.name)?;
        let mut earlier: Vec<&str> = self.said_by(Role::User).take(LOOK_BACK).collect();
        earlier.reverse();
        let mut topics = Vec::new();
        for text in earlier {
            let topic = self.topic(&words::read(text), &topics);
            topics.extend(topic);
        }
        self.take_up(&fragment, &topics).map(|topic| topic.understood)
    }

    /// What earlier words were about.
    fn topic(&self, said: &[Word], before: &[Topic]) -> Option<Topic> {
        let core = words::core(said, &self.mind.persona.name);
        let plain = words::plain(core);
        if plain.is_empty() || plain.len() > LONGEST_BEFORE {
            return None;
        }
        let topic = |understood| Topic {
            words: plain.iter().map(|word| (*word).to_owned()).collect(),
            understood,
            sum: sums::find(&plain, !self.typed()),
        };
        let fragment = Fragment::of(said, &self.mind.persona.name);
        let alone = self.understand_by_word(core).map(&topic);
        alone
            .or_else(|| self.take_up(&fragment?, before))
            .or_else(|| self.understand_by_sound(core).map(&topic))
    }

    fn take_up(&self, fragment: &Fragment<'_>, topics: &[Topic]) -> Option<Topic> {
        let latest = topics.last().filter(|_| fragment.announced);
        if topics.is_empty() && fragment.announced {
            return self.vary(fragment, &first_topic());
        }
        topics
            .iter()
            .rev()
            .enumerate()
            .find_map(|(age, topic)| {
                let found = self.join(fragment, topic).or_else(|| self.vary(fragment, topic));
                found.or_else(|| still_beyond(latest.filter(|_| age == 0)?))
            })
            .or_else(|| self.not_offered(fragment, latest?))
    }

    /// "times 3", "another one", "and 20 miles".
    fn join(&self, fragment: &Fragment<'_>, topic: &Topic) -> Option<Topic> {
        let words = topic.words.iter().map(String::as_str).collect::<Vec<_>>();
        if let Some(sum) = &topic.sum
            && let Some(joined) = sums::go_on(sum, &fragment.slot)
        {
            let understood = Understood::Answered(recall::result(&joined));
            return Some(Topic { words: Vec::new(), understood, sum: Some(joined) });
        }
        let (words, understood) = if MORE.contains(&fragment.slot.join(" ").as_str()) {
            (words, topic.understood.clone().filter_repeatable()?)
        } else {
            let changed = units::again(&words, &fragment.slot)?;
            (fragment.slot.clone(), Understood::Answered(changed.sentence()))
        };
        let words = words.into_iter().map(str::to_owned).collect();
        Some(Topic { words, understood, sum: None })
    }

    /// The words in place of some of those before: "how much is a" haircut, "a beard trim".
    fn vary(&self, fragment: &Fragment<'_>, topic: &Topic) -> Option<Topic> {
        let before: Vec<&str> = topic.words.iter().map(String::as_str).collect();
        let slots = [[].as_slice(), &["in"], &["on"]].map(|more| [more, &fragment.slot].concat());
        let ends = (1..=before.len()).rev();
        let mut places = ends.flat_map(|end| (1..=end).rev().map(move |start| (start, end)));
        places.find_map(|(start, end)| {
            let put = |slot: &Vec<&str>| self.put(&before[..start], slot, &before[end..]);
            slots.iter().find_map(put)
        })
    }

    /// What the words mean together, if none of them is lost.
    fn put(&self, head: &[&str], slot: &[&str], tail: &[&str]) -> Option<Topic> {
        let words = [head, slot, tail].concat();
        let talk = |meaning: &&Meaning| matches!(meaning, Meaning::Known(intent) if ONLY_WHEN_SURE.contains(intent));
        let exact = self.mind.phrases.exact(&words).filter(|meaning| !talk(meaning));
        let exact = exact.cloned().map(Understood::Surely);
        let hours = || {
            let asked = hours_asked::read(&words).filter(|_| hours_asked::names_time(slot))?;
            Some(self.hours(asked))
        };
        let clock = || {
            let named = tail.is_empty() && self.names_one(head, slot);
            clock::answer(&words, &self.now).filter(|_| named)
        };
        let understood = exact.or_else(|| hours().or_else(clock).map(Understood::Answered))?;
        let words = words.into_iter().map(str::to_owned).collect();
        Some(Topic { words, understood, sum: None })
    }

    /// Whether the slot is a place, or a day beside which no other is named.
    fn names_one(&self, head: &[&str], slot: &[&str]) -> bool {
        let day = dates::is_day(slot) && dates::find(head, self.now.date_naive()).is_none();
        let place = slot.first() == Some(&"in") || head.last() == Some(&"in");
        day || (place && head.contains(&"time"))
    }

    /// "And a massage?"
    fn not_offered(&self, fragment: &Fragment<'_>, topic: &Topic) -> Option<Topic> {
        let thing = fragment.slot.len() <= 3 && !matches!(fragment.slot[0], "on" | "in" | "at");
        match topic.understood {
            Understood::Surely(Meaning::Service(_) | Meaning::Booking(_)) if thing => {
                let services = knowledge::services(&self.mind.persona);
                let text = format!("That isn't on my list. {services}");
                Some(Topic { understood: Understood::Answered(text), ..topic.clone() })
            }
            _ => None,
        }
    }
}

/// Without any, days and hours are about when one is open.
fn first_topic() -> Topic {
    let words = ["are", "you", "open"].map(str::to_owned).to_vec();
    Topic { words, understood: Understood::Not, sum: None }
}

/// What was out of reach for today is so for tomorrow.
fn still_beyond(topic: &Topic) -> Option<Topic> {
    match topic.understood {
        Understood::Surely(Meaning::Known(intent)) if keywords::is_beyond(intent) => {
            Some(topic.clone())
        }
        _ => None,
    }
}

impl Understood {
    /// Only what one may want more of.
    fn filter_repeatable(self) -> Option<Self> {
        let more = [Intent::Joke, Intent::Fact, Intent::Coin, Intent::Die, Intent::Number];
        match &self {
            Self::Surely(Meaning::Known(intent)) if more.contains(intent) => Some(self),
            _ => None,
        }
    }
}

/// A few words that may be a part of a question asked before.
struct Fragment<'a> {
    slot: Vec<&'a str>,
    /// Whether they say so: "and", "what about".
    announced: bool,
}

impl<'a> Fragment<'a> {
    fn of(said: &'a [Word], name: &str) -> Option<Self> {
        if said.len() > LONGEST + 4 {
            return None;
        }
        let all = words::plain(said);
        let led = LEADS.iter().find_map(|lead| all.strip_prefix(*lead));
        let slot = match led {
            Some(rest) => rest.strip_suffix(&["please"]).unwrap_or(rest).to_vec(),
            None => words::plain(words::core(said, name)),
        };
        let most = if led.is_some() { LONGEST } else { LONGEST_UNANNOUNCED };
        let short = (1..=most).contains(&slot.len());
        short.then_some(Self { slot, announced: led.is_some() })
    }
}
