//! The last stage: sentences become sound, some ahead of the one being said, in order.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::audio::format::{Format, Sound};
use crate::audio::tape::{Tape, Taped};
use crate::pipeline::engine::{Line, Synthesizer};
use crate::pipeline::error::{EngineError, Stage};
use crate::pipeline::event::Speech;
use crate::pipeline::limits::Limits;
use crate::pipeline::watch::Due;

/// Sentences on their way to becoming sound.
pub(super) struct Speaking {
    synthesizer: Arc<dyn Synthesizer>,
    wanted: Format,
    bounds: Bounds,
    lines: usize,
    planned: VecDeque<Planned>,
    working: VecDeque<Working>,
    tape: Tape,
    last: Option<Saying>,
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

/// Which sentence a sound belongs to.
#[derive(Clone)]
struct Saying {
    sentence: usize,
    text: String,
    span: Range<usize>,
}

/// A sentence whose synthesis has begun.
struct Working {
    saying: Saying,
    sounds: Option<BoxStream<'static, Result<Sound, EngineError>>>,
    waiting: VecDeque<Sound>,
    waiting_bytes: usize,
    /// Why it broke off. It is said when the sentence is: what comes before is sound already.
    failure: Option<EngineError>,
    since: Duration,
    sounded: bool,
}

impl Speaking {
    pub(super) fn new(synthesizer: Arc<dyn Synthesizer>, wanted: Format, limits: &Limits) -> Self {
        let bounds = Bounds {
            at_once: limits.ahead.saturating_add(1),
            waiting_bytes: limits.waiting_bytes,
            first: limits.speaking_first,
            gap: limits.speaking_gap,
        };
        let (planned, working) = (VecDeque::new(), VecDeque::new());
        let tape = Tape::new(wanted);
        Self { synthesizer, wanted, bounds, lines: 0, planned, working, tape, last: None }
    }

    /// Who speaks.
    pub(super) fn synthesizer(&self) -> Arc<dyn Synthesizer> {
        self.synthesizer.clone()
    }

    /// Takes a sentence in; it is said after all that came before.
    pub(super) fn say(&mut self, line: Line, span: Range<usize>) {
        self.planned.push_back(Planned { line, span });
    }

    /// Whether nothing was ever taken in.
    pub(super) fn is_silent(&self) -> bool {
        self.lines == 0 && self.planned.is_empty()
    }

    /// Whether everything taken in was said.
    pub(super) fn is_done(&self) -> bool {
        self.planned.is_empty() && self.working.is_empty()
    }

    /// Lets every sentence in work get on, and gives the next sound if it is there.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        now: Duration,
    ) -> Result<Option<Speech>, EngineError> {
        loop {
            self.start(now);
            self.collect(context, now);
            let Some(front) = self.working.front_mut() else { return Ok(None) };
            if let Some(sound) = front.next() {
                let saying = front.saying.clone();
                let taped = self.tape.push(sound)?;
                let Some(speech) = self.speech(&saying, taped) else { continue };
                return Ok(Some(speech));
            }
            if !front.is_over()? {
                return Ok(None);
            }
            self.tape.end_of_line()?;
            self.last = self.working.pop_front().map(|said| said.saying);
        }
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
            let saying = Saying { sentence: self.lines, text: line.text.clone(), span };
            let sounds = self.synthesizer.speak(line, self.wanted);
            self.working.push_back(Working::new(saying, sounds, now));
            self.lines += 1;
        }
    }

    fn collect(&mut self, context: &mut Context<'_>, now: Duration) {
        let bound = self.bounds.waiting_bytes;
        for working in &mut self.working {
            working.collect(context, now, bound);
        }
        let failed = self.working.iter().position(|working| working.failure.is_some());
        if let Some(failed) = failed {
            self.working.truncate(failed + 1);
        }
    }

    /// The end of the stream, now that everything was said. It belongs to the last sentence.
    pub(super) fn finish(&mut self) -> Result<Option<Speech>, EngineError> {
        let Some(last) = self.last.take() else { return Ok(None) };
        let taped = self.tape.finish()?;
        Ok(self.speech(&last, taped))
    }

    /// None if the format has nothing to give yet.
    fn speech(&self, saying: &Saying, taped: Taped) -> Option<Speech> {
        let Taped { data, start_ms, duration_ms } = taped;
        if data.is_empty() {
            return None;
        }
        let Saying { sentence, text, span } = saying.clone();
        let rate_hz = self.tape.rate_hz().unwrap_or_default();
        Some(Speech { sentence, text, span, start_ms, duration_ms, rate_hz, data })
    }
}

impl Working {
    fn new(
        saying: Saying,
        sounds: BoxStream<'static, Result<Sound, EngineError>>,
        now: Duration,
    ) -> Self {
        Self {
            saying,
            sounds: Some(sounds),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            failure: None,
            since: now,
            sounded: false,
        }
    }

    /// Takes what the synthesizer has, as much as may wait.
    fn collect(&mut self, context: &mut Context<'_>, now: Duration, bound: usize) {
        while let Some(sounds) = &mut self.sounds {
            if self.waiting_bytes >= bound {
                // It is not asked for more, so it cannot be late.
                self.since = now;
                return;
            }
            match sounds.poll_next_unpin(context) {
                Poll::Pending => return,
                Poll::Ready(None) => self.sounds = None,
                Poll::Ready(Some(Ok(sound))) => self.take(sound, now),
                Poll::Ready(Some(Err(error))) => {
                    self.failure = Some(error);
                    self.sounds = None;
                }
            }
        }
    }

    fn take(&mut self, sound: Sound, now: Duration) {
        self.sounded |= bytes(&sound) > 0;
        self.waiting_bytes += weight(&sound);
        self.waiting.push_back(sound);
        self.since = now;
    }

    fn next(&mut self) -> Option<Sound> {
        let sound = self.waiting.pop_front()?;
        self.waiting_bytes = self.waiting_bytes.saturating_sub(weight(&sound));
        Some(sound)
    }

    /// Whether the synthesizer is expected to deliver: it has not ended, and there is room.
    fn is_awaited(&self, bound: usize) -> bool {
        self.sounds.is_some() && self.waiting_bytes < bound
    }

    /// Whether all has been said. Words that gave no sound at all are the engine's failure.
    fn is_over(&mut self) -> Result<bool, EngineError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.sounds.is_some() {
            return Ok(false);
        }
        if self.sounded {
            return Ok(true);
        }
        Err(EngineError::Unreadable("a sentence came back without any sound".to_owned()))
    }
}

/// What a sound counts for while it waits: an empty one takes room as well.
fn weight(sound: &Sound) -> usize {
    bytes(sound) + size_of::<Sound>()
}

fn bytes(sound: &Sound) -> usize {
    match sound {
        Sound::Pcm(pcm) => pcm.samples.len() * 2,
        Sound::Mp3(data) => data.len(),
    }
}
