//! What is done once in a while: what was kept for a time is forgotten when the time is over.

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use crate::conversations::Conversations;
use crate::conversations::repeats::HOURS;
use crate::store::StoreError;

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// How long things are kept, in days; none: for ever.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Conversations after their last turn.
    pub conversations_days: Option<u32>,
    /// Recordings.
    pub recordings_days: Option<u32>,
}

impl Conversations {
    /// Forgets, now and every hour, what has been kept for long enough, until the house closes.
    pub fn keep_forgetting(&self, retention: Retention) {
        let conversations = self.clone();
        let (inner, stop) = (&self.inner, self.inner.stop.clone());
        inner.tasks.spawn(async move {
            loop {
                // Not given up halfway: what comes in the meantime is known only here.
                if let Err(error) = conversations.forget(retention).await {
                    tracing::warn!(%error, "what is out of date could not be removed");
                }
                if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
                    break;
                }
            }
        });
    }

    /// Forgets what has been kept for long enough.
    pub async fn forget(&self, retention: Retention) -> Result<(), StoreError> {
        let (inner, now) = (&self.inner, Utc::now());
        inner.store.forget_idempotency(now - TimeDelta::hours(HOURS)).await?;
        if let Some(days) = retention.conversations_days {
            let before = now - TimeDelta::days(days.into());
            while !inner.stop.is_cancelled() {
                let known = inner.store.outdated(before).await?;
                inner.remove_sound(&known).await?;
                let Some(gone) = inner.store.purge(before).await? else { break };
                inner.remove_rest(&known, gone).await?;
            }
        }
        if let (Some(days), Some(keeping)) = (retention.recordings_days, &inner.options.keeping) {
            let purging = keeping.recordings.purge(now - TimeDelta::days(days.into()));
            if let Some(removed) = inner.stop.run_until_cancelled(purging).await {
                tracing::debug!(removed = removed?, "recordings out of date");
            }
        }
        Ok(())
    }
}
