//! What pages are made of: scripts, styles, pictures and words, all part of this program.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::LazyLock;

use actix_web::http::header::{AcceptEncoding, ETag, Encoding, EntityTag, Header, IfNoneMatch};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};

use crate::routes::problem::Problem;

/// Less than this is not worth packing.
const WORTH_PACKING: usize = 1024;

/// The files; while the program is built for debugging, as they are on disk just now.
#[derive(Embed)]
#[folder = "static"]
#[exclude = "openapi.json"]
struct Files;

/// Names all files as they are. Addresses that begin with it may be kept for good: another
/// program has another one.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for name in Files::iter() {
        all.update(name.as_bytes());
        all.update(Files::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    hex(&all.finalize())
});

/// All that shrinks, packed once: when the first of it is asked for.
static PACKED: LazyLock<BTreeMap<String, Bytes>> = LazyLock::new(|| {
    let names = Files::iter();
    let packed = names.filter_map(|name| {
        let file = Files::get(&name)?;
        Some((name.into_owned(), pack(&file)?))
    });
    packed.collect()
});

/// Where pages find the files of this edition.
pub fn home() -> String {
    format!("/static/{}", *EDITION)
}

/// The text of a file.
pub fn text(name: &str) -> Option<String> {
    Files::get(name).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// The names of the files that begin so.
pub fn names(beginning: &str) -> Vec<String> {
    let names = Files::iter().filter(|name| name.starts_with(beginning));
    names.map(|name| name.into_owned()).collect()
}

/// `GET /static/{file}`, with or without the edition in front.
pub async fn file(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Problem> {
    let edition = format!("{}/", *EDITION);
    let (name, keep) = match path.strip_prefix(&edition) {
        Some(name) => (name, "public, max-age=31536000, immutable"),
        None => (path.as_str(), "public, no-cache"),
    };
    send(&request, name, keep)
}

/// `GET /service-worker.js`: from here, since it may only look after what lies below it.
pub async fn service_worker(request: HttpRequest) -> Result<HttpResponse, Problem> {
    send(&request, "js/service-worker.js", "no-cache")
}

fn send(request: &HttpRequest, name: &str, keep: &'static str) -> Result<HttpResponse, Problem> {
    let file = Files::get(name).ok_or_else(|| {
        let name: String = name.chars().take(200).collect();
        Problem::new("not_found", format!("there is no file {name}"))
    })?;
    let tag = EntityTag::new_weak(hex(&file.metadata.sha256_hash()));
    let known = is_known(request, &tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag))
        .insert_header(("Cache-Control", keep))
        .insert_header(("Vary", "Accept-Encoding"));
    if known {
        return Ok(response.finish());
    }
    response.content_type(kind(&file));
    if takes_gzip(request)
        && let Some(packed) = packed(name, &file)
    {
        return Ok(response.insert_header(("Content-Encoding", "gzip")).body(packed));
    }
    Ok(response.body(file.data.into_owned()))
}

/// Whether whoever asks has it already.
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

fn kind(file: &EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    match kind.starts_with("text/") || kind.ends_with("json") {
        true => format!("{kind}; charset=utf-8"),
        false => kind.to_owned(),
    }
}

/// Whether who asks can unpack what is packed.
pub fn takes_gzip(request: &HttpRequest) -> bool {
    let known = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(known.iter())) == Some(Encoding::gzip())
}

/// The file, packed; once for all, unless the files are those on disk.
fn packed(name: &str, file: &EmbeddedFile) -> Option<Bytes> {
    if cfg!(debug_assertions) { pack(file) } else { PACKED.get(name).cloned() }
}

fn pack(file: &EmbeddedFile) -> Option<Bytes> {
    let kind = file.metadata.mimetype();
    let shrinks = kind.starts_with("text/") || kind.contains("json") || kind.contains("svg");
    if !shrinks || file.data.len() < WORTH_PACKING {
        return None;
    }
    gzip(&file.data).ok()
}

/// Packs a text.
pub fn gzip(data: &[u8]) -> io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data)?;
    encoder.finish().map(Bytes::from)
}

fn hex(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
