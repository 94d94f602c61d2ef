//! Markdown and HTML: the marks go, the words stay.

use std::borrow::Cow;

/// What actors do rather than say.
const STAGE: &[&str] = &[
    "applause",
    "beams",
    "blinks",
    "bows",
    "cheers",
    "chuckle",
    "chuckles",
    "chuckling",
    "clears",
    "coughs",
    "frowns",
    "gasps",
    "giggles",
    "giggling",
    "grins",
    "grinning",
    "groans",
    "hums",
    "humming",
    "laugh",
    "laughing",
    "laughs",
    "laughter",
    "leans",
    "music",
    "nods",
    "nodding",
    "pause",
    "pauses",
    "pausing",
    "raises",
    "shrugs",
    "shrugging",
    "sigh",
    "sighing",
    "sighs",
    "silence",
    "sings",
    "singing",
    "smiles",
    "smiling",
    "tilts",
    "waves",
    "whispering",
    "whispers",
    "winks",
    "winking",
    "yawns",
];

/// The longest stage direction in bytes; what is longer was meant to be said.
const STAGE_BYTES: usize = 48;

/// Adds a whole line without what makes it a heading, a quote, an item or a row.
pub(super) fn push_line(line: &str, said: &mut String) {
    let text = line.trim();
    if is_rule(text) {
        return;
    }
    let (words, block) = without_line_marks(text);
    // A heading or an item seldom has a full stop, but it needs its pause.
    if block && said.trim_end().ends_with(char::is_alphanumeric) {
        said.truncate(said.trim_end().len());
        said.push_str(". ");
    }
    if words.starts_with('|') {
        push_row(words, said);
    } else if words.len() == text.len() {
        said.push_str(line);
    } else {
        said.push_str(words);
        said.push('\n');
    }
}

/// `---`, `***`, `|---|:--|`.
fn is_rule(text: &str) -> bool {
    let marks = text.bytes().filter(|byte| b"-*_=".contains(byte)).count();
    marks >= 3 && text.bytes().all(|byte| b"-*_=|:+ ".contains(&byte))
}

fn without_line_marks(text: &str) -> (&str, bool) {
    let mut words = text;
    loop {
        let shorter = without_line_mark(words);
        if shorter.len() == words.len() {
            return (words, words.len() < text.len() || words.starts_with('|'));
        }
        words = shorter;
    }
}

fn without_line_mark(text: &str) -> &str {
    let heading = text.trim_start_matches('#');
    if heading.len() < text.len() && (heading.is_empty() || heading.starts_with(' ')) {
        return heading.trim_start();
    }
    for mark in ["- ", "* ", "+ ", "• ", "> ", "[ ] ", "[x] ", "[X] "] {
        if let Some(words) = text.strip_prefix(mark) {
            return words.trim_start();
        }
    }
    text
}

fn push_row(row: &str, said: &mut String) {
    for cell in row.split('|').map(str::trim).filter(|cell| !cell.is_empty()) {
        if !said.is_empty() && !said.ends_with(char::is_whitespace) {
            said.push_str(", ");
        }
        said.push_str(cell);
    }
    said.push('\n');
}

/// Entities become the characters that they stand for.
pub(super) fn without_entities(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    // What an entity stands for may be a part of another: `&amp;lt;`.
    while let Some((start, end, character)) = find_entity(&text) {
        let mut shorter = String::with_capacity(text.len());
        shorter.push_str(&text[..start]);
        shorter.push(character);
        shorter.push_str(&text[end..]);
        text = Cow::Owned(shorter);
    }
    text
}

fn find_entity(text: &str) -> Option<(usize, usize, char)> {
    text.match_indices('&').find_map(|(start, _)| {
        let name = &text[start + 1..];
        let length = name.bytes().take(10).position(|byte| byte == b';')?;
        Some((start, start + length + 2, entity(&name[..length])?))
    })
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = match hexadecimal {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "rsquo" | "lsquo" => '\'',
        "ldquo" | "rdquo" => '"',
        "nbsp" => ' ',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "deg" => '°',
        "times" => '×',
        "rarr" => '→',
        "euro" => '€',
        "pound" => '£',
        "copy" | "reg" | "trade" => ' ',
        _ => return None,
    };
    Some(character)
}

/// Links and images become their text; notes such as `[1]` go.
pub(super) fn without_links(text: &str) -> Cow<'_, str> {
    if !text.contains([']', '[']) {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', ']']) {
        let (before, bracket) = rest.split_at(at);
        said.push_str(
            before.strip_suffix('!').filter(|_| bracket.starts_with('[')).unwrap_or(before),
        );
        rest = match bracket.strip_prefix('[') {
            Some(inside) => after_note(inside),
            None => after_target(&bracket[1..]),
        };
    }
    said.push_str(rest);
    Cow::Owned(said)
}

/// What follows `[1]` or `[laughs]`; else what follows the bracket.
fn after_note(inside: &str) -> &str {
    match inside.split_once(']') {
        Some((note, rest)) if is_note(note) => rest,
        _ => inside,
    }
}

fn is_note(note: &str) -> bool {
    let number = note.trim_start_matches('^');
    let numeric = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    (numeric && note.len() <= 4) || is_stage_direction(note)
}

/// What follows a link's `(target)`, or the bracket if there is none.
fn after_target(rest: &str) -> &str {
    let inside = match rest.strip_prefix('(') {
        Some(inside) => inside,
        None => return rest,
    };
    match inside.split_once(')') {
        Some((_, after)) => after,
        // The target goes on in the next piece; it has no spaces, so none of it is words.
        None => inside.find(char::is_whitespace).map_or("", |space| &inside[space..]),
    }
}

/// Tags go; `<https://…>` keeps its address, and `a < b` is no tag.
pub(super) fn without_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        said.push_str(before);
        match after.split_once('>') {
            Some((inside, beyond)) if inside.contains("://") || inside.contains('@') => {
                said.push_str(inside);
                rest = beyond;
            }
            Some((inside, beyond)) if is_tag(inside) => {
                said.push(' ');
                rest = beyond;
            }
            _ => {
                said.push('<');
                rest = after;
            }
        }
    }
    said.push_str(rest);
    Cow::Owned(said)
}

fn is_tag(inside: &str) -> bool {
    inside.trim_start_matches(['/', '!']).starts_with(|first: char| first.is_ascii_alphabetic())
        && inside.len() < 200
}

/// `*laughs softly*` and `(laughs)` are done, not said.
pub(super) fn without_stage_directions(text: &str) -> Cow<'_, str> {
    if !text.contains(['*', '(', '_']) {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['*', '(', '_']) {
        let (before, marked) = rest.split_at(at);
        said.push_str(before);
        let close = match marked.as_bytes()[0] {
            b'(' => ')',
            mark => char::from(mark),
        };
        let inside = marked[1..].split_once(close);
        rest = match inside {
            Some((inside, after)) if is_done(inside, close, &said) => after,
            _ => {
                said.push_str(&marked[..1]);
                &marked[1..]
            }
        };
    }
    said.push_str(rest);
    Cow::Owned(said)
}

/// In the middle of a sentence, one emphasized word is a word.
fn is_done(inside: &str, close: char, before: &str) -> bool {
    let alone = before.trim_end().chars().next_back().is_none_or(|last| !last.is_alphanumeric());
    is_stage_direction(inside) && (close == ')' || alone || inside.contains(' '))
}

fn is_stage_direction(inside: &str) -> bool {
    let worded = |letter: char| letter.is_alphabetic() || " ,'’-.".contains(letter);
    let first = inside.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    inside.len() <= STAGE_BYTES
        && inside.chars().all(worded)
        && STAGE.iter().any(|known| known.eq_ignore_ascii_case(first))
}
