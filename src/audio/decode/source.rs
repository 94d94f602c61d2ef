//! A clip's bytes as symphonia wants to read them.

use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

use bytes::Bytes;
use symphonia::core::io::MediaSource;

use crate::audio::decode::allowance::Allowance;

/// Bytes that are read without being copied, between a head and a tail that were not sent so.
pub(crate) struct Source {
    head: Vec<u8>,
    bytes: Bytes,
    tail: Vec<u8>,
    position: u64,
    /// How long to pretend to be; none if it may only be read forward.
    length: Option<u64>,
    allowance: Option<Allowance>,
}

impl Source {
    /// The bytes from the front to the back only.
    pub(crate) fn forward(bytes: Bytes) -> Self {
        let (head, tail) = (Vec::new(), Vec::new());
        Self { head, bytes, tail, position: 0, length: None, allowance: None }
    }

    /// The bytes in any order, as if there were so many: a reader that is told that a clip was
    /// cut off gives up at once, while one that finds out has already read what there is.
    pub(crate) fn seekable(bytes: Bytes, length: u64) -> Self {
        Self { length: Some(length), ..Self::forward(bytes) }
    }

    /// The bytes behind a head of their own.
    pub(crate) fn with_head(head: Vec<u8>, bytes: Bytes) -> Self {
        Self { head, ..Self::forward(bytes) }
    }

    /// The bytes in any order, before a tail of their own.
    pub(crate) fn with_tail(bytes: Bytes, tail: Vec<u8>) -> Self {
        let length = (bytes.len() + tail.len()) as u64;
        Self { tail, ..Self::seekable(bytes, length) }
    }

    /// The same, read no further than is allowed.
    pub(crate) fn held_to(self, allowance: Allowance) -> Self {
        Self { allowance: Some(allowance), ..self }
    }

    fn rest(&self) -> &[u8] {
        let mut position = usize::try_from(self.position).unwrap_or(usize::MAX);
        for part in [&self.head[..], &self.bytes, &self.tail] {
            match position.checked_sub(part.len()) {
                None => return &part[position..],
                Some(behind) => position = behind,
            }
        }
        &[]
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.allowance.as_ref().is_some_and(|allowed| !allowed.covers(self.position)) {
            return Err(ErrorKind::TimedOut.into());
        }
        let rest = self.rest();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        if let Some(allowance) = &self.allowance {
            allowance.read_to(self.position);
        }
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.length.and_then(|end| end.checked_add_signed(offset)),
        };
        self.position = target.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        self.length.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}
