//! What a provider says, how long it takes and what it asks for it.

use std::time::Duration;

use crate::reply::Reply;

/// How a provider answers as long as nothing goes wrong. Times count from the moment at which a
/// request is complete.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// Until a transcript is there.
    pub hearing: Duration,
    /// Until the first token of a reply leaves.
    pub first_token: Duration,
    /// Between two tokens of a reply.
    pub per_token: Duration,
    /// Until the first sound of a line leaves.
    pub first_sound: Duration,
    /// How much later the last sound leaves, for each character of the line.
    pub per_character: Duration,
    /// What is heard. `{n}` becomes the number of the request, from 1.
    pub transcript: String,
    /// The language that is heard, if transcripts name one.
    pub language: Option<String>,
    /// Whether answers say what they used.
    pub usage: bool,
    /// How long each upload is said to be. None: it is measured, or estimated.
    pub upload_length: Option<Duration>,
    /// Whether speech of this provider is heard as the text that it was made of.
    pub recognises_own_speech: bool,
    /// What is answered.
    pub reply: Reply,
    /// What is answered to requests that do not stream, if it is something else.
    pub summary: Option<Reply>,
    /// Whether MP3 begins with an ID3 tag and an Info frame.
    pub tagged: bool,
    /// The models that there are.
    pub models: Vec<Model>,
    /// Whether models that are not in the list are refused.
    pub strict_models: bool,
    /// The key without which nothing is answered. None: any or none will do.
    pub required_key: Option<String>,
    /// What things cost.
    pub prices: Prices,
    /// Whether calls are noted.
    pub journal: bool,
    /// How many calls are kept at most; the oldest are forgotten.
    pub journal_limit: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            hearing: Duration::ZERO,
            first_token: Duration::ZERO,
            per_token: Duration::ZERO,
            first_sound: Duration::ZERO,
            per_character: Duration::ZERO,
            transcript: "What is the capital of France?".to_owned(),
            language: None,
            usage: true,
            upload_length: None,
            recognises_own_speech: true,
            reply: Reply::text("The capital of France is Paris."),
            summary: None,
            tagged: true,
            models: Model::usual(),
            strict_models: false,
            required_key: None,
            prices: Prices::default(),
            journal: true,
            journal_limit: 10_000,
        }
    }
}

/// A model as the list of models has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Whose it is.
    pub owned_by: String,
    /// The day from which it is gone, if that is known.
    pub shutdown_date: Option<String>,
}

impl Model {
    /// A model that stays.
    pub fn named(id: &str) -> Self {
        let (id, owned_by) = (id.to_owned(), "system".to_owned());
        Self { id, created: 1_767_225_600, owned_by, shutdown_date: None }
    }

    /// The same model, but it goes on that day.
    pub fn until(mut self, day: &str) -> Self {
        self.shutdown_date = Some(day.to_owned());
        self
    }

    fn usual() -> Vec<Self> {
        vec![
            Self::named("gpt-transcribe"),
            Self::named("gpt-4o-transcribe"),
            Self::named("whisper-1"),
            Self::named("gpt-6-luna"),
            Self::named("gpt-4o-mini"),
            Self::named("gpt-4o-mini-tts").until("2027-01-06"),
            Self::named("tts-1"),
        ]
    }
}

/// What things cost, in millionths of a dollar. Nothing, unless it is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// A minute of sound heard.
    pub per_audio_minute: u64,
    /// A million tokens read.
    pub per_million_tokens_in: u64,
    /// A million tokens written.
    pub per_million_tokens_out: u64,
    /// A million characters spoken.
    pub per_million_characters: u64,
}
