//! A turn's place: the conversation it belongs to, and what that remembers.

use chrono::{TimeDelta, Utc};
use tokio::time::timeout;

use crate::conversations::Inner;
use crate::conversations::ask::{Ask, Which};
use crate::conversations::error::ConversationError;
use crate::conversations::in_flight::Seat;
use crate::domain::conversation::ConversationId;
use crate::domain::delivery::Delivery;
use crate::pipeline::budget::{Payer, Tab};
use crate::pipeline::event::Briefing;
use crate::store::{Recall, StoreError};

/// Where a turn belongs.
pub(super) struct Place {
    pub(super) conversation: ConversationId,
    /// None for a conversation that begins with this turn.
    pub(super) recalled: Option<Recall>,
    /// None for a turn that leaves no memory.
    pub(super) seat: Option<Seat>,
    /// What pays for the turn.
    pub(super) tab: Tab,
}

impl Place {
    /// Finds the conversation, waits for its turn before, and recalls what was said.
    pub(super) async fn find(inner: &Inner, ask: &Ask) -> Result<Self, ConversationError> {
        let payer = || Payer { name: ask.owner.0.clone(), limit: None };
        let tab = inner.options.budget.tab(ask.payer.clone().unwrap_or_else(payer));
        if !ask.memory {
            let conversation = ConversationId::new();
            return Ok(Self { conversation, recalled: None, seat: None, tab });
        }
        let known = match ask.conversation {
            Which::New => None,
            Which::Latest => latest(inner, ask).await?,
            Which::Continue(id) => Some(id),
        };
        let conversation = known.unwrap_or_default();
        let seat = inner.in_flight.enter(conversation, inner.options.patience).await;
        let seat = Some(seat.ok_or(ConversationError::TurnInFlight)?);
        let recalled = match known {
            Some(id) => {
                let window = inner.options.window();
                let recalled = if inner.may_recall_all(ask) {
                    in_time(inner, inner.store.recall(&ask.owner, id, window)).await
                } else {
                    in_time(inner, inner.store.recall_for_others(&ask.owner, id, window)).await
                };
                Some(recalled?)
            }
            None => None,
        };
        Ok(Self { conversation, recalled, seat, tab })
    }

    /// What the pipeline must know for this turn.
    pub(super) fn briefing(&self, inner: &Inner, ask: &Ask) -> Briefing {
        let options = &inner.options;
        let conversation = self.recalled.as_ref().map(|recalled| &recalled.conversation);
        let steering = ask
            .instructions
            .as_deref()
            .or_else(|| conversation.and_then(|known| known.instructions.as_deref()));
        let mut delivery: Delivery =
            conversation.and_then(|known| known.delivery).unwrap_or_default();
        delivery.speed = ask.speed.unwrap_or(delivery.speed);
        let alone = options.briefing();
        Briefing {
            instructions: steered(&options.instructions, steering),
            summary: self.recalled.as_ref().and_then(Recall::summary),
            history: self.recalled.iter().flat_map(|known| known.messages.clone()).collect(),
            voice: ask.voice.clone().unwrap_or(alone.voice),
            delivery: delivery.clamped(),
            language: ask.language.clone().or(alone.language),
            timezone: ask.timezone.unwrap_or(alone.timezone),
            remembered: ask.memory,
            tab: self.tab.clone(),
            ..alone
        }
    }
}

async fn latest(inner: &Inner, ask: &Ask) -> Result<Option<ConversationId>, ConversationError> {
    let pause = TimeDelta::from_std(inner.options.pause).unwrap_or(TimeDelta::MAX);
    let after = Utc::now().checked_sub_signed(pause).unwrap_or_default();
    in_time(inner, inner.store.latest(&ask.owner, after)).await
}

/// A database that is locked or gone may never answer, and nobody waits for ever.
async fn in_time<T>(
    inner: &Inner,
    reading: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, ConversationError> {
    let limit = inner.options.recall_timeout;
    match timeout(limit, reading).await {
        Ok(read) => Ok(read?),
        Err(_) => Err(ConversationError::Memory(StoreError::silent(limit))),
    }
}

fn steered(instructions: &str, steering: Option<&str>) -> String {
    match steering.map(str::trim).filter(|steering| !steering.is_empty()) {
        Some(steering) => format!("{instructions}\n\n{steering}").trim_start().to_owned(),
        None => instructions.to_owned(),
    }
}
