//! How words sound: a pronunciation dictionary, searched where it lies.

use std::cmp::Ordering;
use std::fs;
use std::path::Path;

use crate::engines::embedded::thinking::phones::{Phone, Sound};
use crate::engines::embedded::thinking::{letters, words};

/// A dictionary in the form of cmudict: a line a word, in byte order, the word before its phones.
/// It is kept as it was read: sorted text needs no index.
#[derive(Debug, Default)]
pub struct Dictionary {
    lines: Vec<u8>,
}

impl Dictionary {
    /// Reads the file. Without one, or when it cannot be read, words sound as they are spelled.
    pub fn open(path: Option<&Path>) -> Self {
        let Some(path) = path else { return Self::default() };
        match fs::read(path) {
            Ok(lines) => Self { lines },
            Err(error) => {
                let path = path.display();
                tracing::warn!(%path, %error, "no pronunciation dictionary; guessing from spelling");
                Self::default()
            }
        }
    }

    /// The sounds of words, one after another.
    pub fn sound<'a>(&self, words: impl Iterator<Item = &'a str>) -> Vec<Sound> {
        let mut sounds = Vec::with_capacity(32);
        let mut phones = Vec::with_capacity(8);
        for word in words {
            phones.clear();
            match self.line(word.as_bytes()) {
                Some(line) => phones.extend(line.split(' ').skip(1).filter_map(Phone::named)),
                None => letters::sound(word, &mut phones),
            }
            let weight = if words::is_empty_word(word) { 2 } else { 3 };
            sounds.extend(phones.iter().map(|phone| Sound { phone: *phone, weight }));
        }
        sounds
    }

    /// Whether a word, or a number in digits, is in it. Without a dictionary, every word is.
    pub fn knows(&self, word: &str) -> bool {
        let number = word.starts_with(|first: char| first.is_ascii_digit());
        let stem = word.strip_suffix("'s").unwrap_or(word);
        self.lines.is_empty() || number || self.line(stem.as_bytes()).is_some()
    }

    /// The dictionary's line for a word: a binary search over bytes.
    fn line(&self, word: &[u8]) -> Option<&str> {
        let (mut from, mut to) = (0, self.lines.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let start = self.start_of_line(middle);
            let end = self.end_of_line(middle);
            let line = &self.lines[start..end];
            let known = line.split(|byte| *byte == b' ').next().unwrap_or_default();
            match known.cmp(word) {
                Ordering::Equal => return std::str::from_utf8(line).ok(),
                Ordering::Less => from = end + 1,
                Ordering::Greater => to = start,
            }
        }
        None
    }

    fn start_of_line(&self, at: usize) -> usize {
        self.lines[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1)
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.lines[at..].iter().position(|byte| *byte == b'\n');
        rest.map_or(self.lines.len(), |length| at + length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(words: &str, dictionary: &Dictionary) -> Vec<Phone> {
        dictionary.sound(words.split(' ')).into_iter().map(|sound| sound.phone).collect()
    }

    fn phones(text: &str) -> Vec<Phone> {
        text.split(' ').map(|name| Phone::named(name).unwrap()).collect()
    }

    #[test]
    fn first_last_and_middle_words_are_found() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"a AH\na(2) EY\njoke JH OW K\nthe DH AH\nzoo Z UW").unwrap();
        let dictionary = Dictionary::open(Some(file.path()));

        assert_eq!(names("a joke the zoo", &dictionary), phones("AH JH OW K DH AH Z UW"));
    }

    #[test]
    fn unknown_words_sound_as_they_are_spelled() {
        let dictionary = Dictionary::default();

        assert_eq!(names("ship", &dictionary), phones("SH IH P"));
    }

    #[test]
    fn a_dictionary_that_is_not_there_is_no_failure() {
        let dictionary = Dictionary::open(Some(Path::new("no/such/file")));

        assert!(!names("joke", &dictionary).is_empty());
    }
}
