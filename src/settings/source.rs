//! Reads variables one by one and collects every mistake, so that all are reported at once.

use std::fmt::Display;
use std::str::FromStr;

/// Where a variable's text comes from.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables, and what was wrong with those read so far.
pub struct Source<'a> {
    lookup: Lookup<'a>,
    mistakes: Vec<String>,
    doubts: Vec<String>,
}

impl<'a> Source<'a> {
    /// Reads from `lookup`.
    pub fn new(lookup: Lookup<'a>) -> Self {
        Self { lookup, mistakes: Vec::new(), doubts: Vec::new() }
    }

    /// The variable's text; one that is empty counts as not given.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The variable as a value, or none if it is not given or wrong.
    pub fn value<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.text(name)?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistake(name, error);
                None
            }
        }
    }

    /// The variable's parts, between commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    /// A whole number within bounds.
    pub fn number(
        &mut self,
        name: &str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> u64 {
        let Some(text) = self.text(name) else { return default };
        match text.parse::<u64>() {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                let (low, high) = bounds.into_inner();
                self.mistake(name, format!("`{text}` is not a whole number from {low} to {high}"));
                default
            }
        }
    }

    /// A number within bounds, maybe with a fraction.
    pub fn fraction(
        &mut self,
        name: &str,
        default: f32,
        bounds: std::ops::RangeInclusive<f32>,
    ) -> f32 {
        let Some(text) = self.text(name) else { return default };
        match text.parse::<f32>() {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                let (low, high) = bounds.into_inner();
                self.mistake(name, format!("`{text}` is not a number from {low} to {high}"));
                default
            }
        }
    }

    /// Notes what is wrong with a variable, and how to put it right.
    pub fn mistake(&mut self, name: &str, what: impl Display) {
        self.mistakes.push(format!("{name}: {what}"));
    }

    /// Notes what can be as it is and was hardly meant so.
    pub fn doubt(&mut self, name: &str, what: impl Display) {
        self.doubts.push(format!("{name}: {what}"));
    }

    /// All that was wrong, and all that is doubtful.
    pub fn into_findings(self) -> (Vec<String>, Vec<String>) {
        (self.mistakes, self.doubts)
    }
}
