//! From words to meaning: word for word first, then what has a slot, then by sound.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::mind::Exchange;
use crate::engines::embedded::thinking::phrases::{Meaning, Nearest};
use crate::engines::embedded::thinking::words::{self, Word};
use crate::engines::embedded::thinking::{
    clock, hours_asked, keywords, numbers, recall, statements, sums, units,
};

/// How near is near enough to answer, and to answer owning the doubt.
struct Limits {
    sure: f32,
    likely: f32,
}

const HEARD: Limits = Limits { sure: 0.30, likely: 0.40 };
/// Letters don't slip the way sounds do: what is typed was meant.
const TYPED: Limits = Limits { sure: 0.10, likely: 0.25 };

/// The bound of whole numbers to pick one from.
const GREATEST_BOUND: f64 = 1e15;
/// Said of bounds beyond it.
const TOO_GREAT: &str = "That's too big for me.";

/// Said of a sum with a part that was not understood.
const HALF_A_SUM: &str = "I missed a number. Say the sum again?";

/// Said of a sum whose order is not the spoken one.
const BRACKETS: &str = "I can't read brackets. Take it in two steps.";

/// Said of a sum that nobody would work out by ear.
const LONG_SUM: &str = "That sum is too long for me.";

/// Courtesies before the question itself.
const COURTESIES: &[&str] = &[
    "can you please tell me",
    "could you please tell me",
    "can you tell me",
    "could you tell me",
    "please tell me",
    "do you know",
    "i would like to know",
    "i want to know",
    "i would like you to",
    "i want you to",
    "would you please",
    "could you please",
    "can you please",
    "i would like to",
    "i want to",
    "i need to",
    "would you",
    "could you",
    "can you",
    "can i",
    "may i",
    "could i",
    "tell me",
];

/// What was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Understood {
    /// The words held all that the answer needs.
    Answered(String),
    /// This was meant.
    Surely(Meaning),
    /// This was probably meant.
    Probably(Meaning),
    /// Nothing that is known here.
    Not,
}

impl Exchange<'_> {
    /// What the words mean.
    pub fn understand(&self, said: &[Word]) -> Understood {
        let core = words::core(said, &self.mind.persona.name);
        let plain = words::plain(core);
        let bare = without_courtesy(&plain);
        if plain.len() > words::MOST {
            return self.understand_long(core, bare);
        }
        self.understand_by_word(core)
            .or_else(|| self.follow_up(said))
            .or_else(|| sums::is_begun(&plain).then(|| Understood::Answered(HALF_A_SUM.to_owned())))
            .or_else(|| self.understand_by_sound(core))
            .unwrap_or_else(|| likely(self.nearest(&plain, bare, self.limits().likely)))
    }

    /// What the words mean as they stand.
    pub fn understand_by_word(&self, core: &[Word]) -> Option<Understood> {
        let plain = words::plain(core);
        let bare = without_courtesy(&plain);
        let meaning = self.word_for_word(&plain, bare).map(Understood::Surely);
        meaning.or_else(|| self.fill_slots(core, &plain, bare).map(Understood::Answered))
    }

    /// What surely sounds like the words, or is mentioned in them.
    pub fn understand_by_sound(&self, core: &[Word]) -> Option<Understood> {
        let plain = words::plain(core);
        let bare = without_courtesy(&plain);
        let nearest = self.nearest(&plain, bare, self.limits().sure);
        let sure = nearest.map(|nearest| Understood::Surely(nearest.meaning));
        sure.or_else(|| self.weigh_keywords(&plain, bare))
    }

    fn limits(&self) -> Limits {
        if self.typed() { TYPED } else { HEARD }
    }

    /// Of a long text, only a statement and a sum are known for what they are.
    fn understand_long(&self, core: &[Word], bare: &[&str]) -> Understood {
        let told = statements::find(core);
        if !told.all.is_empty() {
            return Understood::Answered(self.acknowledge(&told));
        }
        match sums::is_too_long(bare) {
            true => Understood::Answered(LONG_SUM.to_owned()),
            false => Understood::Not,
        }
    }

    fn word_for_word(&self, plain: &[&str], bare: &[&str]) -> Option<Meaning> {
        let phrases = &self.mind.phrases;
        phrases.exact(plain).or_else(|| phrases.exact(bare)).cloned()
    }

    /// Answers that are read from the words themselves.
    fn fill_slots(&self, core: &[Word], plain: &[&str], bare: &[&str]) -> Option<String> {
        let told = statements::find(core);
        if !told.all.is_empty() {
            return Some(self.acknowledge(&told));
        }
        units::find(plain, !self.typed())
            .map(|found| found.map_or_else(str::to_owned, |conversion| conversion.sentence()))
            .or_else(|| self.sum(bare))
            .or_else(|| recall::birthday(plain, &self.memory, self.now.date_naive()))
            .or_else(|| clock::answer(bare, &self.now))
            .or_else(|| hours_asked::read(bare).map(|asked| self.hours(asked)))
            .or_else(|| self.number_between(plain))
            .or_else(|| keywords::remembered(bare, &self.memory.remembered).map(recall::told))
    }

    fn sum(&self, bare: &[&str]) -> Option<String> {
        let sum = sums::find(bare, !self.typed())?;
        let brackets = self.prompt.said.contains('(');
        Some(if brackets { BRACKETS.to_owned() } else { recall::result(&sum) })
    }

    /// "Pick a number between one and a hundred."
    fn number_between(&self, plain: &[&str]) -> Option<String> {
        let between = plain.iter().position(|word| *word == "between")?;
        plain[..between].contains(&"number").then_some(())?;
        let (low, taken) = numbers::unsigned(&plain[between + 1..])?;
        let rest = plain[between + 1 + taken..].strip_prefix(&["and"])?;
        let (high, taken) = numbers::unsigned(rest)?;
        if !matches!(&rest[taken..], [] | ["for", "me"]) {
            return None;
        }
        if low.max(high) >= GREATEST_BOUND {
            return Some(TOO_GREAT.to_owned());
        }
        let span = (high - low).abs() as u64 + 1;
        let chosen = low.min(high) as u64 + self.chance % span;
        Some(format!("{chosen}."))
    }

    fn nearest(&self, plain: &[&str], bare: &[&str], limit: f32) -> Option<Nearest> {
        let whole = self.mind.phrases.nearest(plain, limit);
        if bare.len() == plain.len() || bare.len() < 2 {
            return whole;
        }
        let short = self.mind.phrases.nearest(bare, limit);
        [whole, short]
            .into_iter()
            .flatten()
            .min_by(|one, other| one.distance.total_cmp(&other.distance))
    }

    fn weigh_keywords(&self, plain: &[&str], bare: &[&str]) -> Option<Understood> {
        if let Some(number) = keywords::question(plain, &self.mind.persona) {
            return Some(Understood::Surely(Meaning::Question(number)));
        }
        let beyond = keywords::beyond(plain).or_else(|| keywords::beyond(bare));
        beyond.map(|intent| Understood::Surely(Meaning::Known(intent)))
    }
}

/// Small talk that would be odd to answer on a guess.
pub const ONLY_WHEN_SURE: &[Intent] = &[
    Intent::Yes,
    Intent::No,
    Intent::Sorry,
    Intent::Praise,
    Intent::Blame,
    Intent::Love,
    Intent::Fine,
    Intent::NeverMind,
    Intent::Forget,
];

fn likely(nearest: Option<Nearest>) -> Understood {
    match nearest.map(|nearest| nearest.meaning) {
        None => Understood::Not,
        Some(Meaning::Known(intent)) if ONLY_WHEN_SURE.contains(&intent) => Understood::Not,
        Some(meaning) => Understood::Probably(meaning),
    }
}

fn without_courtesy<'a, 'b>(plain: &'a [&'b str]) -> &'a [&'b str] {
    let courtesy = COURTESIES.iter().find_map(|courtesy| {
        let words: Vec<&str> = courtesy.split(' ').collect();
        plain.starts_with(&words).then_some(words.len())
    });
    courtesy.filter(|length| *length < plain.len()).map_or(plain, |length| &plain[length..])
}
