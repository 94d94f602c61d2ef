//! Single spaces, single stops, and nothing before the first word.

/// Marks of which one is enough.
const MARKS: &[char] = &[',', ';', ':', '.', '!', '?'];

/// The text without what the removal of other things has left behind.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = Tidied::default();
    let mut characters = text.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let before_word = characters.peek().is_some_and(|next| next.is_alphanumeric());
        tidied.push(character, before_word);
    }
    tidied.flush();
    without_beginning(&tidied.text)
}

#[derive(Default)]
struct Tidied {
    text: String,
    marks: String,
    space: bool,
}

impl Tidied {
    fn push(&mut self, character: char, before_word: bool) {
        if character.is_whitespace() {
            self.space = true;
            return;
        }
        // `.NET` and `.5` begin with their stop.
        let begins_word = self.space && before_word && character == '.';
        if MARKS.contains(&character) && !begins_word {
            self.marks.push(character);
            self.space = false;
            return;
        }
        self.space &= character != ')';
        self.flush();
        match character {
            '-' if self.text.ends_with('-') => {
                self.text.pop();
                self.text.push('—');
            }
            '-' | '—' if self.text.ends_with('—') => {}
            ')' if self.text.ends_with('(') => {
                self.text.pop();
            }
            _ => self.text.push(character),
        }
    }

    fn flush(&mut self) {
        if let Some(mark) = strongest(&self.marks) {
            self.text.push_str(mark);
            self.marks.clear();
        }
        if std::mem::take(&mut self.space) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}

/// The one mark that says what several say.
fn strongest(marks: &str) -> Option<&str> {
    if marks.chars().filter(|mark| *mark == '.').count() >= 3 && !marks.contains(['?', '!']) {
        return Some("...");
    }
    ["?", "!", ".", ":", ";", ","].into_iter().find(|mark| marks.contains(*mark))
}

/// What was left over from the piece before is not said: `" he said` is `he said`.
fn without_beginning(text: &str) -> String {
    let start = text.char_indices().map(|(at, _)| at).find(|at| begins(&text[*at..]));
    start.map_or_else(String::new, |start| text[start..].trim_end().to_owned())
}

/// Whether speech may begin like this.
fn begins(text: &str) -> bool {
    let mut characters = text.chars();
    let (first, second) = (characters.next(), characters.next());
    let Some(first) = first else { return false };
    let before_word = second.is_some_and(char::is_alphanumeric);
    match first {
        _ if first.is_alphanumeric() => true,
        '-' | '.' | '$' | '(' | '+' => before_word,
        '"' | '\'' => before_word && text[1..].contains(first),
        '“' => before_word && text.contains('”'),
        '«' => before_word && text.contains('»'),
        '”' | '‘' | '’' | '»' | '–' | '—' | '。' | '，' | '、' | '！' | '？' => {
            false
        }
        _ => !first.is_ascii(),
    }
}
