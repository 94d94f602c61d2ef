//! An answer as it is to be sent, with what goes wrong with it.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::server::wire::Strike;
use crate::stages::answer::{Answer, Piece, Shape};
use crate::stages::refusal::Refusal;

/// How an answer ends.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Properly.
    Clean,
    /// With a broken connection.
    Strike(Strike),
    /// Not at all.
    Stall,
    /// Properly, after the rest has come byte by byte. Its tokens count when all of it has.
    Drip {
        /// What has not come yet.
        rest: Bytes,
        /// Between two bytes.
        gap: Duration,
        /// How many tokens the rest carries.
        tokens: u64,
    },
}

/// What is sent for a request.
#[derive(Debug)]
pub(crate) enum Performance {
    /// Not even a status.
    Mute(Ending),
    /// A response.
    Response(Head, Script),
}

/// What comes before the body.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: &'static str,
    /// How many bytes are announced, if that is known before.
    pub(crate) length: Option<usize>,
}

/// The body and its times.
#[derive(Debug)]
pub(crate) struct Script {
    /// When the head and with it the first piece leaves.
    pub(crate) begin: Duration,
    pub(crate) pieces: VecDeque<Piece>,
    pub(crate) ending: Ending,
    pub(crate) faulted: bool,
}

impl Performance {
    /// All goes well.
    pub(crate) fn of(answer: Answer) -> Self {
        let begin = answer.begin();
        let length = (answer.shape == Shape::Json).then(|| answer.bytes());
        let content_type = answer.content_type;
        let head = Head { status: 200, headers: Vec::new(), content_type, length };
        let pieces = answer.pieces;
        Self::Response(head, Script { begin, pieces, ending: Ending::Clean, faulted: false })
    }

    /// A body and nothing else, sent at that moment.
    pub(crate) fn plain(head: Head, begin: Duration, body: Bytes) -> Self {
        let head = Head { length: Some(body.len()), ..head };
        let pieces =
            if body.is_empty() { VecDeque::new() } else { [Piece::at(begin, body)].into() };
        Self::Response(head, Script { begin, pieces, ending: Ending::Clean, faulted: false })
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Self {
        let content_type = "application/json";
        let head = Head { status: refusal.status, headers: Vec::new(), content_type, length: None };
        Self::plain(head, Duration::ZERO, refusal.body().into())
    }

    /// The same, but this is what was to go wrong.
    pub(crate) fn faulted(mut self) -> Self {
        if let Self::Response(_, script) = &mut self {
            script.faulted = true;
        }
        self
    }
}
