//! The answer to a meaning.

use crate::domain::delivery::Delivery;
use crate::domain::message::{Message, Role};
use crate::engines::embedded::capitals::capitalised;
use crate::engines::embedded::thinking::hours_asked::Asked;
use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::mind::{Exchange, Reply};
use crate::engines::embedded::thinking::phrases::Meaning;
use crate::engines::embedded::thinking::{
    clock, delivery, keywords, knowledge, numbers, privacy, recall, stock, way_out, wordings, words,
};

/// Below this, in dBFS, a voice is hard to hear.
const QUIET_DBFS: f32 = -38.0;
/// Above this it is likely to be clipped.
const LOUD_DBFS: f32 = -9.0;

/// What is said behind all that can be asked.
const HELP: &str = "Ask: what is twelve times seven?";

/// How many of the last answers are not to be repeated word for word.
const RECENT: usize = 3;

impl Exchange<'_> {
    /// Answers what was meant.
    pub fn answer(&self, meaning: &Meaning) -> Reply {
        let persona = &self.mind.persona;
        match meaning {
            Meaning::Known(intent) => self.answer_known(*intent),
            Meaning::Question(number) => {
                let question = persona.questions.get(*number);
                Reply::of(question.map_or("", |question| question.answer.as_str()))
            }
            Meaning::Fact(topic) => Reply::of(persona.facts.get(topic).map_or("", String::as_str)),
            Meaning::Service(number) => {
                Reply::of(persona.services.get(*number).map(knowledge::service).unwrap_or_default())
            }
            Meaning::Booking(number) => {
                let service = persona.services.get(*number);
                Reply::of(
                    service.map(|service| way_out::booking(service, persona)).unwrap_or_default(),
                )
            }
            Meaning::Services => Reply::of(knowledge::services(persona)),
            Meaning::Hours(when) => {
                Reply::of(knowledge::hours(persona.hours.as_ref(), *when, &self.now))
            }
        }
    }

    fn answer_known(&self, intent: Intent) -> Reply {
        if let Some(change) = delivery::change(intent, self.prompt.delivery) {
            return self.change_delivery(change);
        }
        let private = privacy::answer(intent, &self.mind.premises, self.prompt.remembered);
        let refused = || way_out::answer(intent, &self.mind.persona);
        Reply::of(private.or_else(refused).unwrap_or_else(|| match intent {
            Intent::Hello => self.hello(),
            Intent::Who => self.who(),
            Intent::Help => self.help(),
            Intent::CanYouHear => self.loudness().to_owned(),
            Intent::Time => clock::time(&self.now),
            Intent::Date => clock::date(&self.now),
            Intent::Year => clock::year(&self.now),
            Intent::MyName => self.your_name(),
            Intent::MyLikes => recall::likes(&self.memory),
            Intent::Untold => self.untold(),
            Intent::MyDislikes => recall::dislikes(&self.memory),
            Intent::Told => recall::everything(&self.memory),
            Intent::Repeat => {
                self.last_answer().unwrap_or("I haven't said anything yet.").to_owned()
            }
            Intent::WhatISaid => self.last_said(),
            Intent::Joke => self.joke(),
            Intent::Fact => self.fact(),
            Intent::Coin => ["Heads.", "Tails."][(self.chance % 2) as usize].to_owned(),
            Intent::Die => format!("{}.", numbers::name(self.chance % 6 + 1)),
            Intent::Number => format!("{}.", numbers::name(self.chance % 10 + 1)),
            Intent::Bye => self.goodbye(),
            other => self.choose(wordings::of(other), "{name}", &self.mind.persona.name),
        }))
    }

    /// One of the ways to put it, not one that was just used, with the slot filled.
    pub fn choose(&self, ways: &[&str], slot: &str, filling: &str) -> String {
        let filled: Vec<String> =
            ways.iter().map(|way| capitalised(&way.replace(slot, filling))).collect();
        let fresh: Vec<&String> = filled.iter().filter(|text| !self.was_just_said(text)).collect();
        let left = if fresh.is_empty() { filled.iter().collect() } else { fresh };
        let chosen = left.get(self.chance as usize % left.len().max(1));
        chosen.map(|text| (*text).clone()).unwrap_or_default()
    }

    fn was_just_said(&self, text: &str) -> bool {
        self.answers().take(RECENT).any(|answer| answer.contains(text))
    }

    fn answers(&self) -> impl Iterator<Item = &str> {
        self.said_by(Role::Assistant)
    }

    /// What somebody said in this conversation, the latest first.
    pub fn said_by(&self, role: Role) -> impl Iterator<Item = &str> {
        let latest = self.prompt.history.iter().rev();
        latest
            .filter(move |message: &&Message| message.role == role)
            .map(|message| message.text.as_str())
    }

    fn hello(&self) -> String {
        let greeting = clock::greeting(&self.now);
        let greeted = match &self.memory.name {
            Some(name) => format!("{greeting}, {name}."),
            None => format!("{greeting}."),
        };
        let first = self.prompt.history.is_empty();
        let own = self.mind.persona.greeting.as_deref().filter(|_| first);
        match own {
            Some(own) => format!("{greeted} {own}"),
            None => format!("{greeted} {}", self.choose(wordings::of(Intent::Hello), "{}", "")),
        }
    }

    fn who(&self) -> String {
        let persona = &self.mind.persona;
        match &persona.about {
            Some(about) => format!("I'm {}, {about}.", persona.name),
            None => self.choose(wordings::of(Intent::Who), "{name}", &persona.name),
        }
    }

    /// What the speaker may have told of themselves.
    fn untold(&self) -> String {
        let said = words::read(&self.prompt.said);
        let note = keywords::remembered(&words::plain(&said), &self.memory.remembered);
        match note {
            Some(note) => recall::told(note),
            None => self.choose(wordings::of(Intent::Untold), "{}", ""),
        }
    }

    /// What can be asked, the persona's own first.
    fn help(&self) -> String {
        let persona = &self.mind.persona;
        let hours = persona.hours.as_ref().map(|_| "opening hours".to_owned());
        let prices = persona.services.first().map(|_| "prices".to_owned());
        let own: Vec<String> = hours.into_iter().chain(prices).collect();
        let ways = wordings::of(Intent::Help);
        if own.is_empty() || self.was_just_said(HELP) {
            return self.choose(ways, "{}", "");
        }
        let all = [own, ["the time".to_owned(), "sums".to_owned()].to_vec()].concat();
        format!("I know {}. {HELP}", recall::list(&all))
    }

    /// Whether it is open, or when.
    pub fn hours(&self, asked: Asked) -> String {
        let persona = &self.mind.persona;
        match asked.at {
            Some(time) => knowledge::hours_at(persona, asked.when, time, &self.now),
            None => knowledge::hours(persona.hours.as_ref(), asked.when, &self.now),
        }
    }

    fn goodbye(&self) -> String {
        match &self.memory.name {
            Some(name) => format!("Goodbye, {name}."),
            None => "Goodbye.".to_owned(),
        }
    }

    fn loudness(&self) -> &'static str {
        match self.prompt.loudness_dbfs {
            None => "You typed that. Say it aloud, and I'll tell you.",
            Some(loudness) if loudness < QUIET_DBFS => "Yes, but you're quiet. Come closer.",
            Some(loudness) if loudness > LOUD_DBFS => "Yes, but too loud. Move back a little.",
            Some(_) => self.clearly(),
        }
    }

    fn clearly(&self) -> &'static str {
        const CLEARLY: [&str; 3] = ["Yes, clearly.", "Loud and clear.", "Yes, every word."];
        let fresh = CLEARLY.into_iter().find(|text| !self.was_just_said(text));
        fresh.unwrap_or(CLEARLY[0])
    }

    fn last_answer(&self) -> Option<&str> {
        let last = self.answers().next()?;
        let stripped = delivery::DONE.iter().find_map(|done| last.strip_prefix(done));
        Some(stripped.map_or(last, str::trim_start)).filter(|text| !text.is_empty())
    }

    fn last_said(&self) -> String {
        match self.said_by(Role::User).next() {
            Some(said) => format!("You said: {}", said.trim_end()),
            None => "Nothing, before this.".to_owned(),
        }
    }

    fn joke(&self) -> String {
        let joke = stock::joke(&self.memory.jokes, self.chance);
        joke.unwrap_or("That was my last joke. I know thirty.").to_owned()
    }

    fn fact(&self) -> String {
        let fact = stock::fact(&self.memory.facts, self.chance);
        fact.unwrap_or("That's all I know. You've heard every fact.").to_owned()
    }

    fn change_delivery(&self, change: Result<(Delivery, &'static str), &'static str>) -> Reply {
        let (delivery, done) = match change {
            Ok((delivery, done)) => (delivery, done),
            Err(limit) => return Reply::of(limit),
        };
        let again = self.last_answer().map(|text| format!(" {text}")).unwrap_or_default();
        Reply { delivery: Some(delivery), ..Reply::of(format!("{done}{again}")) }
    }
}
