//! What a sentence is about, by the words that carry it, when no phrase sounds near.

use crate::domain::persona::Persona;
use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::memory::Note;
use crate::engines::embedded::thinking::words;

/// How much of the carrying words must be shared with a question that was written for this.
const SHARED: f32 = 0.66;

/// Something out of reach: words of which one must be there, and the words it may begin with.
struct Beyond {
    intent: Intent,
    mentions: &'static [&'static str],
    begins: &'static [&'static str],
}

const ASKING: &[&str] =
    &["what", "how", "will", "is", "do", "tell", "give", "show", "read", "should", "any", "can"];

const BOOKINGS: &[&str] = &["appointment", "booking", "reservation"];

const BEYOND: &[Beyond] = &[
    Beyond {
        intent: Intent::Cancel,
        mentions: BOOKINGS,
        begins: &["cancel", "change", "move", "reschedule", "postpone"],
    },
    Beyond {
        intent: Intent::Book,
        mentions: &["book", "reserve", "appointment", "booking", "reservation"],
        begins: &["book", "reserve", "make", "schedule", "get", "need", "have", "can", "do", "i"],
    },
    Beyond {
        intent: Intent::Human,
        mentions: &[
            "human",
            "person",
            "someone",
            "somebody",
            "manager",
            "agent",
            "operator",
            "owner",
            "representative",
            "employee",
            "staff",
            "boss",
            "receptionist",
            "stylist",
        ],
        begins: &["speak", "talk", "connect", "transfer", "put", "reach"],
    },
    Beyond {
        intent: Intent::Complaint,
        mentions: &["complain", "complaint"],
        begins: &["complain", "file", "make", "have", "i", "this", "where", "how"],
    },
    Beyond {
        intent: Intent::Weather,
        mentions: &["weather", "forecast", "umbrella", "raining", "snowing"],
        begins: ASKING,
    },
    Beyond { intent: Intent::News, mentions: &["news", "headlines"], begins: ASKING },
    Beyond {
        intent: Intent::Music,
        mentions: &["song", "songs", "music", "radio", "album"],
        begins: &["play", "sing", "put", "can"],
    },
    Beyond {
        intent: Intent::Timer,
        mentions: &["timer", "alarm", "reminder", "remind", "wake"],
        begins: &["set", "start", "wake", "remind", "put", "make", "can", "create"],
    },
    Beyond {
        intent: Intent::Web,
        mentions: &["search", "google", "website", "browse", "internet"],
        begins: &["search", "google", "look", "open", "browse", "can", "find"],
    },
    Beyond {
        intent: Intent::Message,
        mentions: &["email", "message", "text", "call", "phone"],
        begins: &["send", "write", "call", "text", "email", "phone", "dial"],
    },
    Beyond {
        intent: Intent::House,
        mentions: &["light", "lights", "lamp", "television", "heating", "tv"],
        begins: &["turn", "switch", "dim"],
    },
    Beyond {
        intent: Intent::Translate,
        mentions: &["translate"],
        begins: &["translate", "can", "could"],
    },
];

/// What lies out of reach, if the sentence asks for it by name.
pub fn beyond(plain: &[&str]) -> Option<Intent> {
    let first = plain.first()?;
    let asked = BEYOND.iter().find(|kind| {
        kind.begins.contains(first) && plain.iter().any(|word| kind.mentions.contains(word))
    });
    asked.map(|kind| kind.intent)
}

/// Whether it lies out of reach, whenever it is asked for.
pub fn is_beyond(intent: Intent) -> bool {
    BEYOND.iter().any(|kind| kind.intent == intent)
}

/// The persona's question that shares enough of the words that carry it.
pub fn question(plain: &[&str], persona: &Persona) -> Option<usize> {
    let said = carrying(plain);
    let mut best: Option<(f32, usize)> = None;
    for (number, question) in persona.questions.iter().enumerate() {
        for way in &question.ask {
            let read = words::read(way);
            let score = shared(&said, &carrying(&words::plain(&read)));
            if score >= SHARED && best.is_none_or(|(best, _)| score > best) {
                best = Some((score, number));
            }
        }
    }
    best.map(|(_, number)| number)
}

/// The remembered line that a question like "where is my car" asks for.
pub fn remembered<'a>(plain: &[&str], notes: &'a [Note]) -> Option<&'a str> {
    let asks = matches!(
        plain.first(),
        Some(&("what" | "where" | "when" | "who" | "which" | "how" | "is" | "are" | "do"))
    );
    let said = carrying(plain);
    if !asks || said.is_empty() {
        return None;
    }
    let holds = |note: &&Note| {
        let read = words::read(&note.line);
        let kept = carrying(&words::plain(&read));
        let found = said.iter().filter(|word| kept.contains(word)).count();
        found * 3 >= said.len() * 2
    };
    notes.iter().rev().find(holds).map(|note| note.line.as_str())
}

/// The words that carry the meaning, without the plural's s.
fn carrying(plain: &[&str]) -> Vec<String> {
    let carries = plain.iter().filter(|word| !words::is_empty_word(word));
    carries.map(|word| stem(word).to_owned()).collect()
}

fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").unwrap_or(word);
    if word.len() > 3 { word.strip_suffix('s').unwrap_or(word) } else { word }
}

/// How much two sets of words share: 1 is all. Long words weigh more, since they say more.
fn shared(said: &[String], asked: &[String]) -> f32 {
    let weight =
        |words: &mut dyn Iterator<Item = &String>| words.map(|word| word.len()).sum::<usize>();
    let common: Vec<&String> = said.iter().filter(|word| asked.contains(word)).collect();
    let all = weight(&mut said.iter()) + weight(&mut asked.iter());
    let few = common.len() < 2 && said.len().max(asked.len()) > 1;
    if few || all == 0 {
        return 0.0;
    }
    2.0 * weight(&mut common.into_iter()) as f32 / all as f32
}
