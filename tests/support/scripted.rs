//! Engines that follow a script and keep a journal, for tests and benches.
#![allow(dead_code, clippy::allow_attributes, reason = "each test crate uses a part of it")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use repartee::audio::clip::Clip;
use repartee::audio::format::{Format, Sound};
use repartee::audio::pcm::Pcm;
use repartee::conversations::Options;
use repartee::domain::delivery::Delivery;
use repartee::domain::message::Message;
use repartee::domain::money::Price;
use repartee::domain::voice::Voice;
use repartee::pipeline::Engines;
use repartee::pipeline::budget::{Budget, Tab};
use repartee::pipeline::engine::{
    EngineName, Hint, Line, Prompt, ReplyPart, Responder, Summary, Synthesizer, Transcriber,
    Transcript, Usage,
};
use repartee::pipeline::error::EngineError;
use repartee::pipeline::event::Briefing;
use tokio_util::sync::CancellationToken;

/// Holds an engine back until the test opens it. Opened once, it stays open.
#[derive(Debug, Clone, Default)]
pub struct Gate(CancellationToken);

impl Gate {
    /// Closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everyone pass, now and later.
    pub fn open(&self) {
        self.0.cancel();
    }

    /// Waits until it is open.
    pub async fn passed(&self) {
        self.0.cancelled().await;
    }
}

/// Something that an engine was asked or that became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A clip of so many bytes was to be heard.
    Heard(usize),
    /// A transcription was given up.
    HearingDropped,
    /// This was said to the responder.
    Prompted(String),
    /// The reply was given up before its end.
    ReplyDropped,
    /// This line was to be spoken.
    Asked(String),
    /// This line was spoken to its end.
    Spoken(String),
    /// This line was given up before its end.
    LineDropped(String),
    /// These messages were to be folded into the summary.
    Summarized(usize),
}

/// What the engines of one script were asked.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    entries: Vec<Entry>,
    prompts: Vec<Prompt>,
    lines: Vec<Line>,
    rooms: Vec<usize>,
    speaking: usize,
    most_at_once: usize,
}

impl Journal {
    /// Everything, in order.
    pub fn entries(&self) -> Vec<Entry> {
        self.notes().entries.clone()
    }

    /// Whether this happened.
    pub fn holds(&self, entry: &Entry) -> bool {
        self.notes().entries.contains(entry)
    }

    /// What the responder was given.
    pub fn prompts(&self) -> Vec<Prompt> {
        self.notes().prompts.clone()
    }

    /// What the synthesizer was given.
    pub fn lines(&self) -> Vec<Line> {
        self.notes().lines.clone()
    }

    /// How many bytes each summary was allowed.
    pub fn rooms(&self) -> Vec<usize> {
        self.notes().rooms.clone()
    }

    /// The most lines that were ever in work at once.
    pub fn most_at_once(&self) -> usize {
        self.notes().most_at_once
    }

    fn note(&self, entry: Entry) {
        self.notes().entries.push(entry);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes in the journal how a piece of work ended: in full, or dropped.
struct Trace {
    journal: Journal,
    done: Option<Entry>,
    dropped: Option<Entry>,
    line: bool,
}

impl Trace {
    fn finish(mut self) {
        if let Some(entry) = self.done.take() {
            self.journal.note(entry);
        }
        self.dropped = None;
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if self.line {
            self.journal.notes().speaking -= 1;
        }
        if let Some(entry) = self.dropped.take() {
            self.journal.note(entry);
        }
    }
}

/// What a script says an engine does next.
#[derive(Debug, Clone)]
pub enum Step<T> {
    /// Gives this.
    Give(T),
    /// Waits for the test.
    Wait(Gate),
    /// Gives the others a chance, once.
    Yield,
    /// Fails.
    Fail(EngineError),
    /// Does nothing any more.
    Hang,
}

fn follow<T: Send + 'static>(
    steps: Vec<Step<T>>,
    trace: Trace,
) -> BoxStream<'static, Result<T, EngineError>> {
    let script = (VecDeque::from(steps), Some(trace));
    stream::unfold(script, |(mut steps, mut trace)| async move {
        loop {
            let Some(step) = steps.pop_front() else {
                trace.take()?.finish();
                return None;
            };
            match step {
                Step::Give(thing) => return Some((Ok(thing), (steps, trace))),
                Step::Wait(gate) => gate.passed().await,
                Step::Yield => tokio::task::yield_now().await,
                Step::Fail(error) => return Some((Err(error), (steps, trace))),
                Step::Hang => std::future::pending().await,
            }
        }
    })
    .boxed()
}

/// Hears what the script says, whatever the clip.
#[derive(Debug, Clone)]
pub struct ScriptedTranscriber {
    /// What it was asked.
    pub journal: Journal,
    /// What it asks.
    pub price: Price,
    steps: Vec<Step<Transcript>>,
}

impl ScriptedTranscriber {
    /// Hears this.
    pub fn hearing(text: &str) -> Self {
        let transcript =
            Transcript { text: text.to_owned(), audio_seconds: 1.5, ..Transcript::default() };
        Self::following(vec![Step::Give(transcript)])
    }

    /// Follows this script.
    pub fn following(steps: Vec<Step<Transcript>>) -> Self {
        Self { journal: Journal::default(), price: Price::Free, steps }
    }
}

#[async_trait]
impl Transcriber for ScriptedTranscriber {
    fn name(&self) -> EngineName {
        name("ear")
    }

    fn price(&self) -> Price {
        self.price
    }

    async fn transcribe(&self, clip: &Clip, _: &Hint) -> Result<Transcript, EngineError> {
        self.journal.note(Entry::Heard(clip.bytes().len()));
        let dropped = Some(Entry::HearingDropped);
        let trace = Trace { journal: self.journal.clone(), done: None, dropped, line: false };
        let mut steps = follow(self.steps.clone(), trace);
        let heard = steps.next().await.unwrap_or(Err(EngineError::Timeout));
        while steps.next().await.is_some() {}
        heard
    }
}

/// Answers what the script says, whatever was said.
#[derive(Debug, Clone)]
pub struct ScriptedResponder {
    /// What it was asked.
    pub journal: Journal,
    /// What it asks.
    pub price: Price,
    /// What it makes of old messages.
    pub summary: String,
    /// What it says that takes.
    pub usage: Option<Usage>,
    steps: Vec<Step<ReplyPart>>,
}

impl ScriptedResponder {
    /// Answers with these pieces of text.
    pub fn replying<'a>(deltas: impl IntoIterator<Item = &'a str>) -> Self {
        Self::following(deltas.into_iter().map(text).collect())
    }

    /// Follows this script.
    pub fn following(steps: Vec<Step<ReplyPart>>) -> Self {
        Self {
            journal: Journal::default(),
            price: Price::Free,
            summary: "summary".into(),
            usage: None,
            steps,
        }
    }
}

#[async_trait]
impl Responder for ScriptedResponder {
    fn name(&self) -> EngineName {
        name("mind")
    }

    fn price(&self) -> Price {
        self.price
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<ReplyPart, EngineError>> {
        self.journal.note(Entry::Prompted(prompt.said.clone()));
        self.journal.notes().prompts.push(prompt);
        let dropped = Some(Entry::ReplyDropped);
        let trace = Trace { journal: self.journal.clone(), done: None, dropped, line: false };
        follow(self.steps.clone(), trace)
    }

    async fn summarize(
        &self,
        _: Option<&str>,
        messages: &[Message],
        max_bytes: usize,
    ) -> Result<Summary, EngineError> {
        self.journal.notes().rooms.push(max_bytes);
        self.journal.note(Entry::Summarized(messages.len()));
        Ok(Summary { text: self.summary.clone(), usage: self.usage })
    }
}

/// Speaks every line as 10 ms of samples that all have the line's number, or as scripted.
#[derive(Debug, Clone)]
pub struct ScriptedSynthesizer {
    /// What it was asked.
    pub journal: Journal,
    /// What it asks.
    pub price: Price,
    scripts: BTreeMap<usize, Vec<Step<Sound>>>,
}

impl ScriptedSynthesizer {
    /// Speaks every line the same.
    pub fn new() -> Self {
        let (journal, scripts) = (Journal::default(), BTreeMap::new());
        Self { journal, price: Price::Free, scripts }
    }

    /// Follows this script for the line of this number, from 0.
    pub fn with(mut self, line: usize, steps: Vec<Step<Sound>>) -> Self {
        self.scripts.insert(line, steps);
        self
    }

    fn begin(&self, line: Line) -> (usize, Trace) {
        let mut notes = self.journal.notes();
        let number = notes.lines.len();
        let text = line.text.clone();
        notes.entries.push(Entry::Asked(text.clone()));
        notes.lines.push(line);
        notes.speaking += 1;
        notes.most_at_once = notes.most_at_once.max(notes.speaking);
        let done = Some(Entry::Spoken(text.clone()));
        let dropped = Some(Entry::LineDropped(text));
        (number, Trace { journal: self.journal.clone(), done, dropped, line: true })
    }
}

impl Default for ScriptedSynthesizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Synthesizer for ScriptedSynthesizer {
    fn name(&self) -> EngineName {
        name("mouth")
    }

    fn price(&self) -> Price {
        self.price
    }

    fn voices(&self) -> Vec<Voice> {
        Vec::new()
    }

    fn speak(&self, line: Line, _: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        let (number, trace) = self.begin(line);
        let steps = self.scripts.get(&number).cloned();
        follow(steps.unwrap_or_else(|| vec![Step::Give(sound(number, 160))]), trace)
    }
}

/// More of the reply's text.
pub fn text(delta: &str) -> Step<ReplyPart> {
    Step::Give(ReplyPart::Text(delta.to_owned()))
}

/// So many samples at 16 kHz, all of the same value.
pub fn sound(value: usize, samples: usize) -> Sound {
    let value = i16::try_from(value).unwrap_or(i16::MAX);
    Sound::Pcm(Pcm { rate_hz: 16_000, samples: vec![value; samples] })
}

/// Three scripted engines as the pipeline takes them.
pub fn engines(
    hearing: ScriptedTranscriber,
    thinking: ScriptedResponder,
    speaking: ScriptedSynthesizer,
) -> Engines {
    Engines {
        hearing: Arc::new(hearing),
        thinking: Arc::new(thinking),
        speaking: Arc::new(speaking),
    }
}

/// Engines that hear `hello`, answer with these pieces of text and speak every line.
pub fn replying<'a>(deltas: impl IntoIterator<Item = &'a str>) -> Engines {
    let thinking = ScriptedResponder::replying(deltas);
    engines(ScriptedTranscriber::hearing("hello"), thinking, ScriptedSynthesizer::new())
}

/// A briefing for a conversation that has just begun.
pub fn briefing() -> Briefing {
    Briefing {
        instructions: "Answer in one sentence.".to_owned(),
        summary: None,
        history: Vec::new(),
        keywords: Vec::new(),
        voice: Voice::default(),
        delivery: Delivery::default(),
        language: None,
        timezone: chrono_tz::UTC,
        max_tokens: 150,
        temperature: 0.7,
        remembered: true,
        tab: Tab::unlimited(),
    }
}

/// Options with nothing out of the ordinary: nothing is kept of the sound, and money is no object.
pub fn options() -> Options {
    Options {
        instructions: String::new(),
        keywords: Vec::new(),
        voice: Voice::default(),
        language: None,
        timezone: chrono_tz::UTC,
        max_tokens: 150,
        temperature: 0.7,
        recall_tokens: 2000,
        recall_messages: 64,
        patience: Duration::from_secs(2),
        pause: Duration::from_secs(30 * 60),
        recall_timeout: Duration::from_secs(5),
        fold_timeout: Duration::from_secs(60),
        budget: Budget::new(None),
        price_version: "scripted".to_owned(),
        keeping: None,
        own: None,
    }
}

fn name(engine: &str) -> EngineName {
    EngineName { engine: engine.to_owned(), model: "scripted".to_owned() }
}
