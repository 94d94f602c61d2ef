//! Where the voice goes, answered from how this house is set up.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::premises::Premises;

/// The answer to a question about privacy, the network or the price; none for other intents.
/// `remembered` is whether what is said now is kept at all.
pub fn answer(intent: Intent, premises: &Premises, remembered: bool) -> Option<String> {
    match intent {
        Intent::WhereVoiceGoes => Some(where_voice_goes(premises, remembered)),
        Intent::Private => Some(private(premises, remembered)),
        Intent::Offline => Some(offline(premises)),
        Intent::Cost => Some(cost(premises)),
        Intent::Home => Some(format!("On {}.", premises.place())),
        _ => None,
    }
}

fn where_voice_goes(premises: &Premises, remembered: bool) -> String {
    let kept = kept(premises, remembered);
    match premises.confidant() {
        Some(engine) => format!("To {engine}. {kept}"),
        None if premises.on_this_computer => format!("Nowhere. {kept}"),
        None => format!("To this server, no further. {kept}"),
    }
}

fn kept(premises: &Premises, remembered: bool) -> String {
    if !remembered {
        return "I keep neither the words nor the recording.".to_owned();
    }
    let place = premises.place();
    match (premises.keeps_recordings, premises.words_elsewhere) {
        (true, false) => format!("I keep the words and the recording, on {place}."),
        (false, false) => format!("I keep the words, on {place}, not the recording."),
        (true, true) => {
            format!("I keep the words in a database elsewhere, the recording on {place}.")
        }
        (false, true) => "I keep the words, in a database elsewhere, not the recording.".to_owned(),
    }
}

fn private(premises: &Premises, remembered: bool) -> String {
    match premises.confidant() {
        Some(engine) => format!("Not quite. What you say goes to {engine}."),
        None if remembered && premises.words_elsewhere => {
            "Not quite. The words are kept in a database elsewhere.".to_owned()
        }
        None if premises.on_this_computer => {
            "Yes. Nothing leaves this computer, and I only listen to what you send.".to_owned()
        }
        None => "It stays on this server. Whoever runs it can read the words.".to_owned(),
    }
}

fn offline(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("No. I need {engine} for that."),
        None if premises.words_elsewhere => {
            "Not quite. I think here, but my memory is a database elsewhere.".to_owned()
        }
        None if premises.on_this_computer => "Yes. Everything runs on this computer.".to_owned(),
        None => "This server needs no internet. You need only reach the server.".to_owned(),
    }
}

fn cost(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("Ask {engine}. My own thinking is free."),
        None if premises.words_elsewhere => {
            "Nothing that I know of. My own work is free.".to_owned()
        }
        None => format!("Nothing. It all runs on {}.", premises.place()),
    }
}
