//! What can be written, and how each of it is.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::domain::api_key::ApiKey;
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::store::conversations::Fold;
use crate::store::error::StoreError;
use crate::store::idempotency::Answered;
use crate::store::messages::Said;
use crate::store::record::{TurnRecord, clean};
use crate::store::spending::{Bill, Charge};
use crate::store::{api_keys, conversations, idempotency, messages, silent, spending, turns};

/// Something to write.
pub(crate) enum Write {
    Record(Box<TurnRecord>),
    Fold(ConversationId, Fold),
    Rename(Owner, ConversationId, String),
    Steer(Owner, ConversationId, Option<String>),
    Interrupt(Owner, ConversationId, TurnId, Interruption),
    Delete(Owner, ConversationId),
    /// At most so many conversations that were silent since before this moment.
    Purge(DateTime<Utc>, u64),
    Spend(Charge),
    ForgetIdempotency(DateTime<Utc>),
    CloseAccounts {
        before: NaiveDate,
        forgotten: NaiveDate,
    },
    AddKey(ApiKey),
    RemoveKey(String),
    /// Nothing, but all the way to the disk.
    Probe,
}

/// A turn that was broken off after it had been written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interruption {
    /// What the listener has heard of the reply; none if that is nothing.
    pub spoken: Option<String>,
}

/// What a write took away.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    pub(crate) conversations: usize,
    pub(crate) turns: Vec<TurnId>,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) enum Applied {
    Written,
    Removed(Gone),
    AlreadyThere,
}

impl Applied {
    /// What it took away.
    pub(crate) fn gone(self) -> Gone {
        match self {
            Self::Removed(gone) => gone,
            Self::Written | Self::AlreadyThere => Gone::default(),
        }
    }
}

impl Write {
    /// The conversation whose row it locks.
    pub(crate) fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Record(turn) => Some(turn.conversation),
            Self::Fold(id, _)
            | Self::Rename(_, id, _)
            | Self::Steer(_, id, _)
            | Self::Interrupt(_, id, ..)
            | Self::Delete(_, id) => Some(*id),
            Self::Purge(..)
            | Self::Spend(_)
            | Self::ForgetIdempotency(_)
            | Self::CloseAccounts { .. }
            | Self::AddKey(_)
            | Self::RemoveKey(_)
            | Self::Probe => None,
        }
    }

    /// The turn that it writes down.
    pub(crate) fn turn(&self) -> Option<&TurnRecord> {
        match self {
            Self::Record(turn) => Some(turn),
            _ => None,
        }
    }

    pub(crate) async fn apply(&self, to: &DatabaseTransaction) -> Result<Applied, StoreError> {
        match self {
            Self::Record(turn) => return record(to, turn).await,
            Self::Delete(owner, id) => return delete(to, owner, *id).await,
            Self::Purge(before, limit) => return purge(to, *before, *limit).await,
            Self::Fold(id, fold) => conversations::fold(to, *id, fold).await?,
            Self::Rename(owner, id, title) => conversations::rename(to, owner, *id, title).await?,
            Self::Steer(owner, id, instructions) => {
                conversations::steer(to, owner, *id, instructions.as_deref()).await?;
            }
            Self::Interrupt(owner, id, turn, interruption) => {
                let conversation = conversations::lock(to, owner, *id).await?;
                interrupt(to, &conversation, *turn, interruption).await?;
            }
            Self::ForgetIdempotency(before) => idempotency::forget(to, *before).await?,
            Self::CloseAccounts { before, forgotten } => {
                spending::close(to, *before, *forgotten).await?;
            }
            Self::AddKey(key) => api_keys::add(to, key).await?,
            Self::RemoveKey(name) => api_keys::remove(to, name).await?,
            // Added up with what others have spent.
            Self::Spend(_) => {}
            Self::Probe => probe(to).await?,
        }
        Ok(Applied::Written)
    }
}

/// What is written after everything else, together for all who share a commit: the rows of payers
/// and of requests are then locked in one order, and no two processes wait for each other.
#[derive(Default)]
pub(crate) struct Closing<'a> {
    bill: Bill,
    answered: Answered<'a>,
}

impl<'a> Closing<'a> {
    /// Adds what belongs to this write, which was done.
    pub(crate) fn add(&mut self, write: &'a Write, applied: &Applied) {
        match (write, applied) {
            (Write::Record(turn), Applied::Written) => {
                turn.charge.iter().for_each(|charge| self.bill.add(charge));
                self.answered.add(turn);
            }
            (Write::Spend(charge), Applied::Written) => self.bill.add(charge),
            (_, Applied::Removed(gone)) => self.answered.forget(&gone.turns),
            _ => {}
        }
    }

    pub(crate) async fn write(self, to: &DatabaseTransaction) -> Result<(), StoreError> {
        self.answered.write(to).await?;
        self.bill.write(to).await
    }
}

/// Writes these in as few statements as can be, and says what became of each. None if one of them
/// is there already, and has to be taken back for itself.
pub(crate) async fn apply_together(
    to: &DatabaseTransaction,
    writes: &[&Write],
) -> Result<Option<Vec<Applied>>, StoreError> {
    let turns: Vec<&TurnRecord> = writes.iter().filter_map(|write| write.turn()).collect();
    if turns.len() == writes.len() {
        let written = record_all(to, &turns).await?;
        return Ok(written.then(|| turns.iter().map(|_| Applied::Written).collect()));
    }
    let mut applied = Vec::with_capacity(writes.len());
    for write in writes {
        match write.apply(to).await? {
            Applied::AlreadyThere => return Ok(None),
            done => applied.push(done),
        }
    }
    Ok(Some(applied))
}

async fn record(to: &DatabaseTransaction, turn: &TurnRecord) -> Result<Applied, StoreError> {
    let mut said = Said::first(turn);
    said.last_seq = conversations::advance(to, turn, said.last_seq).await?;
    if turns::insert(to, &[turn]).await? == 0 {
        return Ok(Applied::AlreadyThere);
    }
    messages::append(to, vec![said]).await?;
    Ok(Applied::Written)
}

/// False if one of them is there already; the others may be written by then.
async fn record_all(to: &DatabaseTransaction, turns: &[&TurnRecord]) -> Result<bool, StoreError> {
    let mut said: Vec<_> = turns.iter().map(|turn| Said::first(turn)).collect();
    let begin: Vec<_> = said
        .iter()
        .filter(|said| said.turn.begins)
        .map(|said| (said.turn, said.last_seq))
        .collect();
    let begun = conversations::begin(to, &begin).await?;
    if begun < begin.len() as u64 {
        return Ok(false);
    }
    for said in said.iter_mut().filter(|said| !said.turn.begins) {
        said.last_seq = conversations::advance(to, said.turn, said.last_seq).await?;
    }
    if turns::insert(to, turns).await? < turns.len() as u64 {
        return Ok(false);
    }
    messages::append(to, said).await?;
    Ok(true)
}

/// What a summary already speaks for stays as it was told there.
async fn interrupt(
    to: &DatabaseTransaction,
    conversation: &conversations::Conversation,
    turn: TurnId,
    interruption: &Interruption,
) -> Result<(), StoreError> {
    let spoken = interruption.spoken.as_deref().map(clean);
    let spoken = spoken.as_deref().filter(|text| !text.trim().is_empty());
    if !turns::interrupt(to, conversation.id, turn, spoken).await? {
        return Ok(());
    }
    match messages::answer(to, turn).await? {
        Some(seq) if seq <= conversation.summarized_through => Ok(()),
        Some(seq) if spoken.is_none() && seq == conversation.last_seq => {
            messages::remove(to, conversation.id, seq).await?;
            conversations::step_back(to, conversation.id).await
        }
        Some(seq) => messages::replace(to, conversation.id, seq, spoken).await,
        None => Ok(()),
    }
}

async fn delete(
    to: &DatabaseTransaction,
    owner: &Owner,
    id: ConversationId,
) -> Result<Applied, StoreError> {
    let locked = conversations::lock(to, owner, id).await?;
    remove(to, &[locked.id]).await
}

async fn purge(
    to: &DatabaseTransaction,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Applied, StoreError> {
    let silent = silent::lock(to, before, limit).await?;
    remove(to, &silent).await
}

async fn remove(to: &DatabaseTransaction, ids: &[ConversationId]) -> Result<Applied, StoreError> {
    let turns = silent::remove(to, ids).await?;
    Ok(Applied::Removed(Gone { conversations: ids.len(), turns }))
}

/// Both statements make the commit that follows reach the disk, and change nothing.
async fn probe(to: &DatabaseTransaction) -> Result<(), StoreError> {
    let statement = match to.get_database_backend() {
        DbBackend::Postgres => "SELECT txid_current()",
        _ => "PRAGMA user_version = 0",
    };
    to.execute_unprepared(statement).await?;
    Ok(())
}
