//! A conversation as Markdown, in which what was said stays what was said.

use crate::domain::turn::TurnStatus;
use crate::store::{Conversation, Turn};

/// All of it; `name` is who answered.
pub fn conversation(conversation: &Conversation, turns: &[Turn], name: &str) -> String {
    let name = plain(name);
    let title = plain(conversation.title.as_deref().unwrap_or("Conversation"));
    let mut text = format!("# {title}\n");
    for turn in turns {
        let time = turn.created_at.format("%Y-%m-%d %H:%M");
        let heard = plain(turn.transcript.as_deref().unwrap_or("—"));
        let spoken = plain(turn.spoken.as_deref().unwrap_or("—"));
        let cut = if turn.status == TurnStatus::Interrupted { " *(interrupted)*" } else { "" };
        text.push_str(&format!(
            "\n**You** ({time} UTC)\n\n{heard}\n\n**{name}**\n\n{spoken}{cut}\n"
        ));
    }
    text
}

/// These words, with nothing in them that Markdown or HTML would read as its own.
fn plain(words: &str) -> String {
    let lines: Vec<_> = words.lines().map(str::trim).map(plain_line).collect();
    lines.join("\n")
}

fn plain_line(line: &str) -> String {
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut plain = String::with_capacity(line.len());
    for (at, character) in line.char_indices() {
        let everywhere = "\\`*_[]<>&~|#".contains(character);
        // Only where a line begins do these make lists and headings.
        let first = at == 0 && "-+=".contains(character);
        let numbering = number > 0 && at == number && ".)".contains(character);
        if everywhere || first || numbering {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_no_markup() {
        for (said, written) in [
            ("Is it 5 o'clock? 9.30 - no.", "Is it 5 o'clock? 9.30 - no."),
            ("# Not a title", "\\# Not a title"),
            ("1. Not a list\n    - nor this", "1\\. Not a list\n\\- nor this"),
            ("=\n2) *bold* _soft_", "\\=\n2\\) \\*bold\\* \\_soft\\_"),
            ("<img src=x> &lt; ![a](b)", "\\<img src=x\\> \\&lt; !\\[a\\](b)"),
            ("`code` | ~~gone~~ \\ größer", "\\`code\\` \\| \\~\\~gone\\~\\~ \\\\ größer"),
        ] {
            assert_eq!(plain(said), written);
        }
    }
}
