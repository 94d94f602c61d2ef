//! Slower, faster, louder, quieter: done, and said.

use crate::domain::delivery::Delivery;
use crate::engines::embedded::thinking::intents::Intent;

const STEP_SPEED: f32 = 1.25;
const STEP_DB: f32 = 4.0;

/// What is said when it is done, before the last answer comes again.
pub const DONE: [&str; 5] = [
    "Slower, from now on.",
    "Faster, from now on.",
    "Louder, from now on.",
    "Quieter, from now on.",
    "Back to normal.",
];

/// The new delivery, or the sentence that it goes no further; none for other intents.
pub fn change(
    intent: Intent,
    now: Delivery,
) -> Option<Result<(Delivery, &'static str), &'static str>> {
    let (wanted, done, limit) = match intent {
        Intent::Slower => {
            (Delivery { speed: now.speed / STEP_SPEED, ..now }, DONE[0], "That's as slow as I go.")
        }
        Intent::Faster => {
            (Delivery { speed: now.speed * STEP_SPEED, ..now }, DONE[1], "That's as fast as I go.")
        }
        Intent::Louder => {
            (Delivery { gain_db: now.gain_db + STEP_DB, ..now }, DONE[2], "That's as loud as I go.")
        }
        Intent::Quieter => (
            Delivery { gain_db: now.gain_db - STEP_DB, ..now },
            DONE[3],
            "That's as quiet as I go.",
        ),
        Intent::Normal => (Delivery::default(), DONE[4], "This is my normal voice."),
        _ => return None,
    };
    let wanted = wanted.clamped();
    Some(if wanted == now { Err(limit) } else { Ok((wanted, done)) })
}

/// What is asked when it was probably, not certainly, wanted: nothing changes on a guess.
pub fn confirm(intent: Intent) -> Option<&'static str> {
    match intent {
        Intent::Slower => Some("Did you say slower? Say: speak more slowly, please."),
        Intent::Faster => Some("Did you say faster? Say: speak a bit faster, please."),
        Intent::Louder => Some("Did you say louder? Say: please speak up."),
        Intent::Quieter => Some("Did you say quieter? Say: speak more quietly, please."),
        Intent::Normal => Some("Back to normal? Say: speak normally, please."),
        _ => None,
    }
}
