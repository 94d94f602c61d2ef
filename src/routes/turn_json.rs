//! The turn as JSON: everywhere the same object.

use serde_json::{Value, json};

use crate::domain::turn::TurnStatus;
use crate::pipeline::engine::EngineName;
use crate::pipeline::error::Stage;
use crate::pipeline::receipt::Receipt;
use crate::routes::problem::Problem;
use crate::store::Turn;

/// Where a turn is found.
pub fn address(turn: &Turn) -> String {
    format!("/api/v1/turns/{}", turn.id)
}

/// The turn, with its sound by address if it has one that can be had.
pub fn turn(turn: &Turn, sound: Sound<'_>) -> Value {
    let name = |engine: &Option<EngineName>| engine.as_ref().map(ToString::to_string);
    let receipt = turn.receipt.as_ref();
    json!({
        "turn_id": turn.id,
        "conversation_id": turn.conversation,
        "status": turn.status,
        "created_at": turn.created_at.to_rfc3339(),
        "transcript": turn.transcript,
        "reply": turn.reply,
        "spoken": turn.spoken,
        "language": turn.language,
        "voice": turn.voice,
        "engines": {
            "hearing": name(&turn.engines.hearing),
            "thinking": name(&turn.engines.thinking),
            "speaking": name(&turn.engines.speaking),
        },
        "audio": audio(turn, sound),
        "timings_ms": timings(receipt),
        "usage": receipt.and_then(|receipt| receipt.usage),
        "cost_usd": receipt.and_then(|receipt| receipt.cost).map(|cost| cost.dollars()),
        "price_version": turn.price_version,
        "warnings": receipt.map(|receipt| receipt.warnings.clone()).unwrap_or_default(),
        "problem": problem(turn),
    })
}

/// A turn of which nothing is left to be read: no conversation has it, and no address its sound.
pub fn passing(passed: &Turn, sound: Sound<'_>) -> Value {
    let sound = if let Sound::ByAddress = sound { Sound::Absent } else { sound };
    let mut json = turn(passed, sound);
    json["conversation_id"] = Value::Null;
    json
}

/// The same for those who may talk and not read: nothing of what was said.
pub fn without_words(mut told: Value) -> Value {
    for name in ["transcript", "reply", "spoken"] {
        told[name] = Value::Null;
    }
    told
}

/// How the turn's sound is told of.
#[derive(Debug, Clone, Copy)]
pub enum Sound<'a> {
    /// It cannot be had.
    Absent,
    /// By its address.
    ByAddress,
    /// Right here, as it was asked for.
    Here {
        /// Its media type: bare samples are not kept as such.
        mime: &'a str,
        /// Its bytes.
        base64: &'a str,
    },
}

fn audio(turn: &Turn, sound: Sound<'_>) -> Value {
    let Some(note) = &turn.sound else { return Value::Null };
    let (mut url, mut base64) = (None, None);
    let mut mime = note.mime.as_str();
    match sound {
        Sound::Absent => {}
        Sound::ByAddress => url = Some(format!("{}/audio", address(turn))),
        Sound::Here { mime: its, base64: bytes } => {
            mime = its;
            base64 = Some(bytes);
        }
    }
    json!({
        "mime": mime,
        "url": url,
        "base64": base64,
        "duration_ms": note.duration_ms,
    })
}

fn timings(receipt: Option<&Receipt>) -> Value {
    let tenths = |milliseconds: f64| (milliseconds * 10.0).round() / 10.0;
    let Some(receipt) = receipt.filter(|receipt| receipt.total_ms > 0.0) else {
        return Value::Null;
    };
    let hearing = receipt.hearing.as_ref();
    json!({
        "hearing": hearing.map(|stage| tenths(stage.last_ms - stage.start_ms)),
        "first_words": receipt.thinking.as_ref().map(|stage| tenths(stage.first_ms)),
        "first_sound": receipt.first_sound_ms.map(tenths),
        "total": tenths(receipt.total_ms),
    })
}

fn problem(turn: &Turn) -> Value {
    let Some(failure) = &turn.failure else { return Value::Null };
    if turn.status != TurnStatus::Failed {
        return Value::Null;
    }
    let stage = failure.stage.map_or("upload", Stage::name);
    Problem::new(&failure.code, failure.message.clone()).in_stage(stage).to_json("")
}
