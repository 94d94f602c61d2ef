//! From what was said to what is answered.

use std::sync::Arc;

use chrono::DateTime;
use chrono_tz::Tz;

use crate::domain::delivery::Delivery;
use crate::domain::persona::Persona;
use crate::engines::embedded::thinking::dictionary::Dictionary;
use crate::engines::embedded::thinking::ladder::Why;
use crate::engines::embedded::thinking::memory::{self, Memory};
use crate::engines::embedded::thinking::phrases::{Meaning, Phrases};
use crate::engines::embedded::thinking::premises::Premises;
use crate::engines::embedded::thinking::understanding::Understood;
use crate::engines::embedded::thinking::{delivery, foreign, ladder, sayings, words};
use crate::pipeline::engine::{Prompt, ReplyPart};

/// The share of typed words that must be in the dictionary to be taken for English.
const KNOWN_SHARE: f32 = 0.7;
/// The fewest words of a heard question that is taken to have been heard well.
const QUESTION_WORDS: usize = 4;

/// All that an answer can draw on.
pub struct Mind {
    /// Who answers.
    pub persona: Arc<Persona>,
    /// Where.
    pub premises: Premises,
    /// What is understood.
    pub phrases: Phrases,
}

/// An exchange in the making.
pub struct Exchange<'a> {
    /// Who answers.
    pub mind: &'a Mind,
    /// What was asked, and what came before.
    pub prompt: &'a Prompt,
    /// What the speaker told earlier.
    pub memory: Memory,
    /// The speaker's clock.
    pub now: DateTime<Tz>,
    /// A number that nobody can guess.
    pub chance: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// How to speak from here on, if that changes.
    pub delivery: Option<Delivery>,
    /// The words.
    pub text: String,
    /// Whether they only say that there is no answer.
    pub unanswered: bool,
}

impl Mind {
    /// Reads the dictionary and learns the phrases.
    pub fn new(persona: Arc<Persona>, premises: Premises) -> Self {
        let dictionary = Dictionary::open(premises.dictionary.as_deref());
        let phrases = Phrases::new(dictionary, &persona);
        Self { persona, premises, phrases }
    }

    /// Answers.
    pub fn answer(&self, prompt: &Prompt) -> Reply {
        let exchange = Exchange {
            mind: self,
            prompt,
            memory: Memory::of(prompt.summary.as_deref(), &prompt.history),
            now: (self.premises.clock)().with_timezone(&prompt.timezone),
            chance: (self.premises.chance)(),
        };
        exchange.reply()
    }
}

impl Exchange<'_> {
    /// Whether the words came from a keyboard: then they are as they were meant.
    pub fn typed(&self) -> bool {
        self.prompt.loudness_dbfs.is_none()
    }

    fn reply(&self) -> Reply {
        let said = words::read(&self.prompt.said);
        if said.is_empty() {
            return Reply::of("I caught no words. Say it again?");
        }
        match self.understand(&said) {
            Understood::Answered(text) => Reply::of(text),
            Understood::Surely(meaning) => self.answer(&meaning),
            Understood::Probably(meaning) => self.answer_in_doubt(&meaning),
            Understood::Not => {
                let text = ladder::refuse(
                    &self.prompt.said,
                    self.why(&words::plain(&said)),
                    self.typed(),
                    &self.prompt.history,
                    memory::tells_of_refusals(self.prompt.summary.as_deref()),
                );
                Reply { unanswered: true, ..Reply::of(text) }
            }
        }
    }

    /// Why there is no answer. What was heard is clear when it is a whole question; what was typed,
    /// when its words are words.
    fn why(&self, plain: &[&str]) -> Why {
        let text = self.prompt.said.trim();
        let clear = match self.typed() {
            true => self.mind.phrases.known_share(plain) >= KNOWN_SHARE,
            false => text.ends_with('?') && plain.len() >= QUESTION_WORDS,
        };
        match (foreign::is_foreign(text, plain), clear) {
            (true, _) => Why::Foreign,
            (false, true) => Why::Beyond,
            (false, false) => Why::Unclear,
        }
    }

    /// Answers the likely meaning, owning the doubt.
    fn answer_in_doubt(&self, meaning: &Meaning) -> Reply {
        if let Meaning::Known(intent) = meaning
            && let Some(question) = delivery::confirm(*intent)
        {
            return Reply::of(question);
        }
        let doubt = self.doubt(meaning);
        let reply = self.answer(meaning);
        Reply { text: format!("{doubt} {}", reply.text), ..reply }
    }

    fn doubt(&self, meaning: &Meaning) -> String {
        match meaning {
            Meaning::Known(intent) => {
                let entry = sayings::entries().find(|entry| entry.intent == *intent);
                entry.map(|entry| entry.doubt.to_owned()).unwrap_or_default()
            }
            Meaning::Question(number) => {
                let asked =
                    self.mind.persona.questions.get(*number).and_then(|one| one.ask.first());
                format!("I think you asked: {}", asked.map_or("", String::as_str))
            }
            Meaning::Fact(topic) => format!("I think you asked about {topic}."),
            Meaning::Service(number) | Meaning::Booking(number) => {
                let service = self.mind.persona.services.get(*number);
                let name = service.map_or("", |service| service.name.as_str());
                format!("I think you asked about {name}.")
            }
            Meaning::Services => "I think you asked what's offered.".to_owned(),
            Meaning::Hours(_) => "I think you asked about hours.".to_owned(),
        }
    }
}

impl Reply {
    /// One that only says something.
    pub fn of(text: impl Into<String>) -> Self {
        Self { delivery: None, text: text.into(), unanswered: false }
    }

    /// As parts of a stream: how to speak, then a sentence at a time.
    pub fn parts(self) -> impl Iterator<Item = ReplyPart> {
        let sentences = sentences(&self.text);
        let delivery = self.delivery.map(ReplyPart::Delivery);
        let unanswered = self.unanswered.then_some(ReplyPart::Unanswered);
        let texts = sentences.into_iter().map(ReplyPart::Text);
        delivery.into_iter().chain(unanswered).chain(texts)
    }
}

/// Cuts behind each sentence; together the pieces are the text.
fn sentences(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(['.', '?']) {
        if text[at + 1..].starts_with(' ') {
            pieces.push(text[start..at + 2].to_owned());
            start = at + 2;
        }
    }
    if start < text.len() {
        pieces.push(text[start..].to_owned());
    }
    pieces
}
