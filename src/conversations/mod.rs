//! A turn that remembers: recall what was said, take the turn, write it down.

mod ask;
mod costs;
mod delivered;
mod engaging;
mod errand;
mod error;
mod folding;
mod heard;
mod in_flight;
mod keeping;
mod keyring;
mod live;
mod measures;
mod note;
mod open;
mod place;
mod repeats;
mod replay;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::conversations::ask::{Ask, ConversationEvent, Options, Which};
pub use crate::conversations::errand::Errand;
pub use crate::conversations::error::ConversationError;
pub use crate::conversations::keeping::{Keeping, kept_as};
pub use crate::conversations::keyring::Keyring;
pub use crate::conversations::repeats::{Claim, Claimed};
pub use crate::conversations::upkeep::Retention;

use crate::conversations::folding::Folds;
use crate::conversations::heard::heard;
use crate::conversations::in_flight::InFlight;
use crate::conversations::live::LiveTurns;
use crate::conversations::note::Note;
use crate::conversations::place::Place;
use crate::conversations::repeats::Repeats;
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::{TurnId, TurnStatus};
use crate::domain::voice::Voice;
use crate::pipeline::Pipeline;
use crate::store::recordings::Recordings;
use crate::store::{IdempotencyNote, Interruption, Store, StoreError, Turn};

/// How long closing waits for what goes on in the background.
const SETTLING: Duration = Duration::from_secs(10);
/// How long whoever ends a turn waits for its end.
const ENDING: Duration = Duration::from_secs(2);

/// Takes turns that remember. Cheap to clone.
#[derive(Clone)]
pub struct Conversations {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    pipeline: Arc<Pipeline>,
    options: Options,
    in_flight: InFlight,
    live: LiveTurns,
    repeats: Repeats,
    folds: Folds,
    tasks: TaskTracker,
    stop: CancellationToken,
    runtime: Handle,
}

impl Conversations {
    /// Conversations over this pipeline, kept in this store. Call it inside a Tokio runtime: what
    /// is done in the background is done there.
    pub fn new(store: Store, pipeline: Arc<Pipeline>, options: Options) -> Self {
        measures::begin();
        let tasks = TaskTracker::new();
        tasks.close();
        let inner = Inner {
            store,
            pipeline,
            options,
            in_flight: InFlight::default(),
            live: LiveTurns::default(),
            repeats: Repeats::default(),
            folds: Folds::default(),
            tasks,
            stop: CancellationToken::new(),
            runtime: Handle::current(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The store that remembers.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// What holds for every conversation.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Who hears, thinks and speaks.
    pub fn pipeline(&self) -> &Pipeline {
        &self.inner.pipeline
    }

    /// Who speaks, unless a turn asks for another.
    pub fn voice(&self) -> &Voice {
        &self.inner.options.voice
    }

    /// Where recordings are kept.
    pub fn recordings(&self) -> Option<&Recordings> {
        self.inner.options.keeping.as_ref().map(|keeping| &keeping.recordings)
    }

    /// Where answers can be heard again; none if they are not kept. What is kept for the sake of
    /// requests that may be repeated is for them alone.
    pub fn replies(&self) -> Option<&Recordings> {
        let keeping = self.inner.options.keeping.as_ref().filter(|keeping| keeping.replies);
        keeping.map(|keeping| &keeping.recordings)
    }

    /// How many turns are being taken.
    pub fn live(&self) -> usize {
        self.inner.live.count()
    }

    /// Takes one turn. The stream begins with `Started` and ends with `Ended`, which comes when
    /// the turn is on the disk, or with one error. Nothing happens unless it is polled; dropping
    /// it stops the turn at once, and the sentences said whole so far are remembered.
    pub fn hear(
        &self,
        mut ask: Ask,
    ) -> impl Stream<Item = Result<ConversationEvent, ConversationError>> + Send + use<> {
        let inner = self.inner.clone();
        try_stream! {
            let pipeline = inner.engage(&mut ask)?;
            let place = Place::find(&inner, &ask).await.inspect_err(|error| {
                if matches!(error, ConversationError::Memory(_)) {
                    measures::count_unrecalled();
                }
            })?;
            let turn_id = TurnId::new();
            let conversation_id = ask.memory.then_some(place.conversation);
            let briefing = place.briefing(&inner, &ask);
            let mut note = Note::new(inner, pipeline.clone(), turn_id, &mut ask, place);
            yield ConversationEvent::Started { turn_id, conversation_id };

            let events = pipeline.take_turn(ask.input, briefing, ask.format);
            let mut events = Some(Box::pin(events));
            while let Some(running) = &mut events {
                let event = tokio::select! {
                    biased;
                    () = note.stopped() => None,
                    event = running.next() => event,
                };
                let Some(event) = event else { break };
                let ended = match &event {
                    Ok(event) => note.take(event).await?,
                    Err(error) => {
                        // Whoever works for the turn stops before it is written down.
                        events = None;
                        note.fail(error).await;
                        None
                    }
                };
                yield ConversationEvent::Turn(event?);
                if let Some(turn) = ended {
                    yield ConversationEvent::Ended(turn);
                    return;
                }
            }
            drop(events);
            if let Some(turn) = note.interrupt().await {
                yield ConversationEvent::Ended(turn);
            }
        }
    }

    /// A turn within the owner's reach, also one that is being taken.
    pub async fn turn(&self, owner: &Owner, id: TurnId) -> Result<Turn, ConversationError> {
        if let Some(live) = self.inner.live.find(owner, id) {
            return Ok(live.so_far());
        }
        self.inner.store.turn(owner, id).await?.ok_or(ConversationError::UnknownTurn)
    }

    /// Ends a turn, or says how much of a finished one was played: memory keeps what was heard.
    pub async fn interrupt(
        &self,
        owner: &Owner,
        id: TurnId,
        played_ms: Option<u64>,
    ) -> Result<Turn, ConversationError> {
        if let Some(live) = self.inner.live.find(owner, id) {
            live.stop(played_ms);
            // A listener who takes nothing more does not see the end; the turn then ends with it.
            let _ = timeout(ENDING, live.done()).await;
            let ended = self.inner.store.turn(owner, id).await?;
            return Ok(ended.unwrap_or_else(|| live.so_far()));
        }
        let turn = self.turn(owner, id).await?;
        let (Some(played_ms), Some(sound)) = (played_ms, &turn.sound) else { return Ok(turn) };
        if turn.status != TurnStatus::Finished || played_ms >= sound.duration_ms {
            return Ok(turn);
        }
        let heard = heard(turn.reply.as_deref().unwrap_or_default(), &sound.sentences, played_ms);
        let spoken = Some(heard).filter(|heard| !heard.is_empty());
        self.inner.store.interrupt(owner, id, Interruption { spoken }).await?;
        self.turn(owner, id).await
    }

    /// Asks for the right to answer a request that may be repeated.
    pub async fn claim(
        &self,
        owner: &Owner,
        note: IdempotencyNote,
    ) -> Result<Claim, ConversationError> {
        self.inner.repeats.claim(&self.inner.store, owner.clone(), note).await
    }

    /// Removes a conversation and everything that is known of it: what was said, its recordings,
    /// and the sentences that were kept to be said again.
    pub async fn delete(
        &self,
        owner: &Owner,
        conversation: ConversationId,
    ) -> Result<(), ConversationError> {
        let (inner, owner) = (Arc::clone(&self.inner), owner.clone());
        let deleting = async move {
            let known = match inner.store.turn_ids(&owner, conversation).await {
                // Its first turn may be on its way to the disk, ahead of the deletion.
                Err(StoreError::UnknownConversation) => Vec::new(),
                known => known?,
            };
            inner.remove_sound(&known).await?;
            let gone = inner.store.delete(&owner, conversation).await?;
            Ok(inner.remove_rest(&known, gone).await?)
        };
        // Whoever leaves meanwhile has all of it removed nevertheless.
        let deleted = self.inner.tasks.spawn_on(deleting, &self.inner.runtime).await;
        deleted.unwrap_or_else(|_| Err(ConversationError::closed()))
    }

    /// Waits until all that goes on in the background is done.
    pub async fn settle(&self) {
        self.inner.tasks.wait().await;
        if let Some(keeping) = &self.inner.options.keeping {
            keeping.recordings.settle().await;
        }
    }

    /// Gives up folding, waits a while until every turn is written, and closes the store.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        // Turns and what they cost are among the first; sound may have to wait for a bucket.
        if timeout(SETTLING, self.settle()).await.is_err() {
            tracing::warn!("not everything could be written in time; some sound is lost");
        }
        if let Err(error) = self.inner.store.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    }
}
