//! The hearing alone, for testers: what was heard, how well, and what stood in the way.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::audio::hearing::{Examined, Report};
use crate::audio::wav;
use crate::conversations::Conversations;
use crate::domain::word_errors::{
    Step, WordErrors, alignment, letter_error_rate, too_long, word_error_rate,
};
use crate::pipeline::engine::{Hint, Word};
use crate::pipeline::examine::Examination;
use crate::routes::guard::Guest;
use crate::routes::problem::Problem;
use crate::routes::turns::personal;
use crate::routes::upload::{Sound, Upload, wrong_field};

/// `POST /test-transcript`.
pub async fn test(
    request: HttpRequest,
    payload: Payload,
    guest: Guest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Problem> {
    let mut upload = Upload::read(&request, payload.into_inner(), guest.limits()).await?;
    let sound = upload.sound.take().ok_or_else(|| {
        upload.missing("send a file as `audio`: curl -F audio=@clip.webm …/test-transcript")
    })?;
    let with_words = !chosen(&upload, "hearing", "only")?;
    let with_sound = chosen(&upload, "include", "audio")?;
    let expected = upload.field("expected").map(str::to_owned);
    if let Some(why) = expected.as_deref().and_then(too_long) {
        return Err(wrong_field("expected", why));
    }
    let hint = Hint {
        language: upload.value("language")?,
        keywords: conversations.options().keywords.clone(),
    };
    let (_permit, errand) = guest.errand(&conversations)?;
    let pipeline = conversations.pipeline();
    let examination = pipeline.examine(&sound.clip, &hint, errand.tab(), with_words).await?;
    let engine = pipeline.hearing().name().to_string();
    let mut told = told(&examination, &sound, &engine);
    if let (Some(expected), Some(object)) = (expected, told.as_object_mut()) {
        let heard = examination.transcript.as_ref().map(|heard| heard.text.clone());
        // Long texts take their time, which is nobody else's.
        let compared = spawn_blocking(move || compared(&expected, &heard.unwrap_or_default()));
        let compared =
            compared.await.map_err(|error| Problem::new("internal", error.to_string()))?;
        object.insert("expected".to_owned(), compared);
    }
    if let (true, Some(object)) = (with_sound, told.as_object_mut()) {
        let heard = wav::whole(&examination.examined.heard);
        let heard = json!({ "mime": "audio/wav", "base64": STANDARD.encode(heard) });
        object.insert("heard".to_owned(), heard);
    }
    Ok(personal().json(told))
}

/// Whether the field says this word, the only one that there is for it.
fn chosen(upload: &Upload, name: &str, word: &str) -> Result<bool, Problem> {
    match upload.field(name) {
        None => Ok(false),
        Some(text) if text == word => Ok(true),
        Some(_) => Err(wrong_field(name, format!("choose {word}, or leave it out"))),
    }
}

/// The original's two members first; what a tester wants after them.
fn told(examination: &Examination, sound: &Sound, engine: &str) -> Value {
    let Examined { report, .. } = &examination.examined;
    let transcript = examination.transcript.as_ref();
    let refused = examination.refusal.as_ref().map(|refusal| refusal.code());
    let tenths = |milliseconds: f64| (milliseconds * 10.0).round() / 10.0;
    json!({
        "transcript": transcript.map_or("", |heard| heard.text.as_str()),
        "success": true,
        "verdict": report.verdict(),
        "summary": summary(report, refused),
        "would_voice_chat": { "accepted": refused.is_none(), "code": refused },
        "language": transcript.and_then(|heard| heard.language.as_ref()),
        "engine": transcript.map(|_| engine),
        "duration_seconds": report.duration_seconds,
        "speech_seconds": report.speech_seconds,
        "speech_regions": report.speech_regions,
        "audio": audio(&examination.examined, sound),
        "words": words(transcript.map_or(&[], |heard| heard.words.as_slice())),
        "timings_ms": {
            "measure": tenths(examination.look_ms),
            "gate": tenths(examination.gate_ms),
            "hearing": examination.hear_ms.map(tenths),
        },
        "warnings": report.warnings(),
    })
}

fn summary(report: &Report, refused: Option<&str>) -> String {
    let warnings = report.warnings();
    match (refused, warnings.first()) {
        (_, Some(first)) => format!("{}: {}.", first.message, first.fix),
        (Some(_), None) => "No word could be made out.".to_owned(),
        (None, None) => "Clear speech; nothing is in the way.".to_owned(),
    }
}

fn audio(examined: &Examined, sound: &Sound) -> Value {
    let (report, source) = (&examined.report, &examined.source);
    json!({
        "container": source.container.name(),
        "codec": source.codec,
        "declared": sound.declared,
        "live": source.live,
        "truncated": source.truncated,
        "sample_rate": source.rate_hz,
        "channels": source.channels,
        "loudness_dbfs": report.loudness_dbfs,
        "peak_dbfs": report.peak_dbfs,
        "clipped": report.clipped,
        "snr_db": report.snr_db,
    })
}

fn words(words: &[Word]) -> Vec<Value> {
    let told = words.iter().map(|word| {
        json!({
            "word": word.text,
            "start_ms": word.start_ms,
            "end_ms": word.end_ms,
            "confidence": word.confidence,
        })
    });
    told.collect()
}

/// What should have been heard, against what was.
fn compared(expected: &str, heard: &str) -> Value {
    let rate = |errors: WordErrors| (errors.rate() * 1e4).round() / 1e4;
    let steps = alignment(expected, heard);
    let diff = steps.iter().map(|step| match step {
        Step::Same(word) => json!({ "op": "same", "expected": word, "heard": word }),
        Step::Swapped { expected, heard } => {
            json!({ "op": "swapped", "expected": expected, "heard": heard })
        }
        Step::Missing(word) => json!({ "op": "missing", "expected": word, "heard": null }),
        Step::Added(word) => json!({ "op": "added", "expected": null, "heard": word }),
    });
    json!({
        "text": expected,
        "word_error_rate": rate(word_error_rate(expected, heard)),
        "character_error_rate": rate(letter_error_rate(expected, heard)),
        "diff": diff.collect::<Vec<_>>(),
    })
}
