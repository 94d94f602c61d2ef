//! Watches the deadlines of a turn with one timer.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::time::{Instant, Sleep, sleep};

use crate::pipeline::error::{Stage, TurnError};

/// The clock of a turn. It stands still while the listener does not ask for more: an engine
/// is not to blame for a listener who is slow.
pub(super) struct Watch {
    began: Instant,
    away: Duration,
    left: Option<Instant>,
    turn: Duration,
    alarm: Pin<Box<Sleep>>,
}

/// When a stage must have got on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// The stage.
    pub stage: Stage,
    /// When it last got on, in time worked.
    pub since: Duration,
    /// How long it may take from there.
    pub limit: Duration,
}

impl Due {
    fn at(&self) -> Duration {
        self.since.saturating_add(self.limit)
    }

    fn missed(&self) -> TurnError {
        TurnError::Timeout { stage: self.stage, after: self.limit }
    }
}

impl Watch {
    pub(super) fn start(turn: Duration) -> Self {
        let alarm = Box::pin(sleep(turn));
        Self { began: Instant::now(), away: Duration::ZERO, left: None, turn, alarm }
    }

    /// Time since the turn began, in milliseconds.
    pub(super) fn elapsed_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    /// Time since the turn began in which the listener was waiting.
    pub(super) fn worked(&self) -> Duration {
        self.began.elapsed().saturating_sub(self.away)
    }

    /// The listener has got something and is busy with it.
    pub(super) fn leave(&mut self) {
        self.left = Some(Instant::now());
    }

    /// The listener asks for more.
    pub(super) fn come_back(&mut self) {
        if let Some(left) = self.left.take() {
            self.away += left.elapsed();
        }
    }

    /// The whole turn's deadline, blamed on the stage it is in.
    pub(super) fn whole(&self, stage: Stage) -> Due {
        Due { stage, since: Duration::ZERO, limit: self.turn }
    }

    /// An error if this deadline is missed already.
    pub(super) fn check(&self, due: Due) -> Result<(), TurnError> {
        if self.worked() < due.at() { Ok(()) } else { Err(due.missed()) }
    }

    /// Ready when the earliest of the deadlines is missed; else wakes the task when it will be.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        dues: impl IntoIterator<Item = Due>,
    ) -> Poll<TurnError> {
        let Some(due) = dues.into_iter().min_by_key(Due::at) else { return Poll::Pending };
        if let Err(missed) = self.check(due) {
            return Poll::Ready(missed);
        }
        let left = due.at().saturating_sub(self.worked());
        let now = Instant::now();
        let deadline = now.checked_add(left).unwrap_or(now + self.turn);
        // An alarm that rings too early costs a look; one set anew at each token costs more.
        if deadline < self.alarm.deadline() {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            self.alarm.as_mut().reset(deadline);
            if deadline <= Instant::now() {
                return Poll::Ready(due.missed());
            }
        }
        Poll::Pending
    }

    /// Waits for one thing, as long as its stage and the turn may take.
    pub(super) async fn within<F: Future>(
        &mut self,
        stage: Stage,
        limit: Duration,
        work: F,
    ) -> Result<F::Output, TurnError> {
        let dues = [Due { stage, since: self.worked(), limit }, self.whole(stage)];
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll(context, dues).map(Err),
        })
        .await
    }
}
