//! Who hears, thinks and speaks.

use std::path::PathBuf;
use std::str::FromStr;

use crate::settings::source::Source;

/// Who hears, thinks and speaks.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Who hears. `HEARING_ENGINE`, default `auto`.
    pub hearing: EngineChoice,
    /// Who thinks. `THINKING_ENGINE`, default `auto`.
    pub thinking: EngineChoice,
    /// Who speaks. `SPEAKING_ENGINE`, default `auto`.
    pub speaking: EngineChoice,
    /// PocketSphinx's acoustic model, with its language model and dictionary beside it.
    /// `POCKETSPHINX_MODEL`, default: where Debian's `pocketsphinx-en-us` puts it.
    pub pocketsphinx_model: PathBuf,
    /// How many clips are heard at once; each decoder takes about 90 MB.
    /// `HEARING_THREADS`, default 1.
    pub hearing_threads: usize,
}

/// Which engine works in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// The best that is set up.
    #[default]
    Auto,
    /// In this process: no key, no network.
    Embedded,
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "embedded" => Ok(Self::Embedded),
            other => Err(format!("`{other}` is no engine of this version; use auto or embedded")),
        }
    }
}

impl EngineSettings {
    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let model = source.text("POCKETSPHINX_MODEL");
        let threads = source.number("HEARING_THREADS", 1, 1..=64);
        Self {
            hearing: source.value("HEARING_ENGINE").unwrap_or_default(),
            thinking: source.value("THINKING_ENGINE").unwrap_or_default(),
            speaking: source.value("SPEAKING_ENGINE").unwrap_or_default(),
            pocketsphinx_model: model
                .unwrap_or_else(|| "/usr/share/pocketsphinx/model/en-us".to_owned())
                .into(),
            hearing_threads: usize::try_from(threads).unwrap_or(1),
        }
    }
}
