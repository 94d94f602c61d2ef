//! Which language it is: as a server names it, or as the words themselves tell.

use whatlang::Lang;

use crate::domain::language::Language;

/// The short tags of the languages that are recognised, beside their codes of three letters.
const SHORT: [(&str, &str); 69] = [
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("zul", "zu"),
];

/// The language that a server names: by a tag, a code of three letters, or in English.
pub(super) fn named(name: &str) -> Option<Language> {
    let lower = name.trim().to_lowercase();
    // Whisper's name for what others call Mandarin.
    if lower == "chinese" {
        return "zh".parse().ok();
    }
    let known = |lang: &&Lang| lang.eng_name().to_lowercase() == lower || lang.code() == lower;
    match Lang::all().iter().find(known) {
        Some(lang) => tag(*lang),
        None => name.trim().parse().ok(),
    }
}

/// The language that the words tell, if they do so for certain.
pub(super) fn guessed(text: &str) -> Option<Language> {
    let guess = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(guess.lang())
}

fn tag(lang: Lang) -> Option<Language> {
    let short = SHORT.iter().find(|(code, _)| *code == lang.code());
    short.map_or(lang.code(), |(_, short)| short).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag_of(language: Option<Language>) -> Option<String> {
        language.map(|language| language.tag().to_owned())
    }

    #[test]
    fn a_language_is_known_by_tag_code_and_english_name() {
        for (name, tag) in [
            ("en", Some("en")),
            ("pt-BR", Some("pt-BR")),
            ("english", Some("en")),
            ("Hindi", Some("hi")),
            ("hin", Some("hi")),
            ("chinese", Some("zh")),
            ("", None),
            ("no language at all", None),
        ] {
            assert_eq!(tag_of(named(name)).as_deref(), tag, "{name}");
        }
    }

    #[test]
    fn words_tell_their_language_or_nothing() {
        let german = "Guten Tag, ich h\u{e4}tte gerne gewusst, wann Sie am Samstag ge\u{f6}ffnet \
            haben und was bei Ihnen ein Haarschnitt f\u{fc}r meine Tochter kostet. Sie m\u{f6}chte \
            n\u{e4}chste Woche kommen, am liebsten am Nachmittag.";
        assert_eq!(tag_of(guessed(german)).as_deref(), Some("de"));
        assert_eq!(tag_of(guessed("土曜日は何時に開きますか？")).as_deref(), Some("ja"));
        assert_eq!(guessed("ok"), None);
    }

    #[test]
    fn every_language_that_is_recognised_has_a_tag() {
        assert!(Lang::all().iter().all(|lang| tag(*lang).is_some()));
    }
}
