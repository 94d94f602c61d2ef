//! Remembers what was spoken, and recognises it when it is heard again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sound::bank::{Bank, FRAMES, MP3_FRAME_BYTES};
use crate::sound::length::frame_bytes;

/// How far two lines in a row begin from each other; it meets every frame before it repeats.
const STRIDE: usize = 617;
/// Own speech begins before this many bytes of a file, tags included.
const SEARCHED: usize = 8_192;

/// Which text begins with which frame. As every line begins elsewhere in the loop, its first
/// frame tells which line it is.
#[derive(Debug, Default)]
pub(crate) struct Recall(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    texts: HashMap<usize, String>,
    spoken: usize,
}

impl Recall {
    /// Gives the frame that this text is to begin with.
    pub(crate) fn begin(&self, text: &str) -> usize {
        let mut lines = self.lines();
        let first = lines.spoken * STRIDE % FRAMES;
        lines.spoken = (lines.spoken + 1) % FRAMES;
        lines.texts.insert(first, text.to_owned());
        first
    }

    /// What this file says if it is own speech: one line, or more that were joined.
    pub(crate) fn recognise(&self, file: &[u8]) -> Option<String> {
        let bank = Bank::shared();
        let mut heard: Vec<String> = Vec::new();
        let (mut at, mut next) = (0, None);
        while at < file.len() && (at < SEARCHED || !heard.is_empty()) {
            let frame = file.get(at..at + MP3_FRAME_BYTES).and_then(|frame| bank.place(frame));
            let Some(place) = frame else {
                at += frame_bytes(&file[at..]).unwrap_or(1);
                continue;
            };
            if next != Some(place) {
                heard.extend(self.lines().texts.get(&place).cloned());
            }
            next = Some((place + 1) % FRAMES);
            at += MP3_FRAME_BYTES;
        }
        (!heard.is_empty()).then(|| heard.join(" "))
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
