//! Paper that tests have the log written on.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// Clones are the same sheet.
#[derive(Clone, Default)]
pub(super) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    /// What is written on it.
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.locked().clone()).unwrap()
    }

    fn locked(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap()
    }
}

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.locked().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
