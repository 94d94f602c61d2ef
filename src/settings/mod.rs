//! What the operator decides. The only room that reads the environment.

mod address;
mod endpoint;
mod engines;
mod limits;
mod memory;
mod prices;
mod recordings;
mod server;
mod source;
mod voice;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::env::VarError;
use std::path::PathBuf;

use strsim::jaro_winkler;
use thiserror::Error;

pub use crate::settings::endpoint::{Account, Endpoint};
pub use crate::settings::engines::{AnswerSettings, EngineChoice, EngineSettings, StageSettings};
pub use crate::settings::limits::{Limit, LimitSettings};
pub use crate::settings::memory::{DatabaseUrl, MemorySettings};
pub use crate::settings::recordings::{BucketKeys, Keep, RecordingSettings};
pub use crate::settings::server::{Access, ServerSettings, TlsFiles};
pub use crate::settings::source::{Lookup, Source};
pub use crate::settings::voice::VoiceSettings;
use crate::telemetry::{LogFilter, LogFormat};

/// How much a name must look like a setting to be taken for one; 1 is the same.
const ALIKE: f64 = 0.9;

/// Everything that can be set, with defaults that work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub server: ServerSettings,
    /// Everything that a run keeps lies in here. `DATA_DIR`, default `./data`.
    pub data_dir: PathBuf,
    /// Where conversations are kept, and how much of them is recalled.
    pub memory: MemorySettings,
    /// Who hears, thinks and speaks.
    pub engines: EngineSettings,
    /// Who Repartee is and how it sounds.
    pub voice: VoiceSettings,
    /// What is kept of the sound, where, and how long anything is kept.
    pub recordings: RecordingSettings,
    /// How much is too much.
    pub limits: LimitSettings,
    /// What is logged. `LOG`; each command has its own default.
    pub log: Option<LogFilter>,
    /// How it is logged. `LOG_FORMAT`, `text` (default) or `json`.
    pub log_format: LogFormat,
    /// What can be as it is and was hardly meant so, a line each.
    pub doubts: Vec<String>,
}

/// What is wrong with the settings: everything, at once.
#[derive(Debug, Error)]
#[error("the settings are wrong:\n{}", .mistakes.iter().map(|mistake| format!("  {mistake}")).collect::<Vec<_>>().join("\n"))]
pub struct SettingsError {
    /// A line for each mistake: the variable, what is wrong, what to write instead.
    pub mistakes: Vec<String>,
}

impl Settings {
    /// Reads every variable from `lookup`.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, SettingsError> {
        let mut source = Source::new(lookup);
        let data_dir = PathBuf::from(source.text("DATA_DIR").unwrap_or_else(|| "./data".into()));
        let mut settings = Self {
            server: ServerSettings::read(&mut source),
            memory: MemorySettings::read(&mut source, &data_dir),
            engines: EngineSettings::read(&mut source),
            voice: VoiceSettings::read(&mut source),
            recordings: RecordingSettings::read(&mut source, &data_dir),
            limits: LimitSettings::read(&mut source),
            log: source.value("LOG"),
            log_format: source.value("LOG_FORMAT").unwrap_or_default(),
            data_dir,
            doubts: Vec::new(),
        };
        let (mistakes, doubts) = source.into_findings();
        settings.doubts = doubts;
        if mistakes.is_empty() { Ok(settings) } else { Err(SettingsError { mistakes }) }
    }

    /// Reads the process's environment and, for what is not set there, `.env` in this folder.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let file = env_file()?;
        let (unreadable, asked) = (RefCell::new(Vec::new()), RefCell::new(BTreeSet::new()));
        let mut settings = Self::read(&|name| {
            asked.borrow_mut().insert(name.to_owned());
            let text = from_process(name).unwrap_or_else(|mistake| {
                unreadable.borrow_mut().push(mistake);
                None
            });
            text.or_else(|| file.get(name).cloned())
        });
        if let Ok(settings) = &mut settings {
            settings.doubts.extend(misspelt(file.keys(), &asked.into_inner()));
        }
        let mut mistakes = unreadable.into_inner();
        if mistakes.is_empty() {
            return settings;
        }
        mistakes.extend(settings.err().into_iter().flat_map(|error| error.mistakes));
        mistakes.sort_unstable();
        mistakes.dedup();
        Err(SettingsError { mistakes })
    }
}

/// What the environment says, or why that cannot be read.
fn from_process(name: &str) -> Result<Option<String>, String> {
    let text = match std::env::var(name) {
        Ok(text) => text,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => return Err(format!("{name}: must be written in UTF-8")),
    };
    // Desktops set LANGUAGE to a list of locales such as `en_GB:en`, which is not meant for us.
    let for_the_desktop = name == "LANGUAGE" && text.contains(['_', ':']);
    Ok((!for_the_desktop).then_some(text))
}

fn env_file() -> Result<HashMap<String, String>, SettingsError> {
    let lines = match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return Ok(HashMap::new()),
        Err(error) => return Err(wrong_file(error.to_string())),
    };
    let mut file = HashMap::new();
    let mut place = "its first setting".to_owned();
    for line in lines {
        let (name, text) = line.map_err(|error| wrong_line(&error, &place))?;
        place = format!("the setting after {name}");
        file.insert(name, text);
    }
    Ok(file)
}

/// Names in the file that are no settings and look like one.
fn misspelt<'a>(
    written: impl Iterator<Item = &'a String>,
    known: &BTreeSet<String>,
) -> Vec<String> {
    let unknown = written.filter(|name| !known.contains(*name));
    let mut doubts: Vec<_> = unknown
        .filter_map(|name| {
            let alike = known.iter().map(|known| (jaro_winkler(name, known), known));
            let nearest = alike.max_by(|one, other| one.0.total_cmp(&other.0));
            let (_, nearest) = nearest.filter(|(alike, _)| *alike >= ALIKE)?;
            Some(format!(".env: {name} is no setting of this program; is {nearest} meant?"))
        })
        .collect();
    doubts.sort_unstable();
    doubts
}

/// Says where the line is and not what is in it: it may be a secret.
fn wrong_line(error: &dotenvy::Error, place: &str) -> SettingsError {
    match error {
        dotenvy::Error::LineParse(..) => wrong_file(format!(
            "{place} cannot be read; a line is NAME=value, with the value in quotes if it holds \
             spaces"
        )),
        other => wrong_file(other.to_string()),
    }
}

fn wrong_file(what: String) -> SettingsError {
    SettingsError { mistakes: vec![format!(".env: {what}")] }
}
