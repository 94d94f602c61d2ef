//! Who Repartee is and how it sounds.

use std::fs;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::language::Language;
use crate::domain::persona::Persona;
use crate::domain::voice::Voice;
use crate::settings::source::Source;

/// Who Repartee is and how it sounds.
#[derive(Debug, Clone)]
pub struct VoiceSettings {
    /// A name, a manner and what it knows. `PERSONA`: a file; default: the one built in.
    pub persona: Arc<Persona>,
    /// Who speaks unless a turn asks otherwise. `VOICE`, default: the persona's.
    pub voice: Voice,
    /// What is spoken, as a language tag. `LANGUAGE`, default: whatever is heard.
    pub language: Option<Language>,
    /// Where the clock is, unless a turn says otherwise: an IANA name.
    /// `TIMEZONE`, default: `TZ` as other programs know it, or this machine's.
    pub timezone: Tz,
}

impl VoiceSettings {
    /// Where the voice's name stands, for whoever must write another.
    pub fn written_in(&self) -> &'static str {
        let of_the_persona = self.voice == self.persona.voice;
        if of_the_persona { "`voice` in the persona's file" } else { "VOICE" }
    }

    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let persona = persona(source);
        let voice = source.text("VOICE").map(Voice);
        Self {
            voice: voice.unwrap_or_else(|| persona.voice.clone()),
            persona: Arc::new(persona),
            language: source.value("LANGUAGE"),
            timezone: timezone(source),
        }
    }
}

fn persona(source: &mut Source<'_>) -> Persona {
    let Some(path) = source.text("PERSONA") else { return Persona::default() };
    let read = fs::read_to_string(&path).map_err(|error| error.to_string());
    match read.and_then(|text| Persona::parse(&text).map_err(|error| error.to_string())) {
        Ok(persona) => persona,
        Err(error) => {
            source.mistake("PERSONA", format!("{path}: {error}"));
            Persona::default()
        }
    }
}

fn timezone(source: &mut Source<'_>) -> Tz {
    if source.text("TIMEZONE").is_some() {
        return source.value("TIMEZONE").unwrap_or(Tz::UTC);
    }
    // In a container, this is how a clock is set; forms such as `CET-1CEST` are left to others.
    let told = source.text("TZ").and_then(|name| name.trim_start_matches(':').parse().ok());
    if let Some(told) = told {
        return told;
    }
    let machine = iana_time_zone::get_timezone().ok();
    machine.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}
