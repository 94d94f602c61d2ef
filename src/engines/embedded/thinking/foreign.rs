//! Whether a text is in another language than English, by its letters and its small words.

/// Small words of languages that people try, none of them English.
const WORDS: &[&str] = &[
    // German and Dutch
    "ich",
    "du",
    "wir",
    "nicht",
    "und",
    "das",
    "ist",
    "der",
    "wie",
    "wann",
    "wo",
    "warum",
    "bitte",
    "danke",
    "guten",
    "morgen",
    "haben",
    "sie",
    "mir",
    "mein",
    "spät",
    "heute",
    "hallo",
    "uhr",
    "hoe",
    "laat",
    "het",
    "een",
    "niet",
    "dank",
    // Spanish and Portuguese
    "que",
    "qué",
    "hora",
    "es",
    "el",
    "los",
    "las",
    "por",
    "favor",
    "gracias",
    "hola",
    "buenos",
    "días",
    "cómo",
    "está",
    "estás",
    "quién",
    "dónde",
    "cuánto",
    "quiero",
    "tiempo",
    "hoy",
    "olá",
    "obrigado",
    "obrigada",
    "você",
    "são",
    // French and Italian
    "je",
    "tu",
    "nous",
    "vous",
    "est",
    "il",
    "elle",
    "quelle",
    "quel",
    "heure",
    "bonjour",
    "merci",
    "les",
    "où",
    "quoi",
    "pourquoi",
    "salut",
    "ça",
    "ciao",
    "che",
    "sono",
    "grazie",
    "buongiorno",
    "perché",
    "quanto",
    // Hindi in Latin letters
    "namaste",
    "kya",
    "hai",
    "aap",
    "kaise",
];

/// Whether the text is in another language. `plain` are its words.
pub fn is_foreign(text: &str, plain: &[&str]) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (latin, other): (Vec<char>, Vec<char>) = letters.partition(|letter| *letter < '\u{250}');
    let known = plain.iter().filter(|word| WORDS.contains(word)).count();
    let accented = latin.iter().any(|letter| !letter.is_ascii());
    let few = known > 0 && (accented || known == plain.len());
    other.len() > latin.len() || text.contains(['¿', '¡']) || known >= 2 || few
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::embedded::thinking::words;

    fn foreign(text: &str) -> bool {
        is_foreign(text, &words::plain(&words::read(text)))
    }

    #[test]
    fn other_languages_are_told_from_english() {
        for text in [
            "¿Qué hora es?",
            "que hora es",
            "Wie spät ist es?",
            "guten morgen",
            "quelle heure est-il",
            "hola",
            "今何時ですか",
            "आप कैसे हैं",
            "который час",
        ] {
            assert!(foreign(text), "{text}");
        }
        for text in [
            "What time is it?",
            "flurb gnarble wompus",
            "where is the café",
            "what does bonjour mean",
            "12 × 7",
            "",
        ] {
            assert!(!foreign(text), "{text}");
        }
    }
}
