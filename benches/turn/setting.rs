//! How fast the provider is in each setting, and how fast a turn over it can be at all.

use std::time::Duration;

use repartee_provider::{Behaviour, Reply};

use crate::spotter::Rendering;

/// A provider and what it answers.
#[derive(Debug, Clone)]
pub struct Setting {
    pub name: &'static str,
    hearing: Duration,
    first_token: Duration,
    per_token: Duration,
    first_sound: Duration,
    per_character: Duration,
    reply: Reply,
}

/// What no turn can be faster than, counted from the last byte of its upload.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub first_sound: Duration,
    pub last_byte: Duration,
}

/// A sentence of a reply.
struct Sentence {
    arrives: Duration,
    characters: u32,
}

const WORDS: [&str; 12] =
    ["the", "sea", "is", "old", "and", "deep", "by", "this", "quiet", "port", "where", "boats"];

/// So many tokens in so many sentences. As in English, a token has about four characters.
pub fn sentences(count: usize, tokens_total: usize) -> Reply {
    let mut tokens = Vec::with_capacity(tokens_total);
    for sentence in 0..count {
        let length = tokens_total / count + usize::from(sentence < tokens_total % count);
        for place in 0..length {
            let word = WORDS[(sentence * 5 + place) % WORDS.len()];
            let stop = if place + 1 == length { "." } else { "" };
            tokens.push(match place {
                0 => format!(" {}{}", word[..1].to_uppercase(), &word[1..]),
                1 => " {n}".to_owned(),
                _ => format!(" {word}{stop}"),
            });
        }
    }
    Reply::tokens(tokens)
}

const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

impl Setting {
    /// The one that is promised.
    pub fn realistic() -> Self {
        Self {
            name: "realistic, 64 tokens in 4 sentences",
            hearing: millis(400),
            first_token: millis(250),
            per_token: millis(20),
            first_sound: millis(200),
            per_character: millis(8),
            reply: sentences(4, 64),
        }
    }

    pub fn all() -> [Self; 5] {
        [
            Self::realistic(),
            Self {
                name: "long reply, 140 tokens in 9 sentences",
                per_token: millis(12),
                reply: sentences(9, 140),
                ..Self::realistic()
            },
            Self { name: "one-word reply", reply: Reply::text("Number{n}."), ..Self::realistic() },
            Self {
                name: "slow speaker",
                first_sound: millis(700),
                per_character: millis(20),
                reply: sentences(3, 36),
                ..Self::realistic()
            },
            Self {
                name: "with clauses, which beat sentences",
                reply: Reply::text(
                    "When the harbour opens at {n} in the morning, the boats go out to sea. \
                     They come back by {n} in the evening, and then the market on the square begins.",
                ),
                ..Self::realistic()
            },
        ]
    }

    /// No time at all: only what the server itself takes is left.
    pub fn instant(name: &'static str, reply: Reply) -> Self {
        let none = Duration::ZERO;
        Self {
            name,
            hearing: none,
            first_token: none,
            per_token: none,
            first_sound: none,
            per_character: none,
            reply,
        }
    }

    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            hearing: self.hearing,
            first_token: self.first_token,
            per_token: self.per_token,
            first_sound: self.first_sound,
            per_character: self.per_character,
            reply: self.reply.clone(),
            transcript: "What is number {n}?".to_owned(),
            recognises_own_speech: false,
            upload_length: Some(Duration::from_secs(10)),
            journal: false,
            ..Behaviour::default()
        }
    }

    /// The limit of a turn whose number has so many digits.
    pub fn limit(&self, rendering: Rendering, digits: usize) -> Limit {
        let sentences = self.sentences(digits);
        let synthesis = |sentence: &Sentence| self.per_character * sentence.characters;
        let end = |sentence: &Sentence| sentence.arrives + self.first_sound + synthesis(sentence);
        let last_byte = self.hearing + sentences.iter().map(end).max().unwrap_or_default();
        let first = self.hearing + sentences[0].arrives + self.first_sound;
        let text = self.hearing + self.arrival(self.reply.tokens.len() - 1);
        let first_sound = match rendering {
            Rendering::Original => first.max(text),
            Rendering::Json | Rendering::Other => last_byte,
            _ => first,
        };
        Limit { first_sound, last_byte }
    }

    fn arrival(&self, token: usize) -> Duration {
        self.first_token + self.per_token * u32::try_from(token).unwrap()
    }

    fn sentences(&self, digits: usize) -> Vec<Sentence> {
        let number = "1".repeat(digits);
        let (mut sentences, mut text) = (Vec::new(), String::new());
        for (place, token) in self.reply.tokens.iter().enumerate() {
            text.push_str(&token.replace("{n}", &number));
            if text.ends_with('.') {
                let characters = u32::try_from(text.trim().chars().count()).unwrap();
                sentences.push(Sentence { arrives: self.arrival(place), characters });
                text.clear();
            }
        }
        sentences
    }
}
