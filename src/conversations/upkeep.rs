//! What is done once in a while: what was kept for a time is forgotten when the time is over.

use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::conversations::keeping::Keeping;
use crate::conversations::repeats::HOURS;
use crate::conversations::{Conversations, Inner};
use crate::store::StoreError;

/// How long it is known who paid how much on a day.
const ACCOUNTS_DAYS: u64 = 400;
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
    /// Where that would be everything, an hour is left to set the clock right.
    pub fn keep_forgetting(&self, retention: Retention) {
        let conversations = self.clone();
        let (inner, stop) = (&self.inner, self.inner.stop.clone());
        inner.tasks.spawn(async move {
            let mut doubted = false;
            loop {
                // Not given up halfway: what comes in the meantime is known only here.
                if let Err(error) = conversations.forget_unless(&mut doubted, retention).await {
                    tracing::warn!(%error, "what is out of date could not be removed");
                }
                if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
                    break;
                }
            }
        });
    }

    async fn forget_unless(
        &self,
        doubted: &mut bool,
        retention: Retention,
    ) -> Result<(), StoreError> {
        let doubtful = self.all_is_out_of_date(retention).await?;
        if doubtful && !std::mem::replace(doubted, doubtful) {
            tracing::warn!(
                "by this computer's clock, everything that is kept is out of date, and is removed \
                 in an hour; if the clock is wrong, set it right"
            );
            return Ok(());
        }
        *doubted = doubtful;
        self.forget(retention).await
    }

    /// Forgets what has been kept for long enough.
    pub async fn forget(&self, retention: Retention) -> Result<(), StoreError> {
        let (inner, now) = (&self.inner, Utc::now());
        let unrepeatable = now - TimeDelta::hours(HOURS);
        let keeping = inner.options.keeping.as_ref();
        if let Some(keeping) = keeping.filter(|keeping| keeping.is_for_repeats_alone()) {
            inner.purge_recordings(keeping, unrepeatable).await?;
        }
        inner.store.forget_idempotency(unrepeatable).await?;
        let today = now.date_naive();
        inner.store.close_accounts(today - Days::new(1), today - Days::new(ACCOUNTS_DAYS)).await?;
        if let Some(days) = retention.conversations_days {
            let before = now - TimeDelta::days(days.into());
            while !inner.stop.is_cancelled() {
                let known = inner.store.outdated(before).await?;
                inner.remove_sound(&known).await?;
                let Some(gone) = inner.store.purge(before).await? else { break };
                inner.remove_rest(&known, gone).await?;
            }
        }
        if let (Some(days), Some(keeping)) = (retention.recordings_days, keeping) {
            inner.purge_recordings(keeping, now - TimeDelta::days(days.into())).await?;
        }
        Ok(())
    }

    /// Whether nothing at all would be recent enough to stay. Perhaps that is so, and perhaps the
    /// clock is ahead.
    pub async fn all_is_out_of_date(&self, retention: Retention) -> Result<bool, StoreError> {
        let days = [retention.conversations_days, retention.recordings_days];
        let Some(days) = days.into_iter().flatten().min() else { return Ok(false) };
        let before = Utc::now() - TimeDelta::days(days.into());
        Ok(self.inner.store.last_active().await?.is_some_and(|last| last < before))
    }
}

impl Inner {
    async fn purge_recordings(
        &self,
        keeping: &Keeping,
        before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let purging = keeping.recordings.purge(before);
        if let Some(removed) = self.stop.run_until_cancelled(purging).await {
            tracing::debug!(removed = removed?, "recordings out of date");
        }
        Ok(())
    }
}
