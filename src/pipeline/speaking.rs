//! The last stage: sentences become sound, some ahead of the one being said, in order.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::audio::format::{Format, Sound};
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
    said_ms: u64,
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

/// A sentence whose synthesis has begun.
struct Working {
    sentence: usize,
    text: String,
    span: Range<usize>,
    sounds: Option<BoxStream<'static, Result<Sound, EngineError>>>,
    waiting: VecDeque<Sound>,
    waiting_bytes: usize,
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
        Self { synthesizer, wanted, bounds, lines: 0, planned, working, said_ms: 0 }
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
            for working in &mut self.working {
                working.collect(context, now, self.bounds.waiting_bytes)?;
            }
            let Some(front) = self.working.front_mut() else { return Ok(None) };
            if let Some(sound) = front.next() {
                return self.speech(sound).map(Some);
            }
            if !front.is_over()? {
                return Ok(None);
            }
            self.working.pop_front();
        }
    }

    /// What each sentence in work must do next, and by when.
    pub(super) fn dues(&self) -> impl Iterator<Item = Due> {
        self.working.iter().filter(|working| working.is_awaited(self.bounds.waiting_bytes)).map(
            |working| {
                let limit = if working.sounded { self.bounds.gap } else { self.bounds.first };
                Due { stage: Stage::Speaking, since: working.since, limit }
            },
        )
    }

    fn start(&mut self, now: Duration) {
        while self.working.len() < self.bounds.at_once {
            let Some(Planned { line, span }) = self.planned.pop_front() else { return };
            let text = line.text.clone();
            let sounds = self.synthesizer.speak(line, self.wanted);
            self.working.push_back(Working::new(self.lines, text, span, (sounds, now)));
            self.lines += 1;
        }
    }

    fn speech(&mut self, sound: Sound) -> Result<Speech, EngineError> {
        let Some(front) = self.working.front() else {
            return Err(EngineError::Unreadable("a sound without a sentence".to_owned()));
        };
        let Sound::Pcm(pcm) = sound else {
            return Err(EngineError::Unreadable("MP3 cannot be joined yet".to_owned()));
        };
        let data: Bytes = pcm.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let duration_ms = (pcm.seconds() * 1e3).round() as u64;
        let start_ms = self.said_ms;
        self.said_ms += duration_ms;
        let (text, span) = (front.text.clone(), front.span.clone());
        Ok(Speech { sentence: front.sentence, text, span, start_ms, duration_ms, data })
    }
}

impl Working {
    fn new(
        sentence: usize,
        text: String,
        span: Range<usize>,
        (sounds, now): (BoxStream<'static, Result<Sound, EngineError>>, Duration),
    ) -> Self {
        let (waiting, waiting_bytes) = (VecDeque::new(), 0);
        let sounds = Some(sounds);
        Self { sentence, text, span, sounds, waiting, waiting_bytes, since: now, sounded: false }
    }

    /// Takes what the synthesizer has, as much as may wait.
    fn collect(
        &mut self,
        context: &mut Context<'_>,
        now: Duration,
        bound: usize,
    ) -> Result<(), EngineError> {
        while self.waiting_bytes < bound {
            let Some(sounds) = &mut self.sounds else { return Ok(()) };
            match sounds.poll_next_unpin(context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(None) => self.sounds = None,
                Poll::Ready(Some(sound)) => {
                    let sound = sound?;
                    self.waiting_bytes += bytes(&sound);
                    self.waiting.push_back(sound);
                    self.since = now;
                    self.sounded = true;
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Sound> {
        let sound = self.waiting.pop_front()?;
        self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes(&sound));
        Some(sound)
    }

    /// Whether the synthesizer is expected to deliver: it has not ended, and there is room.
    fn is_awaited(&self, bound: usize) -> bool {
        self.sounds.is_some() && self.waiting_bytes < bound
    }

    /// Whether all has been said. Words that gave no sound at all are the engine's failure.
    fn is_over(&self) -> Result<bool, EngineError> {
        if self.sounds.is_some() {
            return Ok(false);
        }
        if self.sounded {
            return Ok(true);
        }
        Err(EngineError::Unreadable("a sentence came back without any sound".to_owned()))
    }
}

fn bytes(sound: &Sound) -> usize {
    match sound {
        Sound::Pcm(pcm) => pcm.samples.len() * 2,
        Sound::Mp3(data) => data.len(),
    }
}
