//! A turn that remembers: recall what was said, take the turn, write it down.

mod ask;
mod error;
mod folding;
mod in_flight;
mod note;
mod place;

use std::sync::Arc;

use async_stream::try_stream;
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::conversations::ask::{Ask, ConversationEvent, Options, Which};
pub use crate::conversations::error::ConversationError;

use crate::conversations::folding::Folds;
use crate::conversations::in_flight::InFlight;
use crate::conversations::note::Note;
use crate::conversations::place::Place;
use crate::domain::turn::TurnId;
use crate::pipeline::Pipeline;
use crate::store::Store;

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
    folds: Folds,
    tasks: TaskTracker,
    stop: CancellationToken,
    runtime: Handle,
}

impl Conversations {
    /// Conversations over this pipeline, kept in this store. Call it inside a Tokio runtime: what
    /// is done in the background is done there.
    pub fn new(store: Store, pipeline: Arc<Pipeline>, options: Options) -> Self {
        let tasks = TaskTracker::new();
        tasks.close();
        let inner = Inner {
            store,
            pipeline,
            options,
            in_flight: InFlight::default(),
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

    /// Takes one turn. The stream begins with `Started` and ends with `Finished`, which comes
    /// when the turn is on the disk, or with one error. Nothing happens unless it is polled;
    /// dropping it stops the turn at once, and the sentences said whole so far are remembered.
    pub fn hear(
        &self,
        ask: Ask,
    ) -> impl Stream<Item = Result<ConversationEvent, ConversationError>> + Send + use<> {
        let inner = self.inner.clone();
        try_stream! {
            if let Some(voice) = &ask.voice {
                voice.known_to(&inner.pipeline.speaking().voices())?;
            }
            let place = Place::find(&inner, &ask).await?;
            let (turn_id, conversation_id) = (TurnId::new(), place.conversation);
            let briefing = place.briefing(&inner, &ask);
            let mut note = Note::new(inner.clone(), turn_id, &ask, place);
            yield ConversationEvent::Started { turn_id, conversation_id };

            let events = inner.pipeline.take_turn(ask.input, briefing, ask.format);
            let mut events = std::pin::pin!(events);
            while let Some(event) = events.next().await {
                match &event {
                    Ok(event) => note.take(event).await?,
                    Err(error) => note.fail(error).await,
                }
                yield ConversationEvent::Turn(event?);
            }
        }
    }

    /// Waits until all that goes on in the background is done.
    pub async fn settle(&self) {
        self.inner.tasks.wait().await;
    }

    /// Gives up folding, waits until every turn is written, and closes the store.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        self.settle().await;
        if let Err(error) = self.inner.store.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    }
}
