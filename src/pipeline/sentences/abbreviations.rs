//! Words whose full stop may not end a sentence.

/// What a full stop after an abbreviation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something must follow: `Dr.`, `e.g.`
    Leading,
    /// No end if a number follows: `No. 5`.
    BeforeNumber,
    /// A letter or several: `J.`, `U.S.`; only a word that begins sentences ends it.
    Initial,
    /// `a.m.`, `p.m.`: no end if a date goes on.
    Hour,
    /// May end a sentence: `etc.`, `Inc.`
    Trailing,
}

const LEADING: &[&str] = &[
    "adm", "atty", "bzw", "capt", "cf", "cmdr", "col", "cpl", "dr", "dra", "e.g", "eg", "ej",
    "esp", "fr", "gen", "gov", "hon", "i.e", "ie", "lt", "maj", "messrs", "mlle", "mme", "mr",
    "mrs", "ms", "mt", "mx", "p.ej", "pres", "prof", "rep", "rev", "sen", "sgt", "sr", "sra",
    "srta", "st", "ste", "viz", "vs", "z.b",
];

const BEFORE_NUMBER: &[&str] = &[
    "apr", "approx", "art", "aug", "ave", "ca", "ch", "chap", "circa", "dec", "est", "eq", "feb",
    "fig", "figs", "jan", "jul", "jun", "mar", "max", "min", "no", "nos", "nov", "nr", "núm",
    "oct", "p", "par", "pp", "pt", "sec", "sect", "sep", "sept", "vol", "vols", "ver", "v", "§",
];

const TRAILING: &[&str] = &[
    "al", "assn", "blvd", "bros", "co", "corp", "dept", "dist", "div", "ed", "eds", "etc", "ext",
    "ft", "gal", "govt", "hr", "hrs", "inc", "in", "intl", "jr", "kg", "km", "lb", "lbs", "ltd",
    "ml", "mm", "cm", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    "oz", "ph.d", "plc", "qt", "rd", "sq", "tel", "temp", "univ", "usw", "yd", "yr", "yrs", "mi",
    "kmh", "mph", "usd", "ca", "calif", "mass", "conn", "wash", "minn", "okla",
];

const SHORT_WORDS: &[&str] = &[
    "it", "is", "me", "us", "we", "he", "so", "do", "go", "to", "up", "on", "of", "be", "by", "at",
    "or", "if", "as", "an", "my", "ok", "hi", "oh", "la", "le", "es", "sí", "si", "no", "tu",
    "moi", "da", "du", "er", "ja", "zu",
];

/// In lower case these are words.
const WORDS_TOO: &[&str] = &[
    "art", "col", "ext", "gen", "in", "mar", "mass", "max", "may", "min", "no", "rep", "sat",
    "sun", "temp", "wash",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "januari",
];

const DATE_WORDS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "utc",
    "gmt",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "ist",
    "cet",
    "cest",
    "bst",
];

const BEGINNINGS: &[&str] = &[
    "A",
    "After",
    "All",
    "Although",
    "An",
    "And",
    "Any",
    "Are",
    "As",
    "At",
    "Before",
    "Both",
    "But",
    "By",
    "Can",
    "Could",
    "Did",
    "Do",
    "Does",
    "Each",
    "Even",
    "For",
    "From",
    "Had",
    "Has",
    "Have",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "In",
    "Is",
    "It",
    "Its",
    "Just",
    "Let",
    "Like",
    "Many",
    "Maybe",
    "My",
    "No",
    "Not",
    "Now",
    "Of",
    "On",
    "Once",
    "One",
    "Or",
    "Our",
    "People",
    "Perhaps",
    "Please",
    "She",
    "Should",
    "Since",
    "So",
    "Some",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Today",
    "Tomorrow",
    "Until",
    "Was",
    "We",
    "Well",
    "Were",
    "What",
    "When",
    "Where",
    "Which",
    "While",
    "Who",
    "Why",
    "Will",
    "With",
    "Would",
    "Yes",
    "Yesterday",
    "Yet",
    "You",
    "Your",
];

/// What kind of abbreviation a word is when a full stop follows.
pub(super) fn kind(word: &str) -> Option<Kind> {
    let among = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    if WORDS_TOO.contains(&word) {
        return None;
    }
    if ["a.m", "p.m", "am", "pm"].iter().any(|hour| hour.eq_ignore_ascii_case(word)) {
        return Some(Kind::Hour);
    }
    if among(LEADING) {
        return Some(Kind::Leading);
    }
    if among(BEFORE_NUMBER) {
        return Some(Kind::BeforeNumber);
    }
    if among(TRAILING) {
        return Some(Kind::Trailing);
    }
    is_initial(word).then_some(Kind::Initial)
}

/// One capital, or letters with stops between them.
fn is_initial(word: &str) -> bool {
    if word.chars().nth(1).is_none() {
        return word.chars().all(char::is_uppercase);
    }
    word.split('.').all(|part| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    })
}

/// Whether a name may go on with this word: `Smith & Co. Ltd.`
pub(super) fn is_trailing(word: &str) -> bool {
    kind(word) == Some(Kind::Trailing)
}

/// Words of two letters that are no abbreviation.
pub(super) fn is_short_word(word: &str) -> bool {
    SHORT_WORDS.contains(&word)
}

/// Whether a date or time goes on with this word.
pub(super) fn is_date_word(word: &str) -> bool {
    DATE_WORDS.contains(&word.to_lowercase().as_str()) || is_month(word)
}

/// Whether this is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    MONTHS.contains(&word.to_lowercase().as_str())
}

/// Whether this word, in capitals after a full stop, more likely begins a sentence than a name.
pub(super) fn begins_sentence(word: &str) -> bool {
    BEGINNINGS.contains(&word)
}
