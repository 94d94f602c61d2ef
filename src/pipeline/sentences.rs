//! Cuts a reply into sentences while it streams in.

mod abbreviations;
mod openings;
mod stops;

use std::ops::Range;

use crate::pipeline::sentences::openings::Openings;
use crate::pipeline::sentences::stops::{Verdict, View};

/// A first clause of this size is said before its sentence is complete.
const FIRST_CLAUSE_CHARS: usize = 20;
const FIRST_CLAUSE_WORDS: usize = 4;

/// A sentence longer than this is cut at a clause, or at a space.
const LONG_CHARS: usize = 250;
/// The least that a long sentence is cut to.
const SHORT_CHARS: usize = 80;
/// What has neither clause nor space is cut here.
const ENDLESS_CHARS: usize = 400;

/// How far beyond a stop the cutter looks, in bytes.
const SIGHT: usize = 96;

/// A piece of a reply that can be said by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The piece, exactly as it stands in the reply.
    pub text: String,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// Whether it ends where a sentence ends, not at a clause or in the middle.
    pub whole: bool,
}

/// Cuts a reply into sentences. The cuts, joined, are the reply.
///
/// A sentence whose end is beyond doubt is released at once. A full stop is one when the character
/// behind it is known (`example.com`); where only the next word can tell (`Dr.`, `3.`, `U.S.`), the
/// cutter waits for it. To be early, the first cut may be a clause.
#[derive(Debug)]
pub struct Cutter {
    text: String,
    origin: usize,
    from: usize,
    at: usize,
    previous: Option<char>,
    on_new_line: bool,
    openings: Openings,
    sentence: Sentence,
    first: bool,
}

/// What is known of the sentence that is not yet complete.
#[derive(Debug, Default)]
struct Sentence {
    chars: usize,
    words: usize,
    clause: Option<Place>,
    space: Option<Place>,
}

/// A place in the text where a sentence could be cut if it must.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: usize,
    chars: usize,
    words: usize,
}

impl Default for Cutter {
    fn default() -> Self {
        Self::new()
    }
}

impl Cutter {
    /// Ready for a reply.
    pub fn new() -> Self {
        Self {
            text: String::new(),
            origin: 0,
            from: 0,
            at: 0,
            previous: None,
            on_new_line: true,
            openings: Openings::default(),
            sentence: Sentence::default(),
            first: true,
        }
    }

    /// More of the reply: the pieces that are complete with it.
    pub fn push(&mut self, delta: &str) -> Vec<Cut> {
        self.text.push_str(delta);
        let mut cuts = Vec::new();
        let held = self.scan(&mut cuts, false) == Verdict::Hold;
        // A whole sentence that is about to come is better than its first clause.
        if self.first && cuts.is_empty() && !held {
            self.release_first_clause(&mut cuts);
        }
        self.forget_what_is_cut();
        cuts
    }

    /// No word goes on from here: gives the sentence of which only that was in doubt.
    pub fn pause(&mut self) -> Vec<Cut> {
        let mut cuts = Vec::new();
        if self.scan(&mut cuts, false) == Verdict::Hold {
            self.scan(&mut cuts, true);
        }
        self.forget_what_is_cut();
        cuts
    }

    /// The rest, now that the reply is complete.
    pub fn finish(&mut self) -> Vec<Cut> {
        let mut cuts = Vec::new();
        self.scan(&mut cuts, true);
        if self.from < self.text.len() {
            self.cut(self.text.len(), false, &mut cuts);
        }
        self.forget_what_is_cut();
        cuts
    }

    /// Reads on, as far as that can be judged, and says why it stopped.
    fn scan(&mut self, cuts: &mut Vec<Cut>, last: bool) -> Verdict {
        while let Some(character) = self.text[self.at..].chars().next() {
            match self.judge(character, last) {
                unclear @ (Verdict::Wait | Verdict::Hold) => return unclear,
                Verdict::GoesOn => {
                    self.step(character);
                    self.cut_if_long(cuts);
                }
                Verdict::End(tail) => {
                    let end = self.at + character.len_utf8() + tail;
                    while let Some(character) = self.text[self.at..end].chars().next() {
                        self.step(character);
                    }
                    self.sentence = Sentence::default();
                    self.cut(end, true, cuts);
                }
            }
        }
        Verdict::GoesOn
    }

    fn judge(&self, character: char, last: bool) -> Verdict {
        if !stops::is_stop(character) {
            return Verdict::GoesOn;
        }
        let after = &self.text[self.at + character.len_utf8()..];
        let seen = &after[..after.floor_char_boundary(SIGHT)];
        let view = View {
            before: &self.text[self.from..self.at],
            after: seen,
            // What lies beyond sight is not waited for.
            last: last || seen.len() < after.len(),
            open: self.openings.any(),
            on_new_line: self.on_new_line,
        };
        stops::judge(character, &view)
    }

    /// Goes past one character and notes what it means for later cuts.
    fn step(&mut self, character: char) {
        if character.is_whitespace() {
            self.note_space();
        }
        self.openings.note(self.previous, character);
        self.at += character.len_utf8();
        self.previous = Some(character);
        self.sentence.chars += 1;
        if ends_clause_at_once(character) {
            self.sentence.clause = Some(self.here());
        }
    }

    fn note_space(&mut self) {
        let Some(previous) = self.previous.filter(|previous| !previous.is_whitespace()) else {
            return;
        };
        self.sentence.words += 1;
        self.sentence.space = Some(self.here());
        if ends_clause(previous) {
            self.sentence.clause = Some(self.here());
        }
    }

    fn here(&self) -> Place {
        Place { at: self.at, chars: self.sentence.chars, words: self.sentence.words }
    }

    /// The first sound is worth a cut that is not the best.
    fn release_first_clause(&mut self, cuts: &mut Vec<Cut>) {
        let Some(place) = self.clause_at_end().or(self.sentence.clause) else { return };
        let long = place.chars >= FIRST_CLAUSE_CHARS
            && (place.words >= FIRST_CLAUSE_WORDS || !self.text[..place.at].is_ascii());
        if long && !self.openings.in_link() {
            self.cut(place.at, false, cuts);
        }
    }

    /// A comma that has just come, after a letter: only in a number would it be no clause.
    fn clause_at_end(&self) -> Option<Place> {
        let mut backwards = self.text[..self.at].chars().rev();
        let last = backwards.next()?;
        let end = self.at == self.text.len()
            && ends_clause(last)
            && backwards.next().is_some_and(char::is_alphabetic);
        end.then(|| Place { words: self.sentence.words + 1, ..self.here() })
    }

    fn cut_if_long(&mut self, cuts: &mut Vec<Cut>) {
        if self.sentence.chars < LONG_CHARS {
            return;
        }
        let far = |place: &Place| place.chars >= SHORT_CHARS;
        let place = self.sentence.clause.filter(far).or(self.sentence.space.filter(far));
        let endless = self.sentence.chars >= ENDLESS_CHARS;
        let Some(place) = place.or_else(|| endless.then(|| self.here())) else { return };
        if place.at > self.from {
            self.cut(place.at, false, cuts);
        }
        let later = |kept: &mut Option<Place>| {
            *kept = kept.filter(|kept| kept.at > place.at);
            if let Some(kept) = kept {
                kept.chars -= place.chars;
                kept.words -= place.words;
            }
        };
        later(&mut self.sentence.clause);
        later(&mut self.sentence.space);
        self.sentence.chars -= place.chars;
        self.sentence.words -= place.words;
    }

    fn cut(&mut self, end: usize, whole: bool, cuts: &mut Vec<Cut>) {
        let text = self.text[self.from..end].to_owned();
        self.on_new_line = text.ends_with('\n');
        let span = self.origin + self.from..self.origin + end;
        self.from = end;
        self.first = false;
        cuts.push(Cut { text, span, whole });
    }

    fn forget_what_is_cut(&mut self) {
        let cut = std::mem::take(&mut self.from);
        self.text.drain(..cut);
        self.origin += cut;
        self.at = self.at.saturating_sub(cut);
        // A place before the cut was used up by it; its count of characters still matters.
        for place in [&mut self.sentence.clause, &mut self.sentence.space].into_iter().flatten() {
            place.at = place.at.saturating_sub(cut);
        }
    }
}

/// Ends a clause when a space follows.
fn ends_clause(character: char) -> bool {
    matches!(character, ',' | ';' | ':' | '–' | '،' | '؛')
}

/// Ends a clause whatever follows.
fn ends_clause_at_once(character: char) -> bool {
    matches!(character, '，' | '、' | '；' | '：' | '—')
}
