//! Server-sent events, taken apart as their bytes come in.

/// The longest line, and the most data of one event.
const LONGEST: usize = 1024 * 1024;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What it calls itself; mostly nothing.
    pub name: String,
    /// What it carries.
    pub data: String,
}

/// A line or an event is longer than anybody needs.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

/// Takes bytes in as they come, cut anywhere.
#[derive(Default)]
pub struct Events {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it ends the same line.
    returned: bool,
    begun: bool,
    event: Event,
    has_data: bool,
}

impl Events {
    /// Takes the next bytes and gives the events that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.returned) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = &rest[..end.unwrap_or(rest.len())];
            if self.line.len() + piece.len() > LONGEST {
                return Err(TooLong);
            }
            self.line.extend_from_slice(piece);
            let Some(end) = end else { break };
            self.returned = rest[end] == b'\r';
            rest = &rest[end + 1..];
            events.extend(self.end_line()?);
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Result<Option<Event>, TooLong> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return Ok(std::mem::take(&mut self.has_data).then_some(event));
        }
        let text = String::from_utf8_lossy(line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.event.name = value.to_owned(),
            "data" => self.add(value)?,
            // A comment, or a field that nobody needs.
            _ => {}
        }
        Ok(None)
    }

    fn add(&mut self, value: &str) -> Result<(), TooLong> {
        if self.event.data.len() + value.len() >= LONGEST {
            return Err(TooLong);
        }
        if std::mem::replace(&mut self.has_data, true) {
            self.event.data.push('\n');
        }
        self.event.data.push_str(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<Event> {
        Events::default().push(bytes).unwrap()
    }

    fn data(bytes: &[u8]) -> Vec<String> {
        read(bytes).into_iter().map(|event| event.data).collect()
    }

    #[test]
    fn every_kind_of_line_is_understood() {
        let stream = "\u{feff}: hello\r\ndata: one\r\n\r\nevent: error\ndata:two\ndata:  three\nid: 7\n\n\n\ndata\r\rdata: no end";
        let events = read(stream.as_bytes());

        assert_eq!(events[0], Event { name: String::new(), data: "one".into() });
        assert_eq!(events[1], Event { name: "error".into(), data: "two\n three".into() });
        assert_eq!(events[2], Event::default());
        assert_eq!(events.len(), 3);
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(data(b"data: a\xff\xfeb\n\n"), ["a\u{fffd}\u{fffd}b"]);
    }

    #[test]
    fn a_line_or_an_event_without_end_is_refused() {
        let mut events = Events::default();
        let mut pushed = (0..17).map(|_| events.push(&[b'x'; 65_536]));
        assert!(pushed.any(|pushed| pushed == Err(TooLong)));

        let mut events = Events::default();
        let line = format!("data: {}\n", "y".repeat(65_536));
        let mut pushed = (0..17).map(|_| events.push(line.as_bytes()));
        assert!(pushed.any(|pushed| pushed == Err(TooLong)));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_bytes_are_cut(
            lines in prop::collection::vec(("[ -~é漢🎉]{0,12}", 0..3_usize), 0..12),
            sizes in prop::collection::vec(1..9_usize, 1..40),
        ) {
            let ends = ["\n", "\r\n", "\r"];
            let mut stream = Vec::new();
            for (text, end) in &lines {
                let end = ends[*end];
                stream.extend(format!("data: {text}{end}: x{end}{end}").bytes());
            }
            stream.extend(b"data: last\n\n");
            let whole = read(&stream);

            let mut events = Events::default();
            let (mut cut, mut rest) = (Vec::new(), stream.as_slice());
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, left) = rest.split_at((*size).min(rest.len()));
                cut.extend(events.push(piece).unwrap());
                rest = left;
            }

            prop_assert_eq!(&cut, &whole);
            let texts: Vec<_> = lines.iter().map(|(text, _)| text.as_str()).chain(["last"]).collect();
            let read: Vec<_> = whole.iter().map(|event| event.data.as_str()).collect();
            prop_assert_eq!(read, texts);
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Events::default().push(&bytes);
        }
    }
}
