//! A form with a file, field by field.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use futures_util::StreamExt;

use crate::routes::problem::Problem;
use crate::routes::upload::paced::{Paced, broken};
use crate::routes::upload::spill::Spill;
use crate::routes::upload::{FIELDS_BYTES, Sound, Upload, UploadLimits, as_text, too_large};

/// A form with more parts than this is no form.
const PARTS: usize = 64;

/// Reads the form into the upload.
pub async fn read(
    request: &HttpRequest,
    paced: Paced,
    limits: UploadLimits,
    upload: &mut Upload,
) -> Result<(), Problem> {
    let mut form = Multipart::new(request.headers(), paced);
    let mut room = FIELDS_BYTES;
    let mut parts = 0;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| malformed(&error))?;
        parts += 1;
        if parts > PARTS {
            return Err(Problem::malformed(format!("a form has at most {PARTS} parts")).closing());
        }
        let name = field.name().unwrap_or_default().to_owned();
        if is_sound(&name) {
            if upload.sound.is_some() {
                return Err(Problem::malformed("`audio` was sent twice").closing());
            }
            upload.sound = sound(&name, &mut field, limits).await?;
            continue;
        }
        if is_stray(&name, &field) {
            pass_over(&mut field, limits).await?;
            upload.stray = Some(name);
            continue;
        }
        let text = text(&mut field, &mut room).await?;
        upload.fields.insert(name, text);
    }
    Ok(())
}

/// OpenAI's clients call it `file`. Not every client gives it a name and a type (`curl -F
/// 'audio=<clip.webm'`): it is known by looking.
fn is_sound(name: &str) -> bool {
    name == "audio" || name == "file"
}

/// None if it is a field that somebody left empty.
async fn sound(
    name: &str,
    field: &mut Field,
    limits: UploadLimits,
) -> Result<Option<Sound>, Problem> {
    let declared = field.content_type().map(ToString::to_string);
    let meant = is_filed(field) || is_typed(field);
    let mut spill = Spill::new(limits);
    let mut any = false;
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|error| malformed(&error))?;
        any |= !chunk.is_empty();
        spill.push(chunk).await?;
    }
    if !any && !meant {
        return Ok(None);
    }
    let sound = super::sound(spill.finish().await?, declared);
    sound.map(Some).map_err(|problem| match problem.kind().code {
        "unsupported_audio" if !meant => as_text(name, "curl -F audio=@clip.webm"),
        _ => problem,
    })
}

/// A file that nobody asked for. Words may come as a file as well.
fn is_stray(name: &str, field: &Field) -> bool {
    name != "text" && is_filed(field) && is_typed(field)
}

fn is_filed(field: &Field) -> bool {
    field.content_disposition().is_some_and(|how| how.get_filename().is_some())
}

/// Whether it says to be something else than text.
fn is_typed(field: &Field) -> bool {
    field.content_type().is_some_and(|kind| kind.type_() != "text")
}

async fn pass_over(field: &mut Field, limits: UploadLimits) -> Result<(), Problem> {
    let mut length = 0;
    while let Some(chunk) = field.next().await {
        length += chunk.map_err(|error| malformed(&error))?.len() as u64;
        if length > limits.sound_bytes {
            return Err(too_large(limits));
        }
    }
    Ok(())
}

async fn text(field: &mut Field, room: &mut usize) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|error| malformed(&error))?;
        *room = room.checked_sub(chunk.len()).ok_or_else(too_much)?;
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Problem::malformed("a field is not UTF-8"))
}

fn too_much() -> Problem {
    let detail = format!("the form's fields have more than {} KiB", FIELDS_BYTES / 1024);
    Problem::new("text_too_long", detail).in_stage("upload").closing()
}

fn malformed(error: &MultipartError) -> Problem {
    match error {
        MultipartError::Payload(error) => broken(error),
        error => {
            let detail = format!(
                "the form cannot be read: {error}; send multipart/form-data with its boundary"
            );
            Problem::malformed(detail).in_stage("upload").closing()
        }
    }
}
