//! What there is: an index of addresses, and all that a page needs to build itself from.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

use crate::audio::clip::Container;
use crate::audio::format::Format;
use crate::conversations::Conversations;
use crate::domain::persona::Persona;
use crate::domain::voice::{COMMON_VOICES, Voice};
use crate::pipeline::Pipeline;
use crate::pipeline::engine::EngineName;
use crate::routes::guard::{Confidence, Entrance};

/// `GET /api/v1`.
pub async fn index() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "turns": "/api/v1/turns",
        "turn": "/api/v1/turns/{turn_id}",
        "audio": "/api/v1/turns/{turn_id}/audio",
        "interrupt": "/api/v1/turns/{turn_id}/interrupt",
        "conversations": "/api/v1/conversations",
        "conversation": "/api/v1/conversations/{conversation_id}",
        "conversation_turns": "/api/v1/conversations/{conversation_id}/turns",
        "export": "/api/v1/conversations/{conversation_id}/export",
        "capabilities": "/api/v1/capabilities",
        "voice_chat": "/voice-chat",
        "test_transcript": "/test-transcript",
        "openai": "/v1",
        "health": "/health",
        "docs": "/docs",
        "openapi": "/openapi.json",
    }))
}

/// `GET /api/v1/capabilities`.
pub async fn capabilities(
    confidence: Confidence,
    conversations: Data<Conversations>,
    entrance: Data<Entrance>,
    persona: Data<Persona>,
) -> HttpResponse {
    let (pipeline, options) = (conversations.pipeline(), conversations.options());
    let told = |voice: &Voice, own: bool| json!({ "name": voice, "own": own, "speaker": pipeline.speaking().speaker(voice) });
    let own = pipeline.speaking().voices();
    let common = COMMON_VOICES.map(|name| told(&Voice(name.to_owned()), false));
    let own = own.iter().map(|voice| told(voice, true));
    let voices: Vec<_> = common.into_iter().chain(own).collect();
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({
        "assistant": { "name": persona.name, "about": persona.about },
        "suggestions": persona.suggestions(),
        "voices": voices,
        "voice": options.voice,
        "speaker": pipeline.speaking().speaker(&options.voice),
        "languages": languages(&conversations),
        "timezone": options.timezone.name(),
        "renderings": ["mp3", "wav", "ogg", "pcm", "events", "json"],
        "audio_formats": Format::ALL.map(|format| format.extension()),
        "accepted_audio": Container::ALL.map(Container::mime),
        "engines": engines(pipeline, confidence),
        "own_engines": options.own.as_deref().map(|own| {
            let mut engines = engines(own, confidence);
            engines["audio_seconds"] = json!(audio_seconds(own));
            engines
        }),
        "limits": limits(&conversations, &entrance, confidence),
        "recordings": options.keeping.as_ref().map(|kept| json!({
            "replies": kept.replies,
            "clips": kept.clips,
        })),
    }))
}

/// Who hears, thinks and speaks: strangers are told whether that is us or somebody else.
fn engines(pipeline: &Pipeline, confidence: Confidence) -> Value {
    let told = |name: EngineName| match confidence {
        Confidence::Stranger => name.engine,
        _ => name.to_string(),
    };
    json!({
        "hearing": told(pipeline.hearing().name()),
        "thinking": told(pipeline.thinking().name()),
        "speaking": told(pipeline.speaking().name()),
    })
}

/// The longest clip that is heard.
fn audio_seconds(pipeline: &Pipeline) -> u32 {
    let most = pipeline.limits().decode.max_seconds;
    pipeline.hearing().longest_seconds().map_or(most, |own| own.min(most))
}

/// The languages that are understood; null: whatever the models know.
fn languages(conversations: &Conversations) -> Value {
    match conversations.pipeline().hearing().name().engine.as_str() {
        "embedded" => json!(["en"]),
        _ => Value::Null,
    }
}

/// How much is too much. What all may take together is not for strangers.
pub(super) fn limits(
    conversations: &Conversations,
    entrance: &Entrance,
    confidence: Confidence,
) -> Value {
    let (per_minute, in_flight) = entrance.quotas();
    let mut limits = json!({
        "audio_bytes": entrance.limits().sound_bytes,
        "audio_seconds": audio_seconds(conversations.pipeline()),
        "text_bytes": 8192,
        "instructions_bytes": 4096,
    });
    if confidence > Confidence::Stranger {
        limits["turns_per_minute"] = json!(per_minute);
        limits["turns_in_flight"] = json!(in_flight);
        let budget = &conversations.options().budget;
        limits["daily_budget_usd"] = json!(budget.limit().map(|limit| limit.dollars()));
    }
    limits
}
