//! Symbols become words, pictures go.

use crate::pipeline::speakable::Wording;

/// What a character is said as.
enum Said {
    /// As it is.
    Itself,
    /// As these words, apart from what stands beside them.
    Words(&'static str),
    /// As this, close to what stands beside it.
    Close(&'static str),
    /// Not at all.
    Space,
    /// Not at all, and what stands beside it belongs together.
    Nothing,
}

/// What stands beside a character.
struct Beside {
    before: Option<char>,
    after: Option<char>,
}

impl Beside {
    fn between_numbers(&self) -> bool {
        let numeric = |side: Option<char>| side.is_some_and(char::is_numeric);
        numeric(self.before) && numeric(self.after)
    }

    fn spaced(&self) -> bool {
        let space = |side: Option<char>| side.is_some_and(char::is_whitespace);
        space(self.before) && space(self.after)
    }

    fn begins_word(&self) -> bool {
        !self.before.is_some_and(|before| before.is_alphanumeric() || before == ')')
            && self.after.is_some_and(char::is_alphabetic)
    }

    fn before_number(&self) -> bool {
        self.after.is_some_and(char::is_numeric)
    }

    fn in_script_that_joins(&self) -> bool {
        let joins = |side: Option<char>| {
            side.is_some_and(|letter| (0x0590..0x1100).contains(&(letter as u32)))
        };
        joins(self.before) && joins(self.after)
    }
}

/// The text with its symbols said.
pub(super) fn spoken(text: &str, wording: Wording) -> String {
    let mut said = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        if wording == Wording::English
            && let Some(words) = after.and_then(|after| operator(character, after))
        {
            characters.next();
            said.extend([" ", words, " "]);
            before = after;
            continue;
        }
        // Some pictures count as letters: those of blood groups, say.
        let letter = character.is_alphanumeric() && !is_picture(character);
        if letter || character == ' ' {
            said.push(character);
        } else {
            push(character, &Beside { before, after }, wording, &mut said);
            if character == '°' && wording == Wording::English {
                skip_scale(after, &mut characters, &mut said);
            }
        }
        before = Some(character);
    }
    said
}

fn push(character: char, beside: &Beside, wording: Wording, said: &mut String) {
    let meaning = match wording {
        Wording::English => {
            worded(character, beside).unwrap_or_else(|| unworded(character, beside))
        }
        Wording::AsWritten => unworded(character, beside),
    };
    match meaning {
        Said::Itself => said.push(character),
        Said::Close(text) => said.push_str(text),
        Said::Words(words) => {
            said.push(' ');
            said.push_str(words);
            said.push(' ');
        }
        Said::Space => said.push(' '),
        Said::Nothing => {}
    }
}

fn skip_scale(
    after: Option<char>,
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    said: &mut String,
) {
    let scale = match after {
        Some('C') => "Celsius ",
        Some('F') => "Fahrenheit ",
        _ => return,
    };
    characters.next();
    said.push_str(scale);
}

/// What two symbols mean together.
fn operator(first: char, second: char) -> Option<&'static str> {
    Some(match (first, second) {
        ('=', '=') => "equals",
        ('!', '=') => "is not",
        ('<', '=') => "at most",
        ('>', '=') => "at least",
        ('-' | '=', '>') => "to",
        ('&', '&') => "and",
        ('|', '|') => "or",
        _ => return None,
    })
}

/// What English has a word for.
fn worded(character: char, beside: &Beside) -> Option<Said> {
    let words = match character {
        // `&name`, as in code, joins nothing.
        '&' if beside.begins_word() => return Some(Said::Nothing),
        '&' => "and",
        '%' => "percent",
        '°' => "degrees",
        '+' => "plus",
        '=' => "equals",
        '×' | '✖' | '✕' => "times",
        '*' if beside.spaced() || beside.between_numbers() => "times",
        '÷' => "divided by",
        '→' | '⇒' | '➜' | '➔' | '➡' => "to",
        '–' if beside.between_numbers() => "to",
        '✓' | '✔' => "yes",
        '✗' | '✘' => "no",
        '≈' => "about",
        '~' if beside.before_number() => "about",
        '≤' => "at most",
        '≥' => "at least",
        '≠' => "is not",
        '<' if beside.spaced() || beside.before_number() => "less than",
        '>' if beside.spaced() || beside.before_number() => "more than",
        '@' => "at",
        '#' if beside.before_number() => "number",
        '#' if matches!(beside.before, Some('C' | 'F')) => "sharp",
        '§' => "section",
        '^' if beside.before_number() => "to the power of",
        _ => return None,
    };
    Some(Said::Words(words))
}

/// What is the same in every language.
fn unworded(character: char, beside: &Beside) -> Said {
    match character {
        '*' | '`' | '~' | '\\' | '^' | '#' | '{' | '}' | '[' | ']' | '<' | '>' => Said::Nothing,
        '_' | '•' | '‣' | '▪' | '◦' => Said::Space,
        '|' => Said::Close(", "),
        '…' => Said::Close("..."),
        '‼' => Said::Close("!"),
        '⁇' | '⁈' | '⁉' => Said::Close("?"),
        '™' | '®' | '©' | '\u{FFFC}' | '\u{FFFD}' => Said::Nothing,
        // These shape letters in some scripts; anywhere else they only glue pictures together.
        '\u{200C}' | '\u{200D}' if beside.in_script_that_joins() => Said::Itself,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => {
            Said::Nothing
        }
        '\u{00AD}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' => Said::Nothing,
        _ if character.is_whitespace() || character.is_control() || is_private(character) => {
            Said::Space
        }
        _ if is_picture(character) => Said::Space,
        _ => Said::Itself,
    }
}

/// Emoji, arrows, boxes and ornaments.
fn is_picture(character: char) -> bool {
    matches!(
        character as u32,
        0x2139
            | 0x2190..=0x21FF
            | 0x2300..=0x23FF
            | 0x24C2
            | 0x2500..=0x27BF
            | 0x2900..=0x297F
            | 0x2B00..=0x2BFF
            | 0x3030
            | 0x303D
            | 0x3297
            | 0x3299
            | 0x1F000..=0x1FAFF
            | 0x1FC00..=0x1FFFD
            | 0xE0000..=0xE01EF
    )
}

fn is_private(character: char) -> bool {
    matches!(character as u32, 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF)
}
