//! What the responder must know of the house it stands in.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::engines::embedded::ENGINE;
use crate::pipeline::engine::EngineName;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
/// Tells a number that nobody can guess.
pub type Chance = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What the responder must know of the house it stands in, to answer honestly.
#[derive(Clone)]
pub struct Premises {
    /// A pronunciation dictionary in the form of cmudict, sorted by byte. Without one, words are
    /// taken to sound as they are spelled, and less is understood.
    pub dictionary: Option<PathBuf>,
    /// Who hears.
    pub hearing: EngineName,
    /// Who speaks.
    pub speaking: EngineName,
    /// What is kept, and where.
    pub privacy: Privacy,
    /// What time it is.
    pub clock: Clock,
    /// Where coins, dice and choices come from.
    pub chance: Chance,
}

/// What is kept of what is said, and where. Nothing here has a default: who answers about privacy
/// must have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Privacy {
    /// Whether what was said is kept as sound.
    pub keeps_recordings: bool,
    /// Whether the sound that is kept lies on some other computer.
    pub recordings_elsewhere: bool,
    /// Whether the words are kept in a database on some other computer.
    pub words_elsewhere: bool,
    /// Whether the speaker sits at the computer that this runs on.
    pub on_this_computer: bool,
}

impl Premises {
    /// With a true clock and true chance.
    pub fn new(
        dictionary: Option<PathBuf>,
        hearing: EngineName,
        speaking: EngineName,
        privacy: Privacy,
    ) -> Self {
        Self {
            dictionary,
            hearing,
            speaking,
            privacy,
            clock: Arc::new(Utc::now),
            chance: Arc::new(|| Uuid::new_v4().as_u64_pair().0),
        }
    }

    /// The engine elsewhere that learns what is said, if there is one.
    pub fn confidant(&self) -> Option<&str> {
        let engines = [&self.hearing, &self.speaking].into_iter();
        engines.map(|name| name.engine.as_str()).find(|engine| *engine != ENGINE)
    }
}

impl Privacy {
    /// "this computer" or "this server".
    pub fn place(&self) -> &'static str {
        if self.on_this_computer { "this computer" } else { "this server" }
    }

    /// Whether any of what is kept leaves this computer.
    pub fn keeps_elsewhere(&self) -> bool {
        self.words_elsewhere || (self.keeps_recordings && self.recordings_elsewhere)
    }
}
