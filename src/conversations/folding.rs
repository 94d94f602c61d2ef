//! Folding: what falls out of the window of recall goes on in a summary, off the path of answers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::conversations::Inner;
use crate::conversations::errand::Errand;
use crate::domain::conversation::ConversationId;
use crate::domain::message::Message;
use crate::domain::owner::Owner;
use crate::pipeline::Pipeline;
use crate::pipeline::budget::Tab;
use crate::pipeline::error::TurnError;
use crate::store::{Fold, Numbered, Recall, StoreError, Window};

/// How many conversations may be folded at the same time, so that answers keep their engine.
const AT_ONCE: usize = 2;
/// How many may wait for that. One that finds no room is folded after a later turn.
const WAITING: usize = 64;
/// How many messages are folded in one go.
const BATCH: u64 = 256;
const SENTENCE_ENDS: [&str; 6] = [". ", "! ", "? ", "。", "！", "？"];

/// After a failure, a conversation grows by so many messages of a window before it is tried again,
/// and by twice as many each further time.
const GROWTH: u64 = 4;
/// So often at most.
const DOUBLED: u32 = 6;
/// How many conversations that failed are known. With more, all are tried again.
const KNOWN: usize = 4096;

/// The conversations that are being folded.
#[derive(Debug)]
pub(super) struct Folds {
    under_way: Mutex<HashSet<ConversationId>>,
    put_off: Mutex<HashMap<ConversationId, PutOff>>,
    permits: Semaphore,
}

/// A conversation whose folding failed.
#[derive(Debug, Clone, Copy, Default)]
struct PutOff {
    failures: u32,
    /// The message from which on it is tried again.
    until_seq: i64,
}

impl Default for Folds {
    fn default() -> Self {
        let (under_way, put_off) = (Mutex::default(), Mutex::default());
        Self { under_way, put_off, permits: Semaphore::new(AT_ONCE) }
    }
}

impl Folds {
    fn under_way(&self) -> MutexGuard<'_, HashSet<ConversationId>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_off(&self) -> MutexGuard<'_, HashMap<ConversationId, PutOff>> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is time to try.
    fn is_time(&self, id: ConversationId, last_seq: i64) -> bool {
        self.put_off().get(&id).is_none_or(|put_off| last_seq >= put_off.until_seq)
    }

    fn fail(&self, id: ConversationId, last_seq: i64, window: Window) {
        let mut all = self.put_off();
        if all.len() >= KNOWN {
            all.clear();
        }
        let put_off = all.entry(id).or_default();
        let growth = (window.messages / GROWTH).max(2) << put_off.failures.min(DOUBLED);
        put_off.failures += 1;
        put_off.until_seq = last_seq.saturating_add(i64::try_from(growth).unwrap_or(i64::MAX));
    }
}

#[derive(Debug, Error)]
enum FoldError {
    #[error(transparent)]
    Turn(#[from] TurnError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the summary took too long")]
    Timeout,
    #[error("the summary is too long, and no whole sentence of it fits")]
    TooLong,
}

/// Whether the window is three quarters full, or messages have already fallen out of it. Folding
/// empties it to one half, so a summary is made once in many turns.
pub(super) fn is_due(recalled: &Recall, new_tokens: u32, window: Window) -> bool {
    let tokens = recalled.tokens.saturating_add(new_tokens);
    let messages = recalled.messages.len() as u64 + 2;
    recalled.has_gap() || tokens > window.tokens / 4 * 3 || messages > window.messages / 4 * 3
}

/// Folds the conversation in the background, unless that is under way already, and has the errand
/// pay for it. A failure, or an empty purse, leaves things as they were: what has fallen out of the
/// window is not recalled, until a later turn tries again.
pub(super) fn begin(
    inner: &Arc<Inner>,
    (owner, conversation, last_seq): (Owner, ConversationId, i64),
    errand: Errand,
) {
    if !inner.folds.is_time(conversation, last_seq) {
        return;
    }
    let mut under_way = inner.folds.under_way();
    if under_way.len() >= WAITING || !under_way.insert(conversation) {
        return;
    }
    drop(under_way);
    let (inner, stop) = (inner.clone(), inner.stop.clone());
    let tasks = inner.tasks.clone();
    tasks.spawn(async move {
        let folding = fold(&inner, &owner, conversation, errand.tab());
        let folded = stop.run_until_cancelled(folding).await;
        drop(errand);
        inner.folds.under_way().remove(&conversation);
        match folded {
            Some(Ok(())) => drop(inner.folds.put_off().remove(&conversation)),
            Some(Err(error)) => {
                inner.folds.fail(conversation, last_seq, inner.options.window());
                tracing::warn!(conversation.id = %conversation, %error, "old messages were not folded");
            }
            None => {}
        }
    });
}

async fn fold(
    inner: &Inner,
    owner: &Owner,
    conversation: ConversationId,
    tab: &Tab,
) -> Result<(), FoldError> {
    let Ok(_permit) = inner.folds.permits.acquire().await else { return Ok(()) };
    let window = inner.options.window();
    let half = Window { tokens: window.tokens / 2, messages: window.messages / 2 };
    loop {
        let kept = inner.store.recall(owner, conversation, half).await?;
        let (known, first_seq) = (kept.conversation, kept.first_seq);
        let after = known.summarized_through;
        let mut old = inner.store.messages(conversation, after, BATCH).await?;
        old.retain(|numbered| numbered.seq < first_seq);
        let old = within(old, window.tokens);
        let Some(through) = old.last().map(|numbered| numbered.seq) else { return Ok(()) };
        let (private, open): (Vec<_>, Vec<_>) = old.into_iter().partition(|said| said.private);
        let room = room(window.tokens);
        let summary = known.summary.as_deref();
        let summary = sum_up(inner, &inner.pipeline, (summary, open), room, tab).await?;
        // What was told to the engines in the program alone is summed up by them, or forgotten.
        let private_summary = match &inner.options.own {
            Some(own) => {
                let summary = known.private_summary.as_deref();
                sum_up(inner, own, (summary, private), room / 2, tab).await?
            }
            None => None,
        };
        let fold = Fold { after, through, summary, private_summary };
        inner.store.fold(conversation, fold).await?;
    }
}

/// None if there is nothing new to be summed up.
async fn sum_up(
    inner: &Inner,
    pipeline: &Pipeline,
    (summary, old): (Option<&str>, Vec<Numbered>),
    room: usize,
    tab: &Tab,
) -> Result<Option<String>, FoldError> {
    if old.is_empty() {
        return Ok(None);
    }
    let messages: Vec<Message> = old.into_iter().map(|numbered| numbered.message).collect();
    let summing_up = pipeline.sum_up((summary, &messages), room, tab);
    let made = timeout(inner.options.fold_timeout, summing_up).await;
    let summary = made.map_err(|_| FoldError::Timeout)??;
    // An empty summary would forget all that was known before.
    held_to(summary.trim(), room).map(str::to_owned).map(Some).ok_or(FoldError::TooLong)
}

/// The bytes of a summary that takes a quarter of what memory may add to a prompt.
fn room(recall_tokens: u32) -> usize {
    (recall_tokens / 4).saturating_sub(Message::user("").tokens()) as usize * 4
}

/// The first messages that fit the budget; at least one.
fn within(mut messages: Vec<Numbered>, budget: u32) -> Vec<Numbered> {
    let mut tokens = 0_u32;
    let fitting = messages.iter().take_while(|numbered| {
        tokens = tokens.saturating_add(numbered.message.tokens());
        tokens <= budget
    });
    let fitting = fitting.count().max(1);
    messages.truncate(fitting);
    messages
}

/// The last whole lines of a summary that fit the room; for a responder that did not keep to it.
/// Of a last line that is too long by itself, its last whole sentences; none if none fits.
fn held_to(summary: &str, room: usize) -> Option<&str> {
    let Some(earliest) = summary.len().checked_sub(room).filter(|over| *over > 0) else {
        return Some(summary);
    };
    let starts = |mark: &'static str| {
        let ends = summary.match_indices(mark).map(|(at, mark)| at + mark.len());
        ends.filter(|start| *start >= earliest).min()
    };
    let sentence = || SENTENCE_ENDS.into_iter().filter_map(starts).min();
    let start = starts("\n").or_else(sentence)?;
    summary.get(start..).filter(|kept| !kept.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_that_fits_stays_as_it_is() {
        assert_eq!(held_to("Her name is Ada.", 16), Some("Her name is Ada."));
        assert_eq!(held_to("", 0), Some(""));
    }

    #[test]
    fn of_a_long_summary_the_last_whole_lines_are_kept() {
        let summary = "Her name is Ada.\nMilk costs 3.30. She was told.\nShe likes tea.";
        assert_eq!(held_to(summary, 30), Some("She likes tea."));
        let two = "Milk costs 3.30. She was told.\nShe likes tea.";
        assert_eq!(held_to(summary, two.len()), Some(two));
    }

    #[test]
    fn of_a_single_long_line_the_last_whole_sentences_are_kept() {
        let summary = "Her name is Ada. Milk costs 3.30 today. She likes tea.";
        assert_eq!(held_to(summary, 30), Some("She likes tea."));
        let two = "Milk costs 3.30 today. She likes tea.";
        assert_eq!(held_to(summary, two.len()), Some(two));
        assert_eq!(held_to("她叫艾达。她喜欢茶。", 20), Some("她喜欢茶。"));
    }

    #[test]
    fn half_a_fact_is_not_kept() {
        assert_eq!(held_to("é".repeat(10).as_str(), 5), None);
        assert_eq!(held_to("Milk costs 3.30.", 5), None);
    }

    #[test]
    fn a_summary_takes_a_quarter_of_the_budget() {
        let summary = "x".repeat(room(2000));
        assert_eq!(Message::user(summary.as_str()).tokens(), 500);
    }
}
