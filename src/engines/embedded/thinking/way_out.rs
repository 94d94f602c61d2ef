//! What a business is asked and cannot be done here, with whom to ask instead.

use crate::domain::persona::{Persona, Service};
use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::knowledge;

/// The answer to what somebody would have to do; none for other intents.
pub fn answer(intent: Intent, persona: &Persona) -> Option<String> {
    if let (Intent::Pay, Some(fact)) = (intent, persona.facts.get("payment")) {
        return Some(fact.clone());
    }
    let refusal = match intent {
        Intent::Book => "I can't book anything from here.",
        Intent::Cancel => "I can't change a booking from here.",
        Intent::Human => "I can't put you through.",
        Intent::Complaint => "I'm sorry. I can't pass it on.",
        Intent::Pay => "I can't take payments.",
        _ => return None,
    };
    Some(format!("{refusal} {}", contact(persona)))
}

/// What a service costs, and how to get it.
pub fn booking(service: &Service, persona: &Persona) -> String {
    let about = Service { detail: None, ..service.clone() };
    let about = knowledge::service(&about);
    format!("{about} I can't book it from here. {}", contact(persona))
}

/// Whom to ask: a bare number or address is put into a sentence, a sentence is said as it is.
fn contact(persona: &Persona) -> String {
    let facts = &persona.facts;
    let fact = |topics: &[&str]| topics.iter().find_map(|topic| facts.get(*topic));
    if let Some(phone) = fact(&["phone", "telephone"]) {
        return match phone.contains(char::is_alphabetic) {
            true => phone.clone(),
            false => format!("Call {}.", phone.trim_end_matches('.')),
        };
    }
    match fact(&["email"]) {
        Some(email) if email.contains(' ') => email.clone(),
        Some(email) => format!("Write to {}.", email.trim_end_matches('.')),
        None => "Nobody has told me whom to ask.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_help_is_named() {
        for (facts, expected) in [
            ("phone = '030 1234'", "I can't put you through. Call 030 1234."),
            ("email = 'a@b.example'", "I can't put you through. Write to a@b.example."),
            ("telephone = 'Ring 1234.'", "I can't put you through. Ring 1234."),
            ("parking = 'No.'", "I can't put you through. Nobody has told me whom to ask."),
        ] {
            let persona = Persona::parse(&format!("name = 'Ada'\n[facts]\n{facts}")).unwrap();
            assert_eq!(answer(Intent::Human, &persona).as_deref(), Some(expected));
        }
    }
}
