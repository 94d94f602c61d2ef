//! Reads the form that a clip is uploaded with.

use std::convert::Infallible;
use std::fmt::Write;

use bytes::Bytes;
use futures_util::stream;
use multer::Multipart;
use sha2::{Digest, Sha256};

use crate::journal::call::Upload;
use crate::stages::refusal::Refusal;

const FORMATS: [&str; 10] =
    ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];

/// Everything in the form, and the file itself.
pub(crate) struct Form {
    pub(crate) upload: Upload,
    pub(crate) file: Option<Bytes>,
}

/// Reads it all.
pub(crate) async fn read(content_type: &str, body: Bytes) -> Result<Form, Refusal> {
    let unreadable = |error: multer::Error| Refusal::invalid("", error.to_string());
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let body = stream::once(std::future::ready(Ok::<_, Infallible>(body)));
    let mut parts = Multipart::new(body, boundary);
    let mut form = Form { upload: Upload::default(), file: None };
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            form.upload.filename = part.file_name().map(str::to_owned);
            form.upload.file_type = part.content_type().map(ToString::to_string);
            form.file = Some(part.bytes().await.map_err(unreadable)?);
            continue;
        }
        let value = part.text().await.map_err(unreadable)?;
        if name == "model" {
            form.upload.model = value;
        } else {
            form.upload.fields.push((name, value));
        }
    }
    form.upload.file_bytes = form.file.as_ref().map_or(0, Bytes::len);
    Ok(form)
}

/// Takes the file out of the form if it is one that may be heard.
pub(crate) fn check(form: &Form) -> Result<Bytes, Refusal> {
    let file = form.file.clone().ok_or_else(|| Refusal::missing("file"))?;
    let name = form.upload.filename.as_deref().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    if !extension.is_some_and(|extension| FORMATS.contains(&extension.as_str())) {
        let formats = FORMATS.map(|format| format!("'{format}'")).join(", ");
        let message = format!("Unrecognized file format. Supported formats: [{formats}]");
        return Err(Refusal::invalid("file", message));
    }
    if file.is_empty() {
        let message = "Audio file is too short. Minimum audio length is 0.1 seconds.";
        return Err(Refusal::invalid("file", message));
    }
    Ok(file)
}

/// The SHA-256 of a file, in hexadecimal digits.
pub(crate) fn sha256(file: &[u8]) -> String {
    Sha256::digest(file).iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
