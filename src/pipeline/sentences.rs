//! Cuts a reply into sentences while it streams in.

use std::ops::Range;

/// A piece of a reply that can be said by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The piece, exactly as it stands in the reply.
    pub text: String,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// Whether it ends where a sentence ends, not at a clause or in the middle.
    pub whole: bool,
}

/// Cuts a reply into sentences. The cuts, joined, are the reply.
#[derive(Debug, Default)]
pub struct Cutter {
    pending: String,
    start: usize,
}

impl Cutter {
    /// Ready for a reply.
    pub fn new() -> Self {
        Self::default()
    }

    /// More of the reply: the sentences that are complete with it.
    pub fn push(&mut self, delta: &str) -> Vec<Cut> {
        self.pending.push_str(delta);
        let mut cuts = Vec::new();
        while let Some(end) = self.pending.find(['.', '?', '!', '。', '।']) {
            let end = self.pending.ceil_char_boundary(end + 1);
            cuts.push(self.cut(end, true));
        }
        cuts
    }

    /// The rest, now that the reply is complete.
    pub fn finish(&mut self) -> Vec<Cut> {
        let rest = self.pending.len();
        if rest == 0 { Vec::new() } else { vec![self.cut(rest, false)] }
    }

    fn cut(&mut self, end: usize, whole: bool) -> Cut {
        let rest = self.pending.split_off(end);
        let text = std::mem::replace(&mut self.pending, rest);
        let span = self.start..self.start + text.len();
        self.start = span.end;
        Cut { text, span, whole }
    }
}
