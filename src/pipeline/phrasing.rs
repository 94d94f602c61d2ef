//! Between thinking and speaking: a reply's text becomes lines to say.

use std::ops::Range;

use crate::domain::delivery::Delivery;
use crate::domain::language::Language;
use crate::domain::voice::Voice;
use crate::pipeline::engine::Line;
use crate::pipeline::sentences::{Cut, Cutter};
use crate::pipeline::speakable::Speakable;
use crate::pipeline::utterance::Utterance;

/// A line to say and where in the reply's text it stands.
pub(super) type Placed = (Line, Range<usize>);

/// Cuts a reply into lines.
pub(super) struct Phrasing {
    cutter: Cutter,
    speakable: Speakable,
    voice: Voice,
    language: Option<Language>,
    delivery: Delivery,
    utterance: Utterance,
    bytes: usize,
    cut_off: bool,
    spoken: bool,
}

impl Phrasing {
    pub(super) fn new(voice: Voice, language: Option<Language>, delivery: Delivery) -> Self {
        Self {
            cutter: Cutter::new(),
            speakable: Speakable::new(language.as_ref()),
            voice,
            language,
            delivery: delivery.clamped(),
            utterance: Utterance::default(),
            bytes: 0,
            cut_off: false,
            spoken: false,
        }
    }

    /// More of the reply: the lines that are complete with it.
    pub(super) fn push(&mut self, text: &str) -> Vec<Placed> {
        self.bytes += text.len();
        let cuts = self.cutter.push(text);
        self.lines(cuts)
    }

    /// Lines from here on are said like this. The one that was complete before is given.
    pub(super) fn deliver(&mut self, delivery: Delivery) -> Vec<Placed> {
        let cuts = self.cutter.pause();
        let before = self.lines(cuts);
        self.delivery = delivery;
        before
    }

    /// The reply does not end by itself: what is no whole sentence is not said.
    pub(super) fn cut_off(&mut self) {
        self.cut_off = true;
    }

    /// The rest, now that the reply is complete.
    pub(super) fn finish(&mut self) -> Vec<Placed> {
        let mut cuts = self.cutter.finish();
        let half = cuts.last().is_some_and(|cut| !cut.whole);
        // Half a sentence is better than none at all.
        if self.cut_off && half && (self.spoken || cuts.len() > 1) {
            cuts.pop();
        }
        self.lines(cuts)
    }

    /// What is said when there is nothing else to say, in a language that the voice can say.
    pub(super) fn apology(&self, sayable: impl Fn(&str) -> bool) -> Placed {
        let primary = self.language.as_ref().map_or("en", Language::primary);
        let own = Some(apology(primary)).filter(|apology| sayable(apology));
        let apology = own.unwrap_or(apology("en"));
        (self.line(apology.to_owned()), self.bytes..self.bytes)
    }

    fn lines(&mut self, cuts: Vec<Cut>) -> Vec<Placed> {
        let mut lines = Vec::with_capacity(cuts.len());
        for cut in cuts {
            let text = self.speakable.speak(&cut.text);
            if !text.is_empty() {
                self.spoken = true;
                lines.push((self.line(text), cut.span));
            }
        }
        lines
    }

    fn line(&self, text: String) -> Line {
        Line {
            text,
            voice: self.voice.clone(),
            language: self.language.clone(),
            delivery: self.delivery,
            utterance: self.utterance.clone(),
        }
    }
}

/// For a reply with nothing that can be read aloud.
fn apology(language: &str) -> &'static str {
    match language {
        "ar" => "ليس في هذه الإجابة ما يمكنني قوله بصوت عالٍ.",
        "de" => "In dieser Antwort gibt es nichts, was ich vorlesen kann.",
        "es" => "En esta respuesta no hay nada que pueda decir en voz alta.",
        "fr" => "Il n'y a rien dans cette réponse que je puisse dire à voix haute.",
        "hi" => "इस उत्तर में ऐसा कुछ नहीं है जिसे मैं बोल सकूँ।",
        "it" => "In questa risposta non c'è nulla che io possa dire ad alta voce.",
        "pt" => "Nesta resposta não há nada que eu possa dizer em voz alta.",
        "zh" => "这个回答里没有我能念出来的内容。",
        _ => "That answer has nothing that I can say aloud.",
    }
}
