//! What can be asked to be written. Each returns when it is on the disk.

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::oneshot;

use crate::domain::api_key::ApiKey;
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::write::{Gone, Write};
use crate::store::writer::Job;
use crate::store::{Charge, Fold, Interruption, Store, StoreError, TurnRecord};

/// How many conversations are purged in one go, so that turns need not wait long.
pub(super) const PURGED_AT_ONCE: u64 = 64;

impl Store {
    /// Writes nothing, but all the way to the disk: whether writing works.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        self.write(Write::Probe).await.map(drop)
    }

    /// Writes a turn down, with what was said, what it cost and which request it answers.
    pub async fn record(&self, turn: TurnRecord) -> Result<(), StoreError> {
        self.write(Write::Record(Box::new(turn))).await.map(drop)
    }

    /// Marks a turn that was written down as broken off, and has memory remember only what was
    /// heard of it. It only ever takes away: whoever says that more was heard changes nothing.
    pub async fn interrupt(
        &self,
        owner: &Owner,
        turn: TurnId,
        interruption: Interruption,
    ) -> Result<(), StoreError> {
        let found = self.turn(owner, turn).await?.ok_or(StoreError::UnknownTurn)?;
        let conversation = found.conversation;
        let write = Write::Interrupt(owner.clone(), conversation, turn, interruption);
        self.write(write).await.map(drop)
    }

    /// Puts a summary in place of the messages that it speaks for, unless another was faster.
    pub async fn fold(&self, conversation: ConversationId, fold: Fold) -> Result<(), StoreError> {
        self.write(Write::Fold(conversation, fold)).await.map(drop)
    }

    /// Gives the conversation a title; an empty one takes it away.
    pub async fn rename(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        title: &str,
    ) -> Result<(), StoreError> {
        self.write(Write::Rename(owner.clone(), conversation, title.to_owned())).await.map(drop)
    }

    /// Steers the conversation like this from now on; none takes the steering away.
    pub async fn steer(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        instructions: Option<String>,
    ) -> Result<(), StoreError> {
        self.write(Write::Steer(owner.clone(), conversation, instructions)).await.map(drop)
    }

    /// Removes the conversation and all that was said in it, and returns its turns, whose
    /// recordings are left to remove. SQLite's files keep no trace; PostgreSQL's lose theirs at
    /// the next vacuum.
    pub async fn delete(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<Vec<TurnId>, StoreError> {
        Ok(self.write(Write::Delete(owner.clone(), conversation)).await?.turns)
    }

    /// Removes some of the conversations whose last turn ended before this moment, whoever owns
    /// them, and returns their turns, whose recordings are left to remove; none if there was no
    /// such conversation any more.
    pub async fn purge(&self, before: DateTime<Utc>) -> Result<Option<Vec<TurnId>>, StoreError> {
        let gone = self.write(Write::Purge(before, PURGED_AT_ONCE)).await?;
        Ok((gone.conversations > 0).then_some(gone.turns))
    }

    /// Adds to what was spent, for work that leaves no turn. Should the server's acknowledgement
    /// be lost, it may be added twice: a budget then ends too early rather than too late.
    pub async fn spend(&self, charge: Charge) -> Result<(), StoreError> {
        self.write(Write::Spend(charge)).await.map(drop)
    }

    /// Forgets which requests were answered before this moment.
    pub async fn forget_idempotency(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(Write::ForgetIdempotency(before)).await.map(drop)
    }

    /// Adds up what visitors paid on the days before this one, so that nobody knows any more from
    /// which address, and forgets the days before `forgotten`.
    pub async fn close_accounts(
        &self,
        before: NaiveDate,
        forgotten: NaiveDate,
    ) -> Result<(), StoreError> {
        self.write(Write::CloseAccounts { before, forgotten }).await.map(drop)
    }

    /// Adds an API key, unless another of its name exists.
    pub async fn add_key(&self, key: ApiKey) -> Result<(), StoreError> {
        self.write(Write::AddKey(key)).await.map(drop)
    }

    /// Removes the API key of this name: from now on it opens nothing. What its holder said stays.
    pub async fn remove_key(&self, name: &str) -> Result<(), StoreError> {
        self.write(Write::RemoveKey(name.to_owned())).await.map(drop)
    }

    async fn write(&self, write: Write) -> Result<Gone, StoreError> {
        let (done, answer) = oneshot::channel();
        self.jobs.send(Job { write, done }).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
