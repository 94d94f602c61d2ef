//! The second stage: the reply as it streams in.

use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::pipeline::engine::ReplyPart;
use crate::pipeline::error::{EngineError, Stage};
use crate::pipeline::limits::Limits;
use crate::pipeline::watch::Due;

/// The reply, as far as it has come.
pub(super) struct Thinking {
    reply: Option<BoxStream<'static, Result<ReplyPart, EngineError>>>,
    first: Duration,
    gap: Duration,
    since: Duration,
    begun: bool,
    room: usize,
    cut_off: bool,
    over: bool,
}

impl Thinking {
    pub(super) fn new(
        reply: BoxStream<'static, Result<ReplyPart, EngineError>>,
        limits: &Limits,
        now: Duration,
    ) -> Self {
        Self {
            reply: Some(reply),
            first: limits.thinking_first,
            gap: limits.thinking_gap,
            since: now,
            begun: false,
            room: limits.reply_bytes,
            cut_off: false,
            over: false,
        }
    }

    /// The next part; none at the end.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        now: Duration,
    ) -> Poll<Result<Option<ReplyPart>, EngineError>> {
        let Some(reply) = &mut self.reply else {
            if std::mem::take(&mut self.cut_off) {
                return Poll::Ready(Ok(Some(ReplyPart::CutOff)));
            }
            self.over = true;
            return Poll::Ready(Ok(None));
        };
        let Poll::Ready(part) = reply.poll_next_unpin(context) else { return Poll::Pending };
        self.since = now;
        self.begun |= matches!(part, Some(Ok(_)));
        match part.transpose() {
            Ok(Some(ReplyPart::Text(text))) => Poll::Ready(Ok(Some(self.fit(text)))),
            Ok(None) => {
                self.reply = None;
                self.over = true;
                Poll::Ready(Ok(None))
            }
            other => Poll::Ready(other),
        }
    }

    /// Whether anything of it was there.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether the end has been reached.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// When the next part must be there.
    pub(super) fn due(&self) -> Option<Due> {
        self.reply.as_ref()?;
        let limit = if self.begun { self.gap } else { self.first };
        Some(Due { stage: Stage::Thinking, since: self.since, limit })
    }

    /// A reply that is longer than allowed is cut off here, and not read further.
    fn fit(&mut self, mut text: String) -> ReplyPart {
        if text.len() > self.room {
            text.truncate(text.floor_char_boundary(self.room));
            self.cut_off = true;
            self.reply = None;
        }
        self.room = self.room.saturating_sub(text.len());
        ReplyPart::Text(text)
    }
}
