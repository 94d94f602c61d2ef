//! The body of a response, piece by piece at its times.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame};

use crate::journal::call::Outcome;
use crate::journal::visit::Visit;
use crate::server::performance::{Ending, Script};
use crate::server::schedule::Schedule;
use crate::server::wire::Fuse;
use crate::stages::answer::Piece;

/// Pieces larger than this are not copied to send them together with others.
const SMALL: usize = 1_024;

/// Follows a script. Dropped before its end, the client has left.
#[derive(Debug)]
pub(crate) struct Playback {
    script: Script,
    schedule: Schedule,
    visit: Visit,
    fuse: Arc<Fuse>,
    struck: bool,
    /// When the rest began to come byte by byte, and how many have come.
    dripping: Option<(Duration, u32)>,
}

impl Playback {
    pub(crate) fn new(script: Script, schedule: Schedule, visit: Visit, fuse: Arc<Fuse>) -> Self {
        let mut playback = Self { script, schedule, visit, fuse, struck: false, dripping: None };
        if playback.script.pieces.is_empty() {
            playback.visit.sends(0);
        }
        playback.note_end();
        playback
    }

    /// The next piece, together with all small ones that are due at the same time.
    fn next(&mut self) -> Option<Bytes> {
        let Piece { after, bytes, tokens } = self.script.pieces.pop_front()?;
        self.visit.sends(tokens);
        if !self.joins(after, bytes.len()) {
            return Some(bytes);
        }
        let mut joined = BytesMut::from(bytes);
        while self.joins(after, 0) {
            let Some(piece) = self.script.pieces.pop_front() else { break };
            joined.extend_from_slice(&piece.bytes);
            self.visit.sends(piece.tokens);
        }
        Some(joined.freeze())
    }

    fn joins(&self, after: Duration, bytes: usize) -> bool {
        let next = self.script.pieces.front();
        bytes < SMALL && next.is_some_and(|next| next.after <= after && next.bytes.len() < SMALL)
    }

    fn drip(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Ending::Drip { rest, gap, tokens } = &mut self.script.ending else {
            return Poll::Ready(None);
        };
        let elapsed = self.schedule.elapsed();
        let (start, count) = self.dripping.get_or_insert((elapsed, 0));
        ready!(self.schedule.poll_reach(*start + *gap * *count, context));
        *count += 1;
        let byte = rest.split_to(rest.len().min(1));
        self.visit.sends(if rest.is_empty() { *tokens } else { 0 });
        Poll::Ready(Some(byte))
    }

    /// Everything has been handed over if nothing is left and nothing else is to happen.
    fn is_over(&self) -> bool {
        let ended = match &self.script.ending {
            Ending::Clean => true,
            Ending::Drip { rest, .. } => rest.is_empty(),
            Ending::Strike(_) | Ending::Stall => false,
        };
        ended && self.script.pieces.is_empty()
    }

    fn note_end(&mut self) {
        if self.is_over() {
            let faulted = self.script.faulted;
            self.visit.end(if faulted { Outcome::Faulted } else { Outcome::Done });
        }
    }

    fn strike(&mut self, context: &mut Context<'_>) {
        let Ending::Strike(strike) = self.script.ending else { return };
        if !self.struck {
            self.struck = true;
            self.visit.end(Outcome::Faulted);
            self.fuse.blow(strike);
            context.waker().wake_by_ref();
        }
    }

    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(piece) = self.script.pieces.front() {
            ready!(self.schedule.poll_reach(piece.after, context));
            return Poll::Ready(self.next());
        }
        if self.is_over() {
            return Poll::Ready(None);
        }
        if matches!(self.script.ending, Ending::Drip { .. }) {
            return self.drip(context);
        }
        self.strike(context);
        Poll::Pending
    }
}

impl Body for Playback {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = ready!(self.poll_bytes(context));
        self.note_end();
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_over()
    }
}
