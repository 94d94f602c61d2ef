//! Where the voice goes, answered from how this house is set up.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::premises::Premises;

/// The answer to a question about privacy, the network or the price; none for other intents.
pub fn answer(intent: Intent, premises: &Premises) -> Option<String> {
    match intent {
        Intent::WhereVoiceGoes => Some(where_voice_goes(premises)),
        Intent::Private => Some(private(premises)),
        Intent::Offline => Some(offline(premises)),
        Intent::Cost => Some(cost(premises)),
        Intent::Home => Some(format!("On {}.", premises.place())),
        _ => None,
    }
}

fn where_voice_goes(premises: &Premises) -> String {
    let place = premises.place();
    let kept = if premises.keeps_recordings {
        format!("I keep the words and the recording, on {place}.")
    } else {
        format!("I keep the words, on {place}, not the recording.")
    };
    match premises.confidant() {
        Some(engine) => format!("To {engine}. {kept}"),
        None if premises.on_this_computer => format!("Nowhere. {kept}"),
        None => format!("To this server, no further. {kept}"),
    }
}

fn private(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("Not quite. What you say goes to {engine}."),
        None if premises.on_this_computer => {
            "Yes. Nothing leaves this computer, and I only listen to what you send.".to_owned()
        }
        None => "It stays on this server. Whoever runs it can read the words.".to_owned(),
    }
}

fn offline(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("No. I need {engine} for that."),
        None if premises.on_this_computer => "Yes. Everything runs on this computer.".to_owned(),
        None => "This server needs no internet. You need only reach the server.".to_owned(),
    }
}

fn cost(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("Ask {engine}. My own thinking is free."),
        None => format!("Nothing. It all runs on {}.", premises.place()),
    }
}
