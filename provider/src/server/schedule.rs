//! Waits for moments that are all counted from one start, so that delays don't add up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;

/// A start and a timer that is only made if there is something to wait for.
#[derive(Debug)]
pub(crate) struct Schedule {
    start: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Schedule {
    pub(crate) fn from(start: Instant) -> Self {
        Self { start, timer: None }
    }

    /// How long ago the start was.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Waits until so long after the start.
    pub(crate) async fn reach(&mut self, after: Duration) {
        std::future::poll_fn(|context| self.poll_reach(after, context)).await;
    }

    pub(crate) fn poll_reach(&mut self, after: Duration, context: &mut Context<'_>) -> Poll<()> {
        let moment = self.start + after;
        if after.is_zero() || Instant::now() >= moment {
            return Poll::Ready(());
        }
        let moment = tokio::time::Instant::from_std(moment);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(moment)));
        if timer.deadline() != moment {
            timer.as_mut().reset(moment);
        }
        timer.as_mut().poll(context)
    }
}
