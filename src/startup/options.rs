//! What holds for every turn, as the settings have it.

use std::sync::Arc;
use std::time::Duration;

use crate::conversations::{Keeping, Options};
use crate::pipeline::Pipeline;
use crate::pipeline::budget::Budget;
use crate::pipeline::event::Briefing;
use crate::settings::{BucketKeys, Keep, Settings};
use crate::startup::StartupError;
use crate::store::recordings::{BucketAccess, Recordings};

/// What holds for every conversation.
pub(super) fn of(
    settings: &Settings,
    budget: Budget,
    keeping: Option<Keeping>,
    own: Option<Arc<Pipeline>>,
) -> Options {
    let voice = &settings.voice;
    Options {
        instructions: voice.persona.briefing(),
        keywords: voice.persona.keywords(),
        voice: voice.voice.clone(),
        language: voice.language.clone(),
        timezone: voice.timezone,
        max_tokens: settings.engines.answers.max_tokens,
        temperature: settings.engines.answers.temperature,
        recall_tokens: settings.memory.recall_tokens,
        recall_messages: 64,
        patience: Duration::from_secs(2),
        pause: Duration::from_secs(30 * 60),
        recall_timeout: Duration::from_secs(5),
        fold_timeout: Duration::from_secs(60),
        budget,
        price_version: settings.engines.prices.version().to_owned(),
        keeping,
        own,
    }
}

/// For a turn that stands alone: without a past, not remembered, and paid by nobody's budget.
pub fn briefing(settings: &Settings) -> Briefing {
    of(settings, Budget::new(None), None, None).briefing()
}

/// What is kept of the sound, as the settings have it.
pub(super) fn keeping(settings: &Settings) -> Result<Keeping, StartupError> {
    let kept = &settings.recordings;
    let access = kept.bucket_keys.as_ref().map(|keys: &BucketKeys| BucketAccess {
        key_id: keys.key_id.clone(),
        secret: keys.secret.clone(),
        session_token: keys.session_token.clone(),
    });
    Ok(Keeping {
        recordings: Recordings::open(&kept.place, access.as_ref())?,
        replies: kept.keep != Keep::None,
        clips: kept.keep == Keep::All,
    })
}
