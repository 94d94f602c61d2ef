//! Who is speaking: a name, a manner and what it knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

use crate::domain::hours::Hours;
use crate::domain::voice::Voice;

/// The persona that Repartee has until somebody writes another.
const BUILT_IN: &str = include_str!("../../assets/persona.toml");

/// How a persona speaks when its file does not say: `{name}` stands for its name.
const MANNER: &str = "You are {name}, a voice assistant. Answer in one or two short spoken \
    sentences. No lists, markup or emoji. If you did not understand, say what you heard and ask. \
    Never claim an action you did not take.";

/// Who is speaking, and what it has been told to know.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// What it calls itself.
    #[serde(deserialize_with = "filled")]
    pub name: String,
    /// Whom it speaks for, behind its name: `the voice of a small bakery`.
    #[serde(default, deserialize_with = "nothing_if_empty")]
    pub about: Option<String>,
    /// What it says after "Good morning", the first time.
    #[serde(default)]
    pub greeting: Option<String>,
    /// The voice it speaks with.
    #[serde(default)]
    pub voice: Voice,
    /// How a language model is to be it; see [`Persona::manner`].
    #[serde(default)]
    pub instructions: Option<String>,
    /// When it is open.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// What it offers.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Plain facts by topic: `address`, `phone`, `email`, `parking` and any other.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// Questions that it answers word for word.
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// Something that it offers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it is called.
    #[serde(deserialize_with = "filled")]
    pub name: String,
    /// Other names that people use for it.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it costs, as one would say it: `25 dollars`.
    #[serde(default)]
    pub price: Option<String>,
    /// How long it takes.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// One sentence more.
    #[serde(default)]
    pub detail: Option<String>,
}

/// A question in the ways people ask it, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The ways people ask it.
    #[serde(deserialize_with = "some_filled")]
    pub ask: Vec<String>,
    /// What is answered, word for word.
    #[serde(deserialize_with = "filled")]
    pub answer: String,
}

/// The persona file could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the persona file is wrong at line {line}{}: {reason}", field.as_ref().map(|field| format!(", field `{field}`")).unwrap_or_default())]
pub struct PersonaError {
    /// The line, counted from 1.
    pub line: usize,
    /// The field on that line, with its table: `hours.monday`.
    pub field: Option<String>,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl Persona {
    /// Reads a persona file.
    pub fn parse(text: &str) -> Result<Self, PersonaError> {
        toml::from_str(text).map_err(|error| PersonaError::locate(text, &error))
    }

    /// The instructions for a language model that is to be this persona.
    pub fn manner(&self) -> String {
        self.instructions.as_deref().unwrap_or(MANNER).replace("{name}", &self.name)
    }

    /// Names and words that are likely to come up, to help the ear.
    pub fn keywords(&self) -> Vec<String> {
        let services = self.services.iter();
        let names = services.flat_map(|service| [&service.name].into_iter().chain(&service.also));
        [&self.name].into_iter().chain(names).cloned().collect()
    }

    /// What a newcomer may ask, answered from this file: for the page to offer.
    pub fn suggestions(&self) -> Vec<String> {
        let hours = self.hours.as_ref().map(|_| "What are your opening hours?".to_owned());
        let priced = self.services.iter().find(|service| service.price.is_some());
        let priced = priced.map(Service::question);
        let any = self.services.first().map(|_| "What services do you offer?".to_owned());
        let written = self.questions.first().and_then(|question| question.ask.first().cloned());
        let own = hours.into_iter().chain(priced.or(any)).chain(written);
        own.chain(["What can you do?".to_owned()]).collect()
    }

    /// Manner and knowledge as text, for a language model.
    pub fn briefing(&self) -> String {
        let mut text = self.manner();
        if let Some(about) = &self.about {
            text.push_str(&format!("\n\n{} is {about}.", self.name));
        }
        if let Some(hours) = &self.hours {
            text.push_str(&format!("\n\nOpening hours:\n{hours}"));
        }
        push_section(&mut text, "Services", self.services.iter().map(Service::line));
        let facts = self.facts.iter().map(|(topic, fact)| format!("{topic}: {fact}"));
        push_section(&mut text, "Facts", facts);
        let questions = self
            .questions
            .iter()
            .filter_map(|question| Some(format!("{} {}", question.ask.first()?, question.answer)));
        push_section(&mut text, "Questions and answers", questions);
        text
    }

    /// One that knows nothing but a name.
    fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: None,
            greeting: None,
            voice: Voice::default(),
            instructions: None,
            hours: None,
            services: Vec::new(),
            facts: BTreeMap::new(),
            questions: Vec::new(),
        }
    }
}

impl Default for Persona {
    fn default() -> Self {
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self::bare("Robin"))
    }
}

impl Service {
    /// How its price is asked.
    fn question(&self) -> String {
        let name = &self.name;
        let vowel = name.starts_with(|first: char| "aeiou".contains(first.to_ascii_lowercase()));
        match (name.ends_with('s') && !name.ends_with("ss"), vowel) {
            (true, _) => format!("How much are {name}?"),
            (false, true) => format!("How much is an {name}?"),
            (false, false) => format!("How much is a {name}?"),
        }
    }

    fn line(&self) -> String {
        let minutes = self.minutes.map(|minutes| format!("{minutes} minutes"));
        let details = [self.price.clone(), minutes, self.detail.clone()];
        let details: Vec<_> = details.into_iter().flatten().collect();
        if details.is_empty() {
            return self.name.clone();
        }
        format!("{}: {}", self.name, details.join(", "))
    }
}

impl PersonaError {
    fn locate(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let reason = error.message().trim_end_matches('.').to_owned();
        let missing =
            reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let field = match missing {
            Some(missing) => Some(in_table(text, line, missing)),
            None => field_on(text, line),
        };
        Self { line, field, reason }
    }
}

/// The field that a line belongs to, with the table that it stands in.
fn field_on(text: &str, line: usize) -> Option<String> {
    let key = text.lines().take(line).collect::<Vec<_>>().into_iter().rev().find_map(key)?;
    Some(in_table(text, line, key))
}

/// The key that a line sets. A line inside a list sets none.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let named = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(named)).then_some(key)
}

fn in_table(text: &str, line: usize, key: &str) -> String {
    let headers = text.lines().take(line).filter_map(|line| line.trim().strip_prefix('['));
    let table =
        headers.filter_map(|header| header.trim_start_matches('[').split(']').next()).last();
    table.map_or_else(|| key.to_owned(), |table| format!("{}.{key}", table.trim()))
}

fn push_section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.map(|line| format!("- {line}")).collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n\n{title}:\n{}", lines.join("\n")));
    }
}

fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(de::Error::custom("this must not be empty"));
    }
    Ok(text)
}

fn nothing_if_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let text = text.trim().trim_end_matches('.');
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn some_filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(de::Error::custom("write at least one way of asking, none of them empty"));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_persona_can_be_read() {
        let persona = Persona::parse(BUILT_IN).unwrap();

        assert_eq!(persona.name, "Robin");
        assert!(!persona.questions.is_empty());
    }

    #[test]
    fn a_persona_needs_no_more_than_a_name() {
        assert_eq!(Persona::parse("name = 'Ada'").unwrap(), Persona::bare("Ada"));
    }

    #[test]
    fn a_mistake_is_named_by_line_and_field() {
        let unknown = Persona::parse("name = 'Ada'\ngreting = 'Hi'").unwrap_err();
        assert_eq!((unknown.line, unknown.field.as_deref()), (2, Some("greting")));
        assert!(unknown.reason.contains("greeting"), "{unknown}");

        let hours = "name = 'Ada'\n\n[hours]\nmonday = '9 to never'";
        let hours = Persona::parse(hours).unwrap_err();
        assert_eq!((hours.line, hours.field.as_deref()), (4, Some("hours.monday")), "{hours}");

        let empty = "name = 'Ada'\n[[questions]]\nask = []\nanswer = 'Yes.'";
        let empty = Persona::parse(empty).unwrap_err();
        assert_eq!((empty.line, empty.field.as_deref()), (3, Some("questions.ask")), "{empty}");

        let missing = Persona::parse("greeting = 'Hello.'").unwrap_err();
        assert_eq!(missing.field.as_deref(), Some("name"), "{missing}");

        let service = Persona::parse("name = 'Ada'\n[[services]]\nprice = '1'").unwrap_err();
        let place = (service.line, service.field.as_deref());
        assert_eq!(place, (2, Some("services.name")), "{service}");

        let list = "name = 'Ada'\n[[questions]]\nask = [\n  'Why?',\n  7,\n]\nanswer = 'So.'";
        let list = Persona::parse(list).unwrap_err();
        assert_eq!((list.line, list.field.as_deref()), (5, Some("questions.ask")), "{list}");
    }

    #[test]
    fn the_briefing_holds_all_that_it_knows() {
        let text = "name = 'Ada'\nabout = 'the voice of a barber.'\nfacts = { parking = 'Behind the house.' }\n\
            hours = { monday = '9:00-17:00' }\n\
            [[services]]\nname = 'Haircut'\nprice = '25 dollars'\nminutes = 30\n\
            [[questions]]\nask = ['Is there tea?']\nanswer = 'Always.'";
        let briefing = Persona::parse(text).unwrap().briefing();

        for part in [
            "You are Ada",
            "Ada is the voice of a barber.",
            "Monday: 9:00 to 17:00",
            "Tuesday: closed",
            "Haircut: 25 dollars, 30 minutes",
            "parking: Behind",
            "Is there tea? Always.",
        ] {
            assert!(briefing.contains(part), "{part} is missing in {briefing}");
        }
    }

    #[test]
    fn what_to_ask_follows_from_the_file() {
        let suggested = |text: &str| Persona::parse(text).unwrap().suggestions().join(" ");

        assert_eq!(
            Persona::default().suggestions(),
            [
                "What are your opening hours?",
                "How much is a haircut?",
                "What is Repartee?",
                "What can you do?"
            ]
        );
        assert_eq!(suggested("name = 'Ada'"), "What can you do?");
        let services = "name = 'Ada'\n[[services]]\nname = 'advice'\n";
        assert!(suggested(services).starts_with("What services do you offer?"));
        let eggs = format!("{services}[[services]]\nname = 'eggs'\nprice = '1 dollar'");
        assert!(suggested(&eggs).starts_with("How much are eggs?"));
        let omelette = format!("{services}[[services]]\nname = 'omelette'\nprice = '9 dollars'");
        assert!(suggested(&omelette).starts_with("How much is an omelette?"));
    }

    #[test]
    fn keywords_are_names_and_services() {
        let text = "name = 'Ada'\n[[services]]\nname = 'Balayage'\nalso = ['colouring']";

        assert_eq!(Persona::parse(text).unwrap().keywords(), ["Ada", "Balayage", "colouring"]);
    }
}
