//! Who hears, thinks and speaks.

use std::path::PathBuf;
use std::str::FromStr;

use crate::domain::money::Price;
use crate::domain::prices::Prices;
use crate::domain::voice::Voice;
use crate::settings::endpoint::{Common, Endpoint, Names};
use crate::settings::prices::{self, Form};
use crate::settings::source::Source;

/// Who hears, thinks and speaks.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Who hears. `HEARING_ENGINE`, `HEARING_BASE_URL`, `HEARING_API_KEY`, `HEARING_MODEL`,
    /// `HEARING_PRICE`.
    pub hearing: StageSettings,
    /// Who thinks. `THINKING_ENGINE` and so on.
    pub thinking: StageSettings,
    /// Who speaks. `SPEAKING_ENGINE` and so on.
    pub speaking: StageSettings,
    /// How a language model answers.
    pub answers: AnswerSettings,
    /// Voices that a compatible server has beside OpenAI's. `SPEAKING_VOICES`, by commas.
    pub speaking_voices: Vec<Voice>,
    /// What each model costs. `PRICES`: a file; default: what is known of OpenAI's prices.
    pub prices: Prices,
    /// PocketSphinx's acoustic model, with its language model and dictionary beside it.
    /// `POCKETSPHINX_MODEL`, default: where Debian's `pocketsphinx-en-us` puts it.
    pub pocketsphinx_model: PathBuf,
    /// How many clips are heard at once; each decoder takes about 90 MB.
    /// `HEARING_THREADS`, default 1.
    pub hearing_threads: usize,
}

/// How a language model answers.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerSettings {
    /// The longest answer, in tokens. `THINKING_MAX_TOKENS`, default 150.
    pub max_tokens: u32,
    /// How inventive, where the model takes it. `THINKING_TEMPERATURE`, default 0.7.
    pub temperature: f32,
    /// How long a model may reason before it answers. `THINKING_REASONING_EFFORT`, default:
    /// `none` at OpenAI, and nothing is said of it elsewhere.
    pub reasoning_effort: Option<String>,
}

/// Who works in one stage.
#[derive(Debug, Clone)]
pub struct StageSettings {
    /// As it was chosen, default `auto`.
    pub choice: EngineChoice,
    /// Where the server is, should there be one.
    pub endpoint: Endpoint,
    /// Whether a server is meant for this stage: a key is set, its own or the common one, or an
    /// address, its own or a common one that is not OpenAI's.
    pub has_server: bool,
    /// Whether that server is meant for this stage by name: the address or the key is its own.
    pub is_named: bool,
    /// What the work costs, whatever is known of the model.
    pub price: Option<Price>,
}

/// Which engine is to work in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// The best that is set up: a server when its key or its address is set, else the embedded one.
    #[default]
    Auto,
    /// A server that speaks OpenAI's API.
    OpenAi,
    /// In this process: no key, no network.
    Embedded,
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "openai" => Ok(Self::OpenAi),
            "embedded" => Ok(Self::Embedded),
            other => {
                Err(format!("`{other}` is no engine of this version; use auto, openai or embedded"))
            }
        }
    }
}

impl StageSettings {
    /// Who works: never `Auto`.
    pub fn engine(&self) -> EngineChoice {
        match self.choice {
            EngineChoice::Auto if self.has_server => EngineChoice::OpenAi,
            EngineChoice::Auto => EngineChoice::Embedded,
            chosen => chosen,
        }
    }

    fn read(source: &mut Source<'_>, common: &Common, names: &Names, form: Form) -> Self {
        let choice = source.value(names.engine).unwrap_or_default();
        let endpoint = common.endpoint(source, names);
        let is_named = [names.base_url, names.key].iter().any(|own| source.text(own).is_some());
        let has_server = is_named || common.has_server();
        let price = prices::of_stage(source, names.price, form);
        let stage = Self { choice, endpoint, has_server, is_named, price };
        let endpoint = &stage.endpoint;
        if stage.engine() == EngineChoice::OpenAi && endpoint.is_openai && endpoint.key.is_none() {
            source.mistake(
                names.engine,
                format!(
                    "openai needs a key; set OPENAI_API_KEY or {}, or name a server that needs \
                     none in {}",
                    names.key, names.base_url
                ),
            );
        }
        stage
    }
}

impl AnswerSettings {
    fn read(source: &mut Source<'_>) -> Self {
        let max_tokens = source.number("THINKING_MAX_TOKENS", 150, 1..=100_000);
        Self {
            max_tokens: u32::try_from(max_tokens).unwrap_or(150),
            temperature: source.fraction("THINKING_TEMPERATURE", 0.7, 0.0..=2.0),
            reasoning_effort: source.text("THINKING_REASONING_EFFORT"),
        }
    }
}

impl EngineSettings {
    pub(super) fn read(source: &mut Source<'_>) -> Self {
        let model = source.text("POCKETSPHINX_MODEL");
        let threads = source.number("HEARING_THREADS", 1, 1..=64);
        let common = Common::read(source);
        let engines = Self {
            hearing: StageSettings::read(source, &common, &HEARING, Form::Heard),
            thinking: StageSettings::read(source, &common, &THINKING, Form::Thought),
            speaking: StageSettings::read(source, &common, &SPEAKING, Form::Spoken),
            answers: AnswerSettings::read(source),
            speaking_voices: voices(source),
            prices: prices::of_models(source),
            pocketsphinx_model: model
                .unwrap_or_else(|| "/usr/share/pocketsphinx/model/en-us".to_owned())
                .into(),
            hearing_threads: usize::try_from(threads).unwrap_or(1),
        };
        let stages = [&engines.hearing, &engines.thinking, &engines.speaking];
        if !common.serves(&stages) {
            source
                .doubt("OPENAI_BASE_URL", "no stage uses it; is a key missing, or an engine set?");
        }
        engines
    }
}

const HEARING: Names = Names {
    engine: "HEARING_ENGINE",
    price: "HEARING_PRICE",
    base_url: "HEARING_BASE_URL",
    key: "HEARING_API_KEY",
    model: "HEARING_MODEL",
    usual_model: "gpt-transcribe",
};

const THINKING: Names = Names {
    engine: "THINKING_ENGINE",
    price: "THINKING_PRICE",
    base_url: "THINKING_BASE_URL",
    key: "THINKING_API_KEY",
    model: "THINKING_MODEL",
    usual_model: "gpt-6-luna",
};

const SPEAKING: Names = Names {
    engine: "SPEAKING_ENGINE",
    price: "SPEAKING_PRICE",
    base_url: "SPEAKING_BASE_URL",
    key: "SPEAKING_API_KEY",
    model: "SPEAKING_MODEL",
    usual_model: "gpt-4o-mini-tts",
};

fn voices(source: &Source<'_>) -> Vec<Voice> {
    let text = source.text("SPEAKING_VOICES").unwrap_or_default();
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| Voice(name.to_owned())).collect()
}
