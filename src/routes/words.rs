//! The pages' words: for each page a catalogue in every language that it speaks.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Preference, Quality};
use thiserror::Error;

use crate::routes::assets;

/// Where catalogues lie: `words/PAGE/LANGUAGE.json`.
const FOLDER: &str = "words/";
/// Where a browser keeps the language that its user has chosen.
const COOKIE: &str = "language";
/// What is said where there is no other word.
const ENGLISH: &str = "en";

/// The words of one page in one language, by their names.
pub type Catalogue = BTreeMap<String, String>;

/// All catalogues, by page and language.
#[derive(Debug, Clone)]
pub struct Words(BTreeMap<String, BTreeMap<String, Catalogue>>);

/// A catalogue that is part of this program is broken.
#[derive(Debug, Error)]
#[error("{name} cannot be read: {error}")]
pub struct BrokenWords {
    name: String,
    error: serde_json::Error,
}

impl Words {
    /// Reads them all. What has no word yet is said in English.
    pub fn read() -> Result<Self, BrokenWords> {
        let mut all: BTreeMap<String, BTreeMap<String, Catalogue>> = BTreeMap::new();
        for name in assets::names(FOLDER) {
            let path = name.trim_start_matches(FOLDER).trim_end_matches(".json");
            let Some((page, language)) = path.split_once('/') else { continue };
            let words = serde_json::from_str(&assets::text(&name).unwrap_or_default())
                .map_err(|error| BrokenWords { name: name.clone(), error })?;
            all.entry(page.to_owned()).or_default().insert(language.to_owned(), words);
        }
        for languages in all.values_mut() {
            let english = languages.get(ENGLISH).cloned().unwrap_or_default();
            for words in languages.values_mut() {
                for (name, text) in &english {
                    words.entry(name.clone()).or_insert_with(|| text.clone());
                }
            }
        }
        Ok(Self(all))
    }

    /// The language in which whoever asks is addressed by this page, and its words.
    pub fn suit(&self, page: &str, request: &HttpRequest) -> (String, Catalogue) {
        let none = BTreeMap::new();
        let languages = self.0.get(page).unwrap_or(&none);
        let chosen = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
        let mut liked = AcceptLanguage::parse(request).unwrap_or_else(|_| AcceptLanguage(vec![]));
        liked.retain(|language| language.quality > Quality::ZERO);
        let liked = liked.ranked();
        let liked = liked.into_iter().filter_map(|preference| match preference {
            Preference::Specific(tag) => Some(tag.to_string()),
            Preference::Any => None,
        });
        let mut wanted = chosen.into_iter().chain(liked).chain([ENGLISH.to_owned()]);
        let found = wanted.find_map(|tag| {
            let primary = tag.split('-').next().unwrap_or(&tag).to_ascii_lowercase();
            Some((primary.clone(), languages.get(&primary)?.clone()))
        });
        found.unwrap_or_else(|| (ENGLISH.to_owned(), Catalogue::new()))
    }

    /// Every language that a page speaks, and its own name for itself.
    pub fn languages(&self, page: &str) -> Vec<(String, String)> {
        let own = |words: &Catalogue| words.get("language_name").cloned().unwrap_or_default();
        let languages = self.0.get(page).into_iter().flatten();
        languages.map(|(tag, words)| (tag.clone(), own(words))).collect()
    }
}
