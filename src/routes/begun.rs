//! The beginning of an answer, looked at before its headers leave: what breaks off with it is
//! still an error, and no answer that is cut.

use std::collections::VecDeque;
use std::task::Poll;

use async_stream::try_stream;
use futures_util::future::poll_fn;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use tokio::task::yield_now;

use crate::pipeline::error::TurnError;
use crate::routes::problem::Problem;

/// More than this is not looked at before the answer begins.
const MOST: usize = 16;

/// An answer whose beginning is there.
pub struct Begun<T> {
    ready: VecDeque<T>,
    rest: BoxStream<'static, Result<T, TurnError>>,
}

impl<T: Send + 'static> Begun<T> {
    /// Waits for the first item, and takes those that are there with it.
    pub async fn wait(
        parts: impl Stream<Item = Result<T, TurnError>> + Send + 'static,
    ) -> Result<Self, Problem> {
        let mut rest = parts.fuse().boxed();
        let mut ready: VecDeque<T> = rest.next().await.transpose()?.into_iter().collect();
        // The engine's connection gets the chance to tell that it broke.
        yield_now().await;
        while !ready.is_empty() && ready.len() < MOST {
            let next = poll_fn(|context| Poll::Ready(rest.poll_next_unpin(context))).await;
            let Poll::Ready(Some(part)) = next else { break };
            ready.push_back(part?);
        }
        Ok(Self { ready, rest })
    }

    /// The first item; none if there is not a single one.
    pub fn first(&self) -> Option<&T> {
        self.ready.front()
    }

    /// All of it, for a body.
    pub fn all(mut self) -> impl Stream<Item = Result<T, Problem>> + Send {
        try_stream! {
            while let Some(part) = self.ready.pop_front() {
                yield part;
            }
            while let Some(part) = self.rest.next().await {
                if part.is_err() {
                    // A body that fails takes along what has not left yet, be it the headers.
                    yield_now().await;
                }
                yield part?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{TryStreamExt, stream};

    use super::*;
    use crate::pipeline::error::{EngineError, Stage};

    fn broken() -> TurnError {
        EngineError::Quota.in_stage(Stage::Speaking)
    }

    #[tokio::test]
    async fn what_breaks_off_with_its_beginning_is_an_error() {
        for parts in
            [vec![Err(broken())], vec![Ok(1), Err(broken())], vec![Ok(1), Ok(2), Err(broken())]]
        {
            let begun = Begun::wait(stream::iter(parts)).await;
            assert_eq!(begun.err().unwrap().kind().code, "engine_quota");
        }
    }

    #[tokio::test]
    async fn nothing_is_lost_and_nobody_waits_for_more_than_the_first() {
        let late = stream::once(async {
            yield_now().await;
            yield_now().await;
            Err(broken())
        });
        let begun = Begun::wait(stream::iter([Ok(1), Ok(2)]).chain(late)).await.unwrap();
        assert_eq!(begun.first(), Some(&1));

        let mut all = Box::pin(begun.all());
        assert_eq!(
            (all.try_next().await.unwrap(), all.try_next().await.unwrap()),
            (Some(1), Some(2))
        );
        assert!(all.try_next().await.is_err());

        let long = stream::iter((0..100).map(Ok));
        let all: Vec<i32> = Begun::wait(long).await.unwrap().all().try_collect().await.unwrap();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        assert!(Begun::<i32>::wait(stream::empty()).await.unwrap().first().is_none());
    }
}
