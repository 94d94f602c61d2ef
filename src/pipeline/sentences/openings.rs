//! What has been opened and not yet closed: quotes, brackets, emphasis.

/// Open quotes, brackets and emphasis, up to the end of the line.
#[derive(Debug, Default)]
pub(super) struct Openings {
    quoted: bool,
    emphasized: bool,
    brackets: u8,
    link: bool,
}

impl Openings {
    /// Whether something is open, so that a stop may be followed by what closes it.
    pub(super) fn any(&self) -> bool {
        self.quoted || self.emphasized || self.brackets > 0
    }

    /// Whether the text of a Markdown link is open: what is cut off it is no link any more.
    pub(super) fn in_link(&self) -> bool {
        self.link
    }

    /// Goes past one character.
    pub(super) fn note(&mut self, previous: Option<char>, character: char) {
        match character {
            '\n' => *self = Self::default(),
            '"' => self.quoted = !self.quoted,
            '*' | '`' if previous != Some(character) => {
                self.emphasized = previous.is_none_or(|previous| !closes_after(previous));
            }
            // A bullet, or a sum.
            ' ' if previous == Some('*') => self.emphasized = false,
            '[' => self.open_link(),
            ']' => self.close_link(),
            _ if opens(character) => self.brackets = self.brackets.saturating_add(1),
            _ if closes(character) => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
    }

    fn open_link(&mut self) {
        self.link = true;
        self.brackets = self.brackets.saturating_add(1);
    }

    fn close_link(&mut self) {
        self.link = false;
        self.brackets = self.brackets.saturating_sub(1);
    }
}

/// Whether emphasis right after this character closes rather than opens.
fn closes_after(previous: char) -> bool {
    !previous.is_whitespace() && !opens(previous) && previous != '"'
}

fn opens(character: char) -> bool {
    matches!(character, '(' | '[' | '{' | '“' | '«' | '「' | '『' | '（' | '【' | '《')
}

fn closes(character: char) -> bool {
    matches!(character, ')' | ']' | '}' | '”' | '»' | '」' | '』' | '）' | '】' | '》')
}

/// Whether this character, right after a stop, still belongs to the sentence.
pub(super) fn belongs_to_stop(character: char) -> bool {
    closes(character) || matches!(character, '"' | '\'' | '’' | '*' | '_' | '`' | '~')
}
