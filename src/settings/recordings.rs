//! What is kept of the sound, where, and how long anything is kept.

use std::path::Path;
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
    pub place: String,
    /// What opens the bucket.
    pub bucket_keys: Option<BucketKeys>,
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

/// What opens a bucket.
#[derive(Debug, Clone)]
pub struct BucketKeys {
    /// Whose it is. `AWS_ACCESS_KEY_ID`.
    pub key_id: String,
    /// Proves it. `AWS_SECRET_ACCESS_KEY`.
    pub secret: SecretString,
    /// Goes with a key that holds for a while only. `AWS_SESSION_TOKEN`.
    pub session_token: Option<SecretString>,
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
    /// Whether they are kept in a bucket, which is taken to be on some other computer.
    pub fn is_elsewhere(&self) -> bool {
        self.place.starts_with("s3://")
    }

    pub(super) fn read(source: &mut Source<'_>, data_dir: &Path) -> Self {
        Self {
            keep: source.value("KEEP_RECORDINGS").unwrap_or_default(),
            days: days(source, "RECORDINGS_DAYS", Some(30)),
            place: place(source, data_dir),
            bucket_keys: bucket_keys(source),
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

fn place(source: &mut Source<'_>, data_dir: &Path) -> String {
    let default = || data_dir.join("recordings").display().to_string();
    let Some(place) = source.text("RECORDINGS_URL") else { return default() };
    let known = ["file:", "s3://"].iter().any(|scheme| place.starts_with(scheme));
    if !known && place.contains("://") {
        source.mistake(
            "RECORDINGS_URL",
            format!(
                "`{place}` is neither file:FOLDER nor s3://BUCKET/PREFIX?endpoint=URL&region=NAME"
            ),
        );
    }
    place
}

fn bucket_keys(source: &mut Source<'_>) -> Option<BucketKeys> {
    let secret = source.text("AWS_SECRET_ACCESS_KEY").map(SecretString::from);
    let key_id = source.text("AWS_ACCESS_KEY_ID");
    let session_token = source.text("AWS_SESSION_TOKEN").map(SecretString::from);
    Some(BucketKeys { key_id: key_id?, secret: secret?, session_token })
}
