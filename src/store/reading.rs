//! What can be asked. Whoever asks for what is not theirs is told that there is no such thing.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::api_key::{ApiKey, SecretHash};
use crate::domain::conversation::ConversationId;
use crate::domain::money::Usd;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::writing::PURGED_AT_ONCE;
use crate::store::{
    Conversation, Listed, Numbered, Page, Recall, Remembered, Store, StoreError, Turn, Window,
    api_keys, conversations, idempotency, messages, recall, silent, spending, turns,
};

impl Store {
    /// The conversation of this id: one's own, or one that belongs to whoever holds its id.
    pub async fn conversation(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<Conversation, StoreError> {
        conversations::find(&self.readers, owner, conversation).await
    }

    /// The turns of this conversation.
    pub async fn turn_ids(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<Vec<TurnId>, StoreError> {
        let found = self.conversation(owner, conversation).await?;
        turns::ids(&self.readers, &[found.id]).await
    }

    /// The turns of the conversations that `purge` would remove now.
    pub async fn outdated(&self, before: DateTime<Utc>) -> Result<Vec<TurnId>, StoreError> {
        let silent = silent::since(&self.readers, before, PURGED_AT_ONCE).await?;
        turns::ids(&self.readers, &silent).await
    }

    /// The owner's own conversations, the latest first. One that goes on while its owner turns
    /// the pages moves to the front, and is not met again further back.
    pub async fn conversations(
        &self,
        owner: &Owner,
        page: Page,
    ) -> Result<Listed<Conversation>, StoreError> {
        let found = conversations::list(&self.readers, owner, &page).await?;
        Ok(Listed::of(found, &page, Conversation::mark))
    }

    /// The owner's latest own conversation, if it went on after this moment.
    pub async fn latest(
        &self,
        owner: &Owner,
        after: DateTime<Utc>,
    ) -> Result<Option<ConversationId>, StoreError> {
        conversations::latest(&self.readers, owner, after).await
    }

    /// What the conversation remembers, as much as fits the window.
    pub async fn recall(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        window: Window,
    ) -> Result<Recall, StoreError> {
        let conversation = self.conversation(owner, conversation).await?;
        recall::recall(&self.readers, conversation, window, true).await
    }

    /// The same, without what only the engines in the program are told.
    pub async fn recall_for_others(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        window: Window,
    ) -> Result<Recall, StoreError> {
        let conversation = self.conversation(owner, conversation).await?;
        recall::recall(&self.readers, conversation, window, false).await
    }

    /// A conversation's messages after the one of this number, at most `limit`, the oldest first.
    /// For the inside of the house: who asks is not looked at.
    pub async fn messages(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Numbered>, StoreError> {
        messages::following(&self.readers, conversation, after, limit).await
    }

    /// The conversation's turns, the latest first.
    pub async fn turns(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Listed<Turn>, StoreError> {
        let conversation = self.conversation(owner, conversation).await?;
        let found = turns::list(&self.readers, conversation.id, &page).await?;
        Ok(Listed::of(found, &page, Turn::mark))
    }

    /// The turn of this id, if its conversation is within the owner's reach.
    pub async fn turn(&self, owner: &Owner, id: TurnId) -> Result<Option<Turn>, StoreError> {
        let Some(turn) = turns::find(&self.readers, id).await? else { return Ok(None) };
        match self.conversation(owner, turn.conversation).await {
            Ok(_) => Ok(Some(turn)),
            Err(StoreError::UnknownConversation) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The owner's request of this key, if it was answered already.
    pub async fn remembered(
        &self,
        owner: &Owner,
        key: &str,
    ) -> Result<Option<Remembered>, StoreError> {
        idempotency::find(&self.readers, owner, key).await
    }

    /// When anything was last said, to anyone.
    pub async fn last_active(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        silent::last_active(&self.readers).await
    }

    /// What each payer has spent on a day.
    pub async fn spending(&self, day: NaiveDate) -> Result<Vec<(String, Usd)>, StoreError> {
        spending::of(&self.readers, day).await
    }

    /// All API keys that were not removed, the oldest first.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        api_keys::all(&self.readers).await
    }

    /// The API key whose secret hashes to this, unless it was removed.
    pub async fn key(&self, hash: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        api_keys::find(&self.readers, hash).await
    }
}
