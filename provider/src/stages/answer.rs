//! An answer before anything has gone wrong with it.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

/// Some bytes and the moment at which they leave.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) after: Duration,
    pub(crate) bytes: Bytes,
    /// How many tokens of a reply they carry.
    pub(crate) tokens: u64,
}

impl Piece {
    pub(crate) fn at(after: Duration, bytes: Bytes) -> Self {
        Self { after, bytes, tokens: 0 }
    }
}

/// What the bytes of an answer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One document, whose length is announced.
    Json,
    /// Server-sent events, one to a piece.
    Events,
    /// Frames of so many bytes after a head of so many.
    Sound {
        /// Bytes before the first frame.
        head: usize,
        /// Bytes of each frame.
        frame: usize,
    },
}

/// What is answered, and what it costs.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content_type: &'static str,
    pub(crate) shape: Shape,
    pub(crate) pieces: VecDeque<Piece>,
    /// What it costs in any case.
    pub(crate) price: u64,
    /// What each of its tokens costs.
    pub(crate) price_per_token: u64,
}

impl Answer {
    /// A document.
    pub(crate) fn json(after: Duration, document: String) -> Self {
        Self {
            content_type: "application/json",
            shape: Shape::Json,
            pieces: [Piece::at(after, document.into())].into(),
            price: 0,
            price_per_token: 0,
        }
    }

    /// When its first byte leaves.
    pub(crate) fn begin(&self) -> Duration {
        self.pieces.front().map_or(Duration::ZERO, |piece| piece.after)
    }

    /// How many bytes it has.
    pub(crate) fn bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.bytes.len()).sum()
    }
}
