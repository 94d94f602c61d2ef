//! Requests that may be repeated: `Idempotency-Key`.

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};

use crate::conversations::{Claim, Conversations};
use crate::routes::guard::Caller;
use crate::routes::problem::Problem;
use crate::routes::upload::{Upload, wrong_field};
use crate::store::IdempotencyNote;

const LONGEST_KEY: usize = 255;

/// The right to answer the request, or the turn that has answered it; none if it has no key.
pub async fn claim(
    request: &HttpRequest,
    caller: &Caller,
    upload: &Upload,
    conversations: &Conversations,
) -> Result<Option<Claim>, Problem> {
    let Some(key) = request.headers().get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().map(str::trim).filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| {
        wrong_field("Idempotency-Key", format!("from 1 to {LONGEST_KEY} letters and digits"))
    })?;
    if matches!(upload.field("memory"), Some("off" | "false" | "0")) {
        let why = "with memory=off nothing is kept that could be given again";
        return Err(wrong_field("Idempotency-Key", why));
    }
    // Those without a name must not meet each other's keys.
    let key = match caller.owner.is_anyone() {
        true => format!("{}/{key}", caller.payer.name),
        false => key.to_owned(),
    };
    let fingerprint = fingerprint(request, upload);
    let claim = conversations.claim(&caller.owner, IdempotencyNote { key, fingerprint }).await?;
    Ok(Some(claim))
}

/// What the request asks for, whatever the boundary of its form: its fields, and the sound's bytes.
fn fingerprint(request: &HttpRequest, upload: &Upload) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    let header = |name| request.headers().get(name).map(|value| value.as_bytes());
    for name in ["accept", "x-conversation-id", "x-session-id"] {
        add(header(name).unwrap_or_default());
    }
    for (name, text) in &upload.fields {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    if let Some(sound) = &upload.sound {
        add(sound.clip.bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
