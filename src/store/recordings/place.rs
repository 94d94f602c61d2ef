//! Where recordings are kept: a folder, or a bucket of anything that speaks S3.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Prefix;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::store::error::StoreError;
use crate::store::recordings::Kind;

/// How old the leftover of a broken-off write is, at least. A younger one may be being written.
const LEFTOVER: Duration = Duration::from_secs(60);
/// How long a bucket may take to answer one request, and for all attempts at it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);

/// What opens a bucket: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
#[derive(Debug, Clone)]
pub struct BucketAccess {
    /// Whose it is.
    pub key_id: String,
    /// Proves it.
    pub secret: SecretString,
    /// Goes with a key that holds for a while only.
    pub session_token: Option<SecretString>,
}

pub(super) struct Place {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) prefix: Prefix,
    /// None for a bucket.
    pub(super) folder: Option<PathBuf>,
}

pub(super) fn open(place: &str, access: Option<&BucketAccess>) -> Result<Place, StoreError> {
    let place = place.trim();
    if place.starts_with("s3:") {
        return bucket(place, access);
    }
    let path = match place.strip_prefix("file:") {
        Some(rest) if rest.starts_with("//") => {
            let path = Url::parse(place).ok().and_then(|url| url.to_file_path().ok());
            path.ok_or_else(|| refused("file:// is followed by a whole path"))?
        }
        Some(rest) => PathBuf::from(rest),
        None if place.contains("://") => {
            return Err(refused("it begins with neither file: nor s3:"));
        }
        None => PathBuf::from(place),
    };
    if path.as_os_str().is_empty() {
        return Err(refused("it names no folder"));
    }
    folder(path)
}

fn folder(path: PathBuf) -> Result<Place, StoreError> {
    let failed =
        |error: io::Error| StoreError::Recordings(format!("{}: {error}", path.display()).into());
    for kind in Kind::ALL {
        make_private(&path.join(kind.folder())).map_err(failed)?;
    }
    let path = path.canonicalize().map_err(failed)?;
    let objects = Arc::new(LocalFileSystem::new_with_prefix(&path)?);
    Ok(Place { objects, prefix: Prefix::default(), folder: Some(path) })
}

/// Makes a folder that only its owner may look into, with those above it.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn bucket(place: &str, access: Option<&BucketAccess>) -> Result<Place, StoreError> {
    let url = Url::parse(place).map_err(|error| refused(&error.to_string()))?;
    let name = url.host_str().ok_or_else(|| refused("it names no bucket"))?;
    let access =
        access.ok_or_else(|| refused("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too"))?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_access_key_id(&access.key_id)
        .with_secret_access_key(access.secret.expose_secret())
        .with_client_options(ClientOptions::new().with_timeout(REQUEST_TIMEOUT))
        .with_retry(RetryConfig { retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() });
    if let Some(token) = &access.session_token {
        builder = builder.with_token(token.expose_secret());
    }
    for (option, value) in url.query_pairs() {
        builder = match &*option {
            "region" => builder.with_region(&*value),
            // Not everyone who speaks S3 can remove many objects at once.
            "endpoint" => builder
                .with_allow_http(value.starts_with("http://"))
                .with_endpoint(&*value)
                .with_disable_bulk_delete(true),
            _ => return Err(refused(&format!("{option:?} is neither region nor endpoint"))),
        };
    }
    // The program may have chosen one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let prefix = Prefix::from_url_path(url.path()).map_err(|error| refused(&error.to_string()))?;
    let objects = builder.build().map_err(|error| refused(&error.to_string()))?;
    Ok(Place { objects: Arc::new(objects), prefix, folder: None })
}

fn refused(why: &str) -> StoreError {
    StoreError::RecordingsPlace(why.to_owned())
}

/// Removes what a program that was killed had begun to write. Lists do not show it.
pub(super) fn sweep(folder: &Path) -> Result<(), StoreError> {
    let swept = Kind::ALL.iter().try_for_each(|kind| sweep_one(&folder.join(kind.folder())));
    swept.map_err(|error| StoreError::Recordings(error.to_string().into()))
}

fn sweep_one(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Another process may be done with it, or remove it too.
        let Ok(meta) = entry.metadata() else { continue };
        let age = meta.modified()?.elapsed().unwrap_or_default();
        if entry.file_name().to_string_lossy().contains('#') && age > LEFTOVER {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}
