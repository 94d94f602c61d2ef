//! Recall: as much of the last exchanges as fits a window, and the summary of what came before.

use sea_orm::ConnectionTrait;

use crate::domain::message::{Message, Role};
use crate::store::conversations::Conversation;
use crate::store::error::StoreError;
use crate::store::messages::{self, Numbered};

/// How much may be recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The most tokens, summary included.
    pub tokens: u32,
    /// The most messages.
    pub messages: u64,
}

/// What a conversation remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    /// The conversation, with its summary.
    pub conversation: Conversation,
    /// The last messages that the summary does not speak for, the oldest first.
    pub messages: Vec<Message>,
    /// The number of the first of them; one more than the last message's if there is none.
    pub first_seq: i64,
    /// What they and the summary take, with what is left out.
    pub tokens: u32,
    /// Whether something was left out that only the engines in the program are told.
    pub left_out: bool,
}

impl Recall {
    /// Whether messages lie between the summary and the window, seen by neither.
    pub fn has_gap(&self) -> bool {
        self.first_seq > self.conversation.summarized_through + 1
    }

    /// What is remembered of the messages before: what everybody may be told, and what not.
    pub fn summary(&self) -> Option<String> {
        let known = &self.conversation;
        match (&known.summary, &known.private_summary) {
            (Some(open), Some(private)) => Some(format!("{open}\n{private}")),
            (open, private) => open.clone().or_else(|| private.clone()),
        }
    }

    /// The same without what only the engines in the program are told.
    fn for_others(mut self, private: &[bool]) -> Self {
        let known = &mut self.conversation;
        let steered = known.instructions.take_if(|_| known.private_instructions).is_some();
        let summed_up = known.private_summary.take().is_some();
        self.left_out = steered || summed_up || private.contains(&true);
        let mut private = private.iter();
        self.messages.retain(|_| !private.next().is_some_and(|private| *private));
        self
    }
}

/// What the conversation remembers, as much as fits the window; all of it only for the engines in
/// the program.
pub(crate) async fn recall(
    connection: &impl ConnectionTrait,
    conversation: Conversation,
    window: Window,
    all: bool,
) -> Result<Recall, StoreError> {
    let after = conversation.summarized_through;
    let latest = messages::latest(connection, conversation.id, after, window.messages).await?;
    Ok(fit(conversation, latest, window.tokens, all))
}

/// Takes from the latest backwards while the budget lasts. A window that begins in the middle of
/// an exchange would begin with an answer to nothing, so that answer is left out too.
fn fit(conversation: Conversation, latest: Vec<Numbered>, budget: u32, all: bool) -> Recall {
    let summaries = [&conversation.summary, &conversation.private_summary].into_iter().flatten();
    let mut tokens: u32 = summaries.map(|text| Message::user(text.as_str()).tokens()).sum();
    let mut kept = Vec::new();
    for numbered in latest {
        let more = tokens.saturating_add(numbered.message.tokens());
        if more > budget {
            break;
        }
        tokens = more;
        kept.push(numbered);
    }
    let begins_late = |first: &Numbered| {
        first.seq > conversation.summarized_through + 1 && first.message.role == Role::Assistant
    };
    while let Some(orphan) = kept.pop_if(|first| begins_late(first)) {
        tokens -= orphan.message.tokens();
    }
    kept.reverse();
    let first_seq = kept.first().map_or(conversation.last_seq + 1, |first| first.seq);
    let private: Vec<bool> = kept.iter().map(|numbered| numbered.private).collect();
    let messages = kept.into_iter().map(|numbered| numbered.message).collect();
    let recall = Recall { conversation, messages, first_seq, tokens, left_out: false };
    if all { recall } else { recall.for_others(&private) }
}
