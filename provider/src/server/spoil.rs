//! Makes something go wrong with an answer.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::fault::{At, Kind};
use crate::server::performance::{Ending, Head, Performance, Script};
use crate::server::wire::Strike;
use crate::stages::answer::{Answer, Piece, Shape};

const JSON: &str = "application/json";
const BROKEN_JSON: &str = "{\"text\": oops";

/// The answer as it is sent if this goes wrong.
pub(crate) fn spoil(answer: Answer, at: At, kind: Kind) -> Performance {
    let performance = match at {
        At::BeforeFirstByte => before(answer, kind),
        At::AfterBytes(count) => after(answer, count, kind),
    };
    performance.faulted()
}

fn before(answer: Answer, kind: Kind) -> Performance {
    let (begin, content_type) = (answer.begin(), answer.content_type);
    let instead = |content_type, body: Bytes| {
        let head = Head { status: 200, headers: Vec::new(), content_type, length: None };
        Performance::plain(head, begin, body)
    };
    match kind {
        Kind::Status { code, headers, body } => {
            let head = Head { status: code, headers, content_type: JSON, length: None };
            Performance::plain(head, Duration::ZERO, body.into())
        }
        Kind::Reset => Performance::Mute(Ending::Strike(Strike::Reset)),
        Kind::Close => Performance::Mute(Ending::Strike(Strike::Close)),
        Kind::Stall => Performance::Mute(Ending::Stall),
        Kind::Drip(_) => after(answer, 0, kind),
        Kind::BadJson if answer.shape == Shape::Events => {
            instead(content_type, event(BROKEN_JSON).into())
        }
        Kind::BadJson => instead(JSON, BROKEN_JSON.into()),
        Kind::Truncated => {
            let half = middle(&answer);
            after(answer, half, kind)
        }
        Kind::Empty => instead(content_type, Bytes::new()),
        Kind::JsonError => instead(JSON, Kind::server_error_body().into()),
    }
}

fn after(answer: Answer, count: usize, kind: Kind) -> Performance {
    let (begin, shape) = (answer.begin(), answer.shape);
    let announced = (shape == Shape::Json).then(|| answer.bytes());
    let head =
        Head { status: 200, headers: Vec::new(), content_type: answer.content_type, length: None };
    let says_more = matches!(kind, Kind::Status { .. } | Kind::BadJson | Kind::JsonError);
    // What is said instead must not fall into the middle of an event.
    let whole_events = says_more && shape == Shape::Events;
    let tokens = answer.pieces.iter().map(|piece| piece.tokens).sum::<u64>();
    let (mut pieces, rest) = split(answer.pieces, count, whole_events);
    let now = pieces.back().map_or(begin, |piece| piece.after);
    let mut length = announced;
    let ending = match kind {
        Kind::Reset => Ending::Strike(Strike::Reset),
        Kind::Close => Ending::Strike(Strike::Close),
        Kind::Stall => Ending::Stall,
        Kind::Drip(gap) => {
            let sent = pieces.iter().map(|piece| piece.tokens).sum::<u64>();
            Ending::Drip { rest, gap, tokens: tokens - sent }
        }
        _ => {
            pieces.extend(last_words(kind, shape).map(|words| Piece::at(now, words)));
            length = announced.map(|_| pieces.iter().map(|piece| piece.bytes.len()).sum());
            Ending::Clean
        }
    };
    let script = Script { begin, pieces, ending, faulted: false };
    Performance::Response(Head { length, ..head }, script)
}

/// What is said instead of the rest.
fn last_words(kind: Kind, shape: Shape) -> Option<Bytes> {
    let words = match kind {
        Kind::Status { body, .. } => body,
        Kind::JsonError => Kind::server_error_body(),
        Kind::BadJson => BROKEN_JSON.to_owned(),
        _ => return None,
    };
    Some(if shape == Shape::Events { event(&words) } else { words }.into())
}

fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}

/// The first bytes, and the rest. Whole pieces only: the one that the cut falls into is first.
fn split(pieces: VecDeque<Piece>, count: usize, whole: bool) -> (VecDeque<Piece>, Bytes) {
    let (mut first, mut rest) = (VecDeque::new(), BytesMut::new());
    let mut left = count;
    for mut piece in pieces {
        let taken = if whole && left > 0 { piece.bytes.len() } else { piece.bytes.len().min(left) };
        rest.extend_from_slice(&piece.bytes.split_off(taken));
        left = left.saturating_sub(taken);
        if taken > 0 {
            first.push_back(piece);
        }
    }
    (first, rest.freeze())
}

/// Half of the answer: for speech not at the end of a frame, for events at the end of one.
fn middle(answer: &Answer) -> usize {
    let half = answer.bytes() / 2;
    match answer.shape {
        Shape::Json => half,
        Shape::Events => {
            let events = answer.pieces.iter().take(answer.pieces.len() / 2);
            events.map(|piece| piece.bytes.len()).sum()
        }
        Shape::Sound { head, frame } => {
            let frames = half.saturating_sub(head) / frame;
            head + frames * frame + frame / 2
        }
    }
}
