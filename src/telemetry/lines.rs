//! How a line of the log looks to people: one line, whatever is in it.

use std::fmt::{self, Write};

use tracing::Subscriber;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Lines for people.
pub(super) fn text<S, W>(writer: W, colours: bool) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'line> MakeWriter<'line> + Send + Sync + 'static,
{
    let fields = debug_fn(field).delimited(" ");
    layer().fmt_fields(fields).with_ansi(colours).with_writer(writer)
}

fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    match field.name() {
        "message" => write!(OneLine(writer), "{value:?}"),
        // Where a line of another log comes from stands in front of it already.
        name if name.starts_with("log.") => Ok(()),
        name => write!(OneLine(writer), "{name}={value:?}"),
    }
}

/// Writes what breaks lines or colours them as what it is.
struct OneLine<'line, 'writer>(&'line mut Writer<'writer>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| match letter.is_control() {
            true => write!(self.0, "{}", letter.escape_default()),
            false => self.0.write_char(letter),
        })
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry;

    use super::*;
    use crate::telemetry::paper::Paper;

    #[test]
    fn nothing_that_is_logged_forges_a_line_or_its_colour() {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = registry().with(text(move || writer.clone(), false));
        let forged = "no\n2026-01-01 ERROR forged\r\u{1b}[31mred\u{9b}1m";

        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", id = %forged, late = tracing::field::Empty);
            span.record("late", tracing::field::display(forged));
            span.in_scope(|| tracing::info!(told = %forged, quoted = forged, "said {forged}"));
        });

        let written = paper.text();
        assert_eq!(written.matches("forged").count(), 5, "{written}");
        assert_eq!(written.trim_end().lines().count(), 1, "{written}");
        assert!(!written.trim_end().chars().any(char::is_control), "{written:?}");
    }
}
