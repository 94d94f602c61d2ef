//! The last stage: sentences become sound, some ahead of the one being said, in order.

mod working;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use futures_util::StreamExt;

use crate::audio::error::AudioError;
use crate::audio::format::Format;
use crate::audio::tape::{Tape, Taped};
use crate::domain::money::Work;
use crate::domain::voice::Voice;
use crate::pipeline::budget::Tab;
use crate::pipeline::engine::{Line, Synthesizer};
use crate::pipeline::error::{EngineError, Stage, TurnError};
use crate::pipeline::estimate;
use crate::pipeline::event::{Said, Speech};
use crate::pipeline::limits::Limits;
use crate::pipeline::phrases::{Keeping, Phrase, Phrases};
use crate::pipeline::speaking::working::{Bill, Working};
use crate::pipeline::watch::Due;

/// Sentences on their way to becoming sound.
pub(super) struct Speaking {
    mouth: Mouth,
    wanted: Format,
    bounds: Bounds,
    lines: usize,
    planned: VecDeque<Planned>,
    working: VecDeque<Working>,
    tape: Tape,
    voice: Voice,
    last: Option<Said>,
    paid: Paid,
}

/// What the synthesizer has spoken, of what was said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paid {
    pub characters: u64,
    pub milliseconds: u64,
}

impl Paid {
    pub(super) fn work(self) -> Work {
        let seconds = Some(self.milliseconds as f64 / 1e3);
        Work { seconds, characters: Some(self.characters), tokens: None }
    }
}

/// Who speaks, what was spoken before, and who pays for the rest.
pub(super) struct Mouth {
    pub synthesizer: Arc<dyn Synthesizer>,
    pub phrases: Phrases,
    pub tab: Tab,
}

/// One thing that happened on the way.
pub(super) enum Spoken {
    /// More sound.
    Sound(Speech),
    /// A sentence is complete.
    Said(Said),
}

/// How much may be in work, and for how long.
struct Bounds {
    at_once: usize,
    waiting_bytes: usize,
    first: Duration,
    gap: Duration,
}

/// A sentence that waits for its synthesis.
struct Planned {
    line: Line,
    span: Range<usize>,
}

impl Speaking {
    pub(super) fn new(mouth: Mouth, wanted: Format, limits: &Limits) -> Self {
        let bounds = Bounds {
            at_once: limits.ahead.saturating_add(1),
            waiting_bytes: limits.waiting_bytes,
            first: limits.speaking_first,
            gap: limits.speaking_gap,
        };
        let (planned, working) = (VecDeque::new(), VecDeque::new());
        Self {
            mouth,
            wanted,
            bounds,
            lines: 0,
            planned,
            working,
            tape: Tape::new(wanted),
            voice: Voice::default(),
            last: None,
            paid: Paid::default(),
        }
    }

    /// Who speaks.
    pub(super) fn synthesizer(&self) -> &Arc<dyn Synthesizer> {
        &self.mouth.synthesizer
    }

    /// What the synthesizer has spoken, of what was said so far.
    pub(super) fn paid(&self) -> Paid {
        self.paid
    }

    /// Takes a sentence in; it is said after all that came before.
    pub(super) fn say(&mut self, line: Line, span: Range<usize>) {
        self.planned.push_back(Planned { line, span });
    }

    /// Puts aside what it will cost to have all said that was taken in.
    pub(super) fn reserve(&self) -> Result<(), TurnError> {
        let price = self.mouth.synthesizer.price();
        let lines = self.planned.iter().map(|planned| &planned.line);
        let unspoken = lines.filter(|line| {
            let phrase = self.phrase(line);
            phrase.is_none_or(|phrase| self.mouth.phrases.spoken(&phrase).is_none())
        });
        let cost = unspoken.map(|line| estimate::speaking(price, characters(line))).sum();
        Ok(self.mouth.tab.reserve(cost)?)
    }

    /// Whether nothing was ever taken in.
    pub(super) fn is_silent(&self) -> bool {
        self.lines == 0 && self.planned.is_empty()
    }

    /// Whether everything taken in was said.
    pub(super) fn is_done(&self) -> bool {
        self.planned.is_empty() && self.working.is_empty()
    }

    /// Lets every sentence in work get on, and gives what happened next if it is there.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        now: Duration,
    ) -> Result<Option<Spoken>, TurnError> {
        loop {
            self.start(now);
            self.collect(context, now);
            let Some(front) = self.working.front_mut() else { return Ok(None) };
            if let Some(sound) = front.next() {
                let saying = front.saying.clone();
                let taped = self.tape.push(sound).map_err(in_speaking)?;
                let Some(speech) = self.speech(saying, taped) else { continue };
                return Ok(Some(Spoken::Sound(speech)));
            }
            if !front.is_over()? {
                return Ok(None);
            }
            self.tape.end_of_line().map_err(in_speaking)?;
            return Ok(self.end_sentence().map(Spoken::Said));
        }
    }

    fn end_sentence(&mut self) -> Option<Said> {
        let working = self.working.pop_front()?;
        let end_ms = self.tape.given_ms();
        let speaker = &self.mouth.synthesizer;
        if let Some(bill) = working.bill {
            let milliseconds = end_ms.saturating_sub(working.begins_ms);
            self.paid.milliseconds += milliseconds;
            self.paid.characters += bill.characters;
            bill.settle(speaker.price(), milliseconds);
        }
        // Another voice may have stood in for the one that was asked; then it is not kept as its.
        if let Some(keeping) = working.keeping.filter(|keeping| keeping.is_of(&speaker.name())) {
            keeping.finish();
        }
        if let Some(next) = self.working.front_mut() {
            next.begins_ms = end_ms;
        }
        let said = Said { end_ms, ..working.saying };
        self.last = Some(said.clone());
        Some(said)
    }

    /// What the sentence being said must do next, and by when. Nobody waits for those ahead of it
    /// yet: one that is late by then fails when its turn has come.
    pub(super) fn due(&self) -> Option<Due> {
        let front = self.working.front()?;
        let limit = if front.sounded { self.bounds.gap } else { self.bounds.first };
        let due = Due { stage: Stage::Speaking, since: front.since, limit };
        front.is_awaited(self.bounds.waiting_bytes).then_some(due)
    }

    fn start(&mut self, now: Duration) {
        // What comes after a failure will never be said, so nobody is to work on it.
        let failed = self.working.back().is_some_and(|working| working.failure.is_some());
        while !failed && self.working.len() < self.bounds.at_once {
            let Some(Planned { line, span }) = self.planned.pop_front() else { return };
            let (sentence, text) = (self.lines, line.text.clone());
            let saying = Said { sentence, text, span, end_ms: 0 };
            let working = self.begin(line, Working::new(saying, self.tape.given_ms(), now));
            self.working.push_back(working);
            self.lines += 1;
        }
    }

    /// Plays what was spoken before, or has it spoken, if there is money for that.
    fn begin(&mut self, line: Line, mut working: Working) -> Working {
        self.voice.clone_from(&line.voice);
        let phrase = self.phrase(&line);
        let Mouth { synthesizer, phrases, tab } = &self.mouth;
        if let Some(spoken) = phrase.as_ref().and_then(|phrase| phrases.spoken(phrase)) {
            let sounds: Vec<_> = spoken.iter().cloned().map(Ok).collect();
            working.sounds = Some(futures_util::stream::iter(sounds).boxed());
            return working;
        }
        match Bill::open(tab, synthesizer.price(), characters(&line)) {
            Ok(bill) => working.bill = Some(bill),
            Err(error) => {
                working.failure = Some(error);
                return working;
            }
        }
        working.keeping = phrase.map(|phrase| Keeping::new(phrases.clone(), phrase));
        working.sounds = Some(synthesizer.speak(line, self.wanted));
        working
    }

    fn phrase(&self, line: &Line) -> Option<Phrase> {
        let Mouth { synthesizer, tab, .. } = &self.mouth;
        Phrase::of((tab.payer(), synthesizer.name()), line, self.wanted)
    }

    fn collect(&mut self, context: &mut Context<'_>, now: Duration) {
        let bound = self.bounds.waiting_bytes;
        let failed = self.working.iter_mut().position(|working| {
            working.collect(context, now, bound);
            working.failure.is_some()
        });
        let Some(failed) = failed else { return };
        // Those behind it must not even be polled: they might be about to ask. They were asked of
        // the same engine at the same time, and fared no better.
        let mut behind = self.working.split_off(failed + 1);
        let failure = self.working.back().and_then(|working| working.failure.as_ref());
        if let Some(TurnError::Engine { source, .. }) = failure {
            behind.iter_mut().for_each(|working| working.excuse(source));
        }
    }

    /// The end of the stream, now that everything was said. It belongs to the last sentence.
    pub(super) fn finish(&mut self) -> Result<Option<Speech>, TurnError> {
        let Some(last) = self.last.take() else { return Ok(None) };
        let taped = self.tape.finish().map_err(in_speaking)?;
        Ok(self.speech(last, taped))
    }

    /// None if the format has nothing to give yet.
    fn speech(&self, saying: Said, taped: Taped) -> Option<Speech> {
        let Taped { data, start_ms, duration_ms } = taped;
        if data.is_empty() {
            return None;
        }
        let Said { sentence, text, span, .. } = saying;
        let rate_hz = self.tape.rate_hz().unwrap_or_default();
        let voice = self.mouth.synthesizer.speaker(&self.voice);
        Some(Speech { sentence, text, voice, span, start_ms, duration_ms, rate_hz, data })
    }
}

fn characters(line: &Line) -> u64 {
    line.text.chars().count() as u64
}

fn in_speaking(error: AudioError) -> TurnError {
    EngineError::from(error).in_stage(Stage::Speaking)
}
