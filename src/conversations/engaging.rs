//! Who takes a turn: the engines that are set or those in the program, and what they may be told.

use std::sync::Arc;

use crate::conversations::Inner;
use crate::conversations::ask::Ask;
use crate::domain::voice::{UnknownVoice, Voice};
use crate::pipeline::Pipeline;

impl Inner {
    /// Whether no engine but those in the program is told of the turn, then and later.
    pub(super) fn keeps_private(&self, ask: &Ask) -> bool {
        ask.own_engines && self.options.own.is_some()
    }

    /// Whether whoever takes the turn may be told all that was said before.
    pub(super) fn may_recall_all(&self, ask: &Ask) -> bool {
        let own = self.options.own.as_ref();
        own.is_some_and(|own| ask.own_engines || Arc::ptr_eq(own, &self.pipeline))
    }

    /// Who takes this turn. A voice that the engines in the binary lack becomes their usual one.
    pub(super) fn engage(&self, ask: &mut Ask) -> Result<Arc<Pipeline>, UnknownVoice> {
        match &self.options.own {
            Some(own) if ask.own_engines => {
                let wanted = ask.voice.as_ref().unwrap_or(&self.options.voice);
                if wanted.known_to(&own.speaking().voices()).is_err() {
                    ask.voice = Some(Voice::default());
                }
                Ok(Arc::clone(own))
            }
            _ => {
                if let Some(voice) = &ask.voice {
                    voice.known_to(&self.pipeline.speaking().voices())?;
                }
                Ok(Arc::clone(&self.pipeline))
            }
        }
    }
}
