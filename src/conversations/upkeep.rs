//! What is done once in a while: what was kept for a time is forgotten when the time is over.

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use crate::conversations::Conversations;
use crate::conversations::repeats::HOURS;
use crate::store::StoreError;

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// How long things are kept, in days; none: for ever.
#[derive(Debug, Clone, Copy, Default)]
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
        let forgetting = async move {
            loop {
                if let Err(error) = conversations.forget(retention).await {
                    tracing::warn!(%error, "what is out of date could not be removed");
                }
                tokio::time::sleep(EVERY).await;
            }
        };
        inner.tasks.spawn(async move { stop.run_until_cancelled(forgetting).await });
    }

    /// Forgets what has been kept for long enough.
    pub async fn forget(&self, retention: Retention) -> Result<(), StoreError> {
        let (inner, now) = (&self.inner, Utc::now());
        inner.store.forget_idempotency(now - TimeDelta::hours(HOURS)).await?;
        let keeping = inner.options.keeping.as_ref();
        if let Some(days) = retention.conversations_days {
            let turns = inner.store.purge(now - TimeDelta::days(days.into())).await?;
            if let Some(keeping) = keeping {
                keeping.recordings.remove(&turns).await?;
            }
        }
        if let (Some(days), Some(keeping)) = (retention.recordings_days, keeping) {
            let removed = keeping.recordings.purge(now - TimeDelta::days(days.into())).await?;
            tracing::debug!(removed, "recordings out of date");
        }
        Ok(())
    }
}
