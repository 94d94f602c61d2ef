//! Recordings: what was answered can be heard again, and what was said if its owner wants that.

use std::collections::HashSet;

use crate::audio::clip::Clip;
use crate::audio::format::Format;
use crate::conversations::Inner;
use crate::domain::turn::TurnId;
use crate::pipeline::event::Input;
use crate::store::StoreError;
use crate::store::recordings::{Name, Recorder, Recordings};

/// What is kept of the sound.
#[derive(Clone)]
pub struct Keeping {
    /// Where.
    pub recordings: Recordings,
    /// Whether answers are kept.
    pub replies: bool,
    /// Whether what was said is kept.
    pub clips: bool,
}

/// How sound that is delivered in this format is kept: bare samples cannot be played later.
pub fn kept_as(format: Format) -> Format {
    match format {
        Format::Pcm => Format::Wav,
        format => format,
    }
}

impl Keeping {
    /// Whether nothing is kept, save for requests that may be repeated.
    pub(super) fn is_for_repeats_alone(&self) -> bool {
        !self.replies && !self.clips
    }
}

impl Inner {
    /// For an answer in this format, if it is to be kept, or may at least be asked for again.
    pub(super) fn reply_recorder(
        &self,
        turn: TurnId,
        format: Format,
        repeatable: bool,
    ) -> Option<Recorder> {
        let keeping = self.options.keeping.as_ref();
        let keeping = keeping.filter(|keeping| keeping.replies || repeatable)?;
        Some(keeping.recordings.begin(Name::reply(turn, kept_as(format))))
    }

    /// Removes what is kept of these turns. It goes before them: should it not go, all is still
    /// there, and can be removed later.
    pub(super) async fn remove_sound(&self, turns: &[TurnId]) -> Result<(), StoreError> {
        match &self.options.keeping {
            Some(keeping) => keeping.recordings.remove(turns).await,
            None => Ok(()),
        }
    }

    /// Of turns that are gone, removes what is left: phrases, and the sound that came while that of
    /// the known ones was removed.
    pub(super) async fn remove_rest(
        &self,
        known: &[TurnId],
        mut gone: Vec<TurnId>,
    ) -> Result<(), StoreError> {
        self.pipeline.phrases().clear();
        if let Some(own) = &self.options.own {
            own.phrases().clear();
        }
        let known: HashSet<_> = known.iter().collect();
        gone.retain(|turn| !known.contains(turn));
        self.remove_sound(&gone).await
    }

    /// What was said, and what records it, if it is to be kept.
    pub(super) fn clip_recorder(&self, turn: TurnId, said: &Input) -> Option<(Clip, Recorder)> {
        let keeping = self.options.keeping.as_ref().filter(|keeping| keeping.clips)?;
        let Input::Clip(clip) = said else { return None };
        let name = Name::clip(turn, clip.container());
        Some((clip.clone(), keeping.recordings.begin(name)))
    }
}
