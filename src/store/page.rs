//! Pages of long lists, and the cursors that lead from one to the next.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use crate::store::error::StoreError;

/// The most that one page holds.
const LARGEST: u64 = 1000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The most items.
    pub limit: u64,
    /// Where the page before ended; none for the first one.
    pub cursor: Option<String>,
    /// Only what contains this text, in upper or lower case.
    pub query: Option<String>,
}

impl Page {
    /// The first so many.
    pub fn first(limit: u64) -> Self {
        Self { limit, cursor: None, query: None }
    }

    /// The page that follows one which ended here.
    pub fn after(self, cursor: &str) -> Self {
        Self { cursor: Some(cursor.to_owned()), ..self }
    }

    /// Only of what contains this text.
    pub fn containing(self, query: &str) -> Self {
        Self { query: Some(query.to_owned()), ..self }
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit.clamp(1, LARGEST)
    }

    /// Where the page before ended, in a list of this kind.
    pub(crate) fn begin(&self, kind: Kind) -> Result<Option<Mark>, StoreError> {
        self.cursor.as_deref().map(|cursor| Mark::read(cursor, kind)).transpose()
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// What is on this page.
    pub items: Vec<T>,
    /// What leads to the next page; none if this is the last one.
    pub next_cursor: Option<String>,
}

impl<T> Listed<T> {
    /// The page of these items, of which one too many was read to see whether more follow.
    pub(crate) fn of(mut items: Vec<T>, page: &Page, mark: impl Fn(&T) -> Mark) -> Self {
        let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| mark(last).write());
        Self { items, next_cursor }
    }
}

/// What a list is of. A cursor into one is none into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Conversations = b'c' as isize,
    Turns = b't' as isize,
}

/// An item's place in a list: its moment, and its id among those of the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) kind: Kind,
    pub(crate) at: DateTime<Utc>,
    pub(crate) id: Uuid,
}

impl Mark {
    fn write(self) -> String {
        let mut bytes = vec![self.kind as u8];
        bytes.extend(self.at.timestamp().to_be_bytes());
        bytes.extend(self.at.timestamp_subsec_nanos().to_be_bytes());
        bytes.extend(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(cursor: &str, kind: Kind) -> Result<Self, StoreError> {
        Self::decode(cursor, kind).ok_or(StoreError::BadCursor)
    }

    fn decode(cursor: &str, kind: Kind) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (first, rest) = bytes.split_first()?;
        let (seconds, rest) = rest.split_first_chunk()?;
        let (nanoseconds, id) = rest.split_first_chunk()?;
        let at = DateTime::from_timestamp(
            i64::from_be_bytes(*seconds),
            u32::from_be_bytes(*nanoseconds),
        )?;
        // No database keeps moments of every year that can be written down.
        let sound = *first == kind as u8 && (1970..=9999).contains(&at.year());
        let id = Uuid::from_slice(id).ok()?;
        sound.then_some(Self { kind, at, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        let at = DateTime::from_timestamp(1_790_000_000, 123_456_789).unwrap();
        Mark { kind: Kind::Conversations, at, id: Uuid::new_v4() }
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let cursor = mark();
        assert_eq!(Mark::read(&cursor.write(), Kind::Conversations).unwrap(), cursor);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        assert!(Mark::read(&mark().write(), Kind::Turns).is_err());
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let whole = mark().write();
        let at = DateTime::<Utc>::MIN_UTC;
        let ancient = Mark { at, ..mark() }.write();
        for text in ["", "c", "%%%", &whole[1..], &format!("{whole}AAAA"), &ancient] {
            assert!(Mark::read(text, Kind::Conversations).is_err(), "{text}");
        }
    }
}
