//! A recording before it is written, in parts.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::store::recordings::aside::Aside;

/// A recording: its head, what of it was put aside, and the rest.
#[derive(Clone)]
pub(super) struct Parts {
    head: Option<Bytes>,
    aside: Option<Aside>,
    rest: Arc<[Bytes]>,
}

impl Parts {
    pub(super) fn new(head: Option<Bytes>, aside: Option<Aside>, rest: Vec<Bytes>) -> Self {
        Self { head, aside, rest: rest.into() }
    }

    pub(super) fn len(&self) -> usize {
        self.in_memory() + self.aside.as_ref().map_or(0, Aside::len)
    }

    pub(super) fn in_memory(&self) -> usize {
        self.head.iter().chain(self.rest.iter()).map(Bytes::len).sum()
    }

    /// These bytes of it, which lie within.
    pub(super) async fn read(&self, range: Range<usize>) -> io::Result<Vec<Bytes>> {
        let mut wanted = Window { range, begins: 0 };
        let mut bytes = Vec::new();
        if let Some(head) = &self.head {
            bytes.push(head.slice(wanted.of(head.len())));
        }
        if let Some(aside) = &self.aside {
            bytes.push(aside.read(wanted.of(aside.len())).await?);
        }
        for piece in self.rest.iter() {
            bytes.push(piece.slice(wanted.of(piece.len())));
        }
        bytes.retain(|piece| !piece.is_empty());
        Ok(bytes)
    }
}

/// A range of bytes that is looked for in one piece after the other.
struct Window {
    range: Range<usize>,
    /// Where the next piece begins.
    begins: usize,
}

impl Window {
    /// What of the next piece, which has so many bytes, lies within.
    fn of(&mut self, len: usize) -> Range<usize> {
        let place = |at: usize| at.saturating_sub(self.begins).min(len);
        let part = place(self.range.start)..place(self.range.end);
        self.begins += len;
        part
    }
}
