//! Where the voice goes, answered from how this house is set up.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::premises::Premises;

/// The answer to a question about privacy, the network or the price; none for other intents.
/// `remembered` is whether what is said now is kept at all.
pub fn answer(intent: Intent, premises: &Premises, remembered: bool) -> Option<String> {
    match intent {
        Intent::WhereVoiceGoes => Some(where_voice_goes(premises, remembered)),
        Intent::Private => Some(private(premises, remembered)),
        Intent::Listening => {
            Some("I hear only what is sent. The page shows when its microphone is open.".to_owned())
        }
        Intent::Stored if remembered => {
            let kept = kept(premises, remembered);
            Some(format!("{kept} Delete the conversation in the list, and it is gone."))
        }
        Intent::Stored => Some(kept(premises, remembered)),
        Intent::Forget if remembered => {
            Some("Delete this conversation in the list. That is how I forget.".to_owned())
        }
        Intent::Forget => Some("There is nothing to forget. I keep none of this.".to_owned()),
        Intent::Offline => Some(offline(premises)),
        Intent::Cost => Some(cost(premises)),
        Intent::Home => Some(format!("On {}.", premises.privacy.place())),
        _ => None,
    }
}

fn where_voice_goes(premises: &Premises, remembered: bool) -> String {
    let kept = kept(premises, remembered);
    let (privacy, elsewhere) = (premises.privacy, remembered && premises.privacy.keeps_elsewhere());
    match premises.confidant() {
        Some(engine) => format!("To {engine}. {kept}"),
        None if privacy.on_this_computer && elsewhere => format!("I hear it here. {kept}"),
        None if privacy.on_this_computer => format!("Nowhere. {kept}"),
        None if elsewhere => format!("To this server. {kept}"),
        None => format!("To this server, no further. {kept}"),
    }
}

fn kept(premises: &Premises, remembered: bool) -> String {
    if !remembered {
        return "I keep neither the words nor the recording.".to_owned();
    }
    let privacy = premises.privacy;
    let place = privacy.place();
    let words = match privacy.words_elsewhere {
        true => "in a database elsewhere".to_owned(),
        false => format!("on {place}"),
    };
    let sound = match privacy.recordings_elsewhere {
        true => "in a store elsewhere".to_owned(),
        false => format!("on {place}"),
    };
    match privacy.keeps_recordings {
        false => format!("I keep the words, {words}, not the recording."),
        true if words == sound => format!("I keep the words and the recording, {words}."),
        true => format!("I keep the words {words}, the recording {sound}."),
    }
}

fn private(premises: &Premises, remembered: bool) -> String {
    let privacy = premises.privacy;
    match premises.confidant() {
        Some(engine) => format!("Not quite. What you say goes to {engine}."),
        None if remembered && privacy.keeps_elsewhere() => {
            "Not quite. What I keep of it lies elsewhere.".to_owned()
        }
        None if privacy.on_this_computer => {
            "Nothing leaves this computer. I hear only what is sent to me.".to_owned()
        }
        None if remembered && privacy.keeps_recordings => {
            "It stays on this server. Whoever runs it can read and hear it.".to_owned()
        }
        None => "It stays on this server. Whoever runs it can read the words.".to_owned(),
    }
}

fn offline(premises: &Premises) -> String {
    let privacy = premises.privacy;
    match premises.confidant() {
        Some(engine) => format!("No. I need {engine} for that."),
        None if privacy.keeps_elsewhere() => {
            "Not quite. I think here, but what I keep lies elsewhere.".to_owned()
        }
        None if privacy.on_this_computer => "Yes. Everything runs on this computer.".to_owned(),
        None => "This server needs no internet. You need only reach the server.".to_owned(),
    }
}

fn cost(premises: &Premises) -> String {
    match premises.confidant() {
        Some(engine) => format!("Ask {engine}. My own thinking is free."),
        None if premises.privacy.keeps_elsewhere() => {
            "Nothing that I know of. My own work is free.".to_owned()
        }
        None => format!("Nothing. It all runs on {}.", premises.privacy.place()),
    }
}
