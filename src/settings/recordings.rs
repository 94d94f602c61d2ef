//! What is kept of the sound, where, and how long anything is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;

use crate::settings::source::Source;

/// What is kept of the sound, where, and how long anything is kept.
#[derive(Debug, Clone)]
pub struct RecordingSettings {
    /// Which recordings are kept. `KEEP_RECORDINGS`, default `replies`.
    pub keep: Keep,
    /// How long. `RECORDINGS_DAYS`, default 30; none: for ever.
    pub days: Option<u32>,
    /// Where: a folder, or `s3://bucket/prefix?endpoint=…&region=…`.
    /// `RECORDINGS_URL`, default: `recordings` in the data folder.
    pub place: Place,
    /// How long conversations are kept after their last turn. `CONVERSATIONS_DAYS`, default: for
    /// ever.
    pub conversations_days: Option<u32>,
}

/// Which recordings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// None.
    None,
    /// What was answered.
    #[default]
    Replies,
    /// What was answered and what was said.
    All,
}

/// Where recordings are kept.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of an object store.
    Bucket {
        /// `s3://bucket/prefix?endpoint=…&region=…`.
        url: String,
        /// `AWS_ACCESS_KEY_ID`.
        key_id: Option<String>,
        /// `AWS_SECRET_ACCESS_KEY`.
        secret: Option<SecretString>,
        /// `AWS_REGION`.
        region: Option<String>,
    },
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "replies" => Ok(Self::Replies),
            "all" => Ok(Self::All),
            other => Err(format!("`{other}` is neither none, replies nor all")),
        }
    }
}

impl RecordingSettings {
    pub(super) fn read(source: &mut Source<'_>, data_dir: &Path) -> Self {
        Self {
            keep: source.value("KEEP_RECORDINGS").unwrap_or_default(),
            days: days(source, "RECORDINGS_DAYS", Some(30)),
            place: place(source, data_dir),
            conversations_days: days(source, "CONVERSATIONS_DAYS", None),
        }
    }
}

fn days(source: &mut Source<'_>, name: &str, default: Option<u32>) -> Option<u32> {
    match source.text(name).as_deref() {
        None => default,
        Some("unlimited") => None,
        Some(text) => match text.parse() {
            Ok(days @ 1..=36_500) => Some(days),
            _ => {
                source.mistake(name, format!("`{text}` is neither a number of days nor unlimited"));
                default
            }
        },
    }
}

fn place(source: &mut Source<'_>, data_dir: &Path) -> Place {
    let secret = source.text("AWS_SECRET_ACCESS_KEY").map(SecretString::from);
    let (key_id, region) = (source.text("AWS_ACCESS_KEY_ID"), source.text("AWS_REGION"));
    let default = || Place::Folder(data_dir.join("recordings"));
    let Some(url) = source.text("RECORDINGS_URL") else { return default() };
    if url.starts_with("s3://") {
        return Place::Bucket { url, key_id, secret, region };
    }
    let folder = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:"));
    if let Some(folder) = folder {
        return Place::Folder(folder.into());
    }
    if !url.contains("://") && fs::metadata(&url).is_ok_and(|found| found.is_dir()) {
        return Place::Folder(url.into());
    }
    source.mistake(
        "RECORDINGS_URL",
        format!("`{url}` is neither file:FOLDER nor s3://BUCKET/PREFIX?endpoint=URL&region=NAME"),
    );
    default()
}
