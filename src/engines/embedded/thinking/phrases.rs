//! All phrases that are understood, by their sounds, and the one that comes nearest.

use std::collections::HashMap;

use crate::domain::hours::{WEEK, day_name};
use crate::domain::persona::Persona;
use crate::engines::embedded::thinking::dictionary::Dictionary;
use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::knowledge::{
    WAYS_TO_ASK_FOR_A_DAY, WAYS_TO_ASK_FOR_HOURS, WAYS_TO_ASK_FOR_SERVICE,
    WAYS_TO_ASK_FOR_SERVICES, WAYS_TO_BOOK, When, ways_to_ask,
};
use crate::engines::embedded::thinking::phones::{Sound, distance, nearest_stretch};
use crate::engines::embedded::thinking::{numbers, sayings, words};

/// How far a service's or a day's own name may be from what was heard in its place.
const NAME_LIMIT: f32 = 0.25;
/// The same for a name of few sounds, which many words come near.
const SHORT_NAME_LIMIT: f32 = 0.15;
/// The most sounds of a short name.
const SHORT_NAME: usize = 5;
/// The most bytes of all words together that are compared: beyond them nothing comes near.
const MOST_BYTES: usize = 1_024;
/// By how much a phrase that somebody wrote is preferred to a built-in one.
const OWN_PHRASE: f32 = 0.02;

/// What a phrase means.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// One of the built-in intents.
    Known(Intent),
    /// The persona's question of that number.
    Question(usize),
    /// The persona's fact on that topic.
    Fact(String),
    /// The persona's service of that number.
    Service(usize),
    /// To get it.
    Booking(usize),
    /// All services.
    Services,
    /// Opening hours.
    Hours(When),
}

struct Phrase {
    meaning: Meaning,
    sounds: Vec<Sound>,
    /// A name in it that must have been heard for itself.
    name: Vec<Sound>,
}

/// The phrases and how words sound.
pub struct Phrases {
    dictionary: Dictionary,
    list: Vec<Phrase>,
    exact: HashMap<String, usize>,
}

/// The phrase that comes nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// What it means.
    pub meaning: Meaning,
    /// How far it is from what was said; 0 is the same sounds.
    pub distance: f32,
}

impl Phrases {
    /// All that this persona is asked.
    pub fn new(dictionary: Dictionary, persona: &Persona) -> Self {
        let mut phrases = Self { dictionary, list: Vec::new(), exact: HashMap::new() };
        for (number, question) in persona.questions.iter().enumerate() {
            for way in &question.ask {
                phrases.add(Meaning::Question(number), way, None);
            }
        }
        phrases.add_knowledge(persona);
        let name = persona.name.to_lowercase();
        for entry in sayings::entries() {
            for way in entry.ways() {
                phrases.add(Meaning::Known(entry.intent), &way.replace("robin", &name), None);
            }
        }
        phrases
    }

    /// The meaning of a phrase that was said word for word.
    pub fn exact(&self, plain: &[&str]) -> Option<&Meaning> {
        let at = self.exact.get(&plain.join(" "))?;
        self.list.get(*at).map(|phrase| &phrase.meaning)
    }

    /// What share of the words is in the dictionary; all of them where there is none.
    pub fn known_share(&self, plain: &[&str]) -> f32 {
        let known = plain.iter().filter(|word| self.dictionary.knows(word)).count();
        known as f32 / plain.len().max(1) as f32
    }

    /// The meaning of the phrase that sounds nearest, within `limit`.
    pub fn nearest(&self, plain: &[&str], limit: f32) -> Option<Nearest> {
        let bytes: usize = plain.iter().map(|word| word.len()).sum();
        if plain.len() > words::MOST || bytes > MOST_BYTES {
            return None;
        }
        let heard = self.sound(plain);
        let mut best: Option<(f32, &Phrase)> = None;
        for phrase in &self.list {
            let own = matches!(phrase.meaning, Meaning::Question(_));
            let favour = if own { OWN_PHRASE } else { 0.0 };
            let limit =
                best.map_or(limit, |(found, _)| found + favour).min(allowed(phrase, &heard, limit));
            let found = distance(&heard, &phrase.sounds, limit);
            let Some(found) = found.map(|found| (found - favour).max(0.0)) else { continue };
            let nearer = best.is_none_or(|(best, _)| found < best);
            if nearer && named(phrase, &heard) {
                best = Some((found, phrase));
            }
        }
        best.map(|(distance, phrase)| Nearest { meaning: phrase.meaning.clone(), distance })
    }

    /// How the words sound; digits sound as they are read.
    fn sound(&self, plain: &[&str]) -> Vec<Sound> {
        let spelled: Vec<String> = plain
            .iter()
            .map(|word| numbers::spell(word).unwrap_or_else(|| (*word).to_owned()))
            .collect();
        self.dictionary.sound(spelled.iter().flat_map(|word| word.split(' ')))
    }

    fn add_knowledge(&mut self, persona: &Persona) {
        self.add_all(&Meaning::Hours(When::Week), WAYS_TO_ASK_FOR_HOURS, "");
        let days = WEEK.map(|day| (When::On(day), format!("on {}", day_name(day).to_lowercase())));
        let near = [(When::Today, "today"), (When::Tomorrow, "tomorrow"), (When::Now, "now")];
        let near = near.map(|(when, name)| (when, name.to_owned()));
        for (when, name) in days.into_iter().chain(near) {
            self.add_all(&Meaning::Hours(when), WAYS_TO_ASK_FOR_A_DAY, &name);
        }
        self.add_all(&Meaning::Services, WAYS_TO_ASK_FOR_SERVICES, "");
        for (number, service) in persona.services.iter().enumerate() {
            for name in [&service.name].into_iter().chain(&service.also) {
                self.add_all(&Meaning::Service(number), WAYS_TO_ASK_FOR_SERVICE, name);
                self.add_all(&Meaning::Booking(number), WAYS_TO_BOOK, name);
            }
        }
        for topic in persona.facts.keys() {
            let spoken = topic.replace(['_', '-'], " ").to_lowercase();
            self.add_all(&Meaning::Fact(topic.clone()), ways_to_ask(topic), &spoken);
        }
    }

    fn add_all(&mut self, meaning: &Meaning, ways: &str, name: &str) {
        for way in ways.split('|').map(str::trim) {
            let named = way.contains("{}").then_some(name);
            self.add(meaning.clone(), &way.replace("{}", name), named);
        }
    }

    fn add(&mut self, meaning: Meaning, way: &str, name: Option<&str>) {
        let read = words::read(way);
        let plain = words::plain(&read);
        let sounds = self.sound(&plain);
        let name = words::read(name.unwrap_or_default());
        let name = self.sound(&words::plain(&name));
        self.exact.entry(plain.join(" ")).or_insert(self.list.len());
        self.list.push(Phrase { meaning, sounds, name });
    }
}

/// Short phrases must be heard better: there is less of them to tell them by.
fn allowed(phrase: &Phrase, heard: &[Sound], limit: f32) -> f32 {
    match phrase.sounds.len().min(heard.len()) {
        0..6 => limit.min(0.12),
        6..9 => limit.min(0.3),
        _ => limit,
    }
}

fn named(phrase: &Phrase, heard: &[Sound]) -> bool {
    let limit = if phrase.name.len() > SHORT_NAME { NAME_LIMIT } else { SHORT_NAME_LIMIT };
    phrase.name.is_empty() || nearest_stretch(heard, &phrase.name) <= limit
}
