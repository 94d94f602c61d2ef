//! Addresses of pages and people, as one would say them.

use std::borrow::Cow;

use crate::pipeline::speakable::Wording;

/// Endings by which a bare address is known.
const ENDINGS: &[&str] =
    &["ai", "app", "com", "de", "dev", "edu", "eu", "gov", "info", "io", "net", "org", "uk"];

/// Drawn faces.
const FACES: &[&str] = &[
    ":)",
    ":-)",
    ";)",
    ";-)",
    ":(",
    ":-(",
    ":D",
    ":-D",
    ":P",
    ":-P",
    ":p",
    "xD",
    "XD",
    "<3",
    "^^",
    ":'(",
    ":o",
    ":O",
    ":/",
    ":|",
    "=)",
    "¯\\_(ツ)_/¯",
];

/// Pages become their host, and people are `at` it.
pub(super) fn spoken(text: &str, wording: Wording) -> Cow<'_, str> {
    if !text.contains(['/', '@', '.', ':', ';', '^', '=', 'D', '<']) {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    for token in text.split_inclusive(char::is_whitespace) {
        let word = token.trim_end();
        if FACES.contains(&word) {
            said.push(' ');
            continue;
        }
        push_word(word, wording, &mut said);
        said.push_str(&token[word.len()..]);
    }
    // What is left of a scheme belongs to no address.
    if said.contains("://") { Cow::Owned(said.replace("://", " ")) } else { Cow::Owned(said) }
}

fn push_word(word: &str, wording: Wording, said: &mut String) {
    let outer = |edge: char| !edge.is_alphanumeric() && edge != '/';
    let core = word.trim_matches(outer);
    let Some(start) = word.find(core).filter(|_| !core.is_empty()) else {
        said.push_str(word);
        return;
    };
    said.push_str(&word[..start]);
    match spoken_address(core) {
        Some(address) if wording == Wording::English => {
            said.push_str(&address.replace('.', " dot ").replace('@', " at "));
        }
        Some(address) => said.push_str(&address),
        None => said.push_str(core),
    }
    said.push_str(&word[start + core.len()..]);
}

/// The part of an address that is said, with its dots; none if this is no address.
fn spoken_address(word: &str) -> Option<String> {
    if let Some((scheme, rest)) = word.split_once("://") {
        let outside = scheme.trim_end_matches(|letter: char| {
            letter.is_ascii_alphanumeric() || "+-.".contains(letter)
        });
        return Some(format!("{outside} {}", host(rest)).trim_start().to_owned());
    }
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    if let Some((person, place)) = word.split_once('@') {
        let good = !person.is_empty() && place.contains('.') && is_host(place);
        return good.then(|| word.to_owned());
    }
    let place = host(word);
    let ending = place.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    let known = word.starts_with("www.") || ENDINGS.contains(&ending.as_str());
    (known && is_host(place)).then(|| place.to_owned())
}

/// The host of an address without its scheme.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let place = place.split(':').next().unwrap_or_default();
    place.strip_prefix("www.").unwrap_or(place)
}

fn is_host(place: &str) -> bool {
    place.split('.').all(|label| {
        !label.is_empty()
            && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    })
}
