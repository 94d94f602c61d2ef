//! What breaks in the program is told in the log like everything else, and counted.

use std::panic::{self, PanicHookInfo};

/// From now on panics are lines of the log.
pub(super) fn log() {
    panic::set_hook(Box::new(note));
}

fn note(info: &PanicHookInfo<'_>) {
    ::metrics::counter!("repartee_panics_total").increment(1);
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // A message that is put together may hold what somebody said: a slice of a text tells the text.
    let why = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("not told");
    // Decoders that strangers' sound breaks are caught. Nobody from outside is to raise an alarm.
    if place.starts_with("src/") {
        tracing::error!(why, "panicked at {place}");
    } else {
        tracing::warn!(why, "panicked at {place}");
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry;

    use super::*;
    use crate::telemetry::Metrics;
    use crate::telemetry::lines::text;
    use crate::telemetry::paper::Paper;

    #[test]
    fn a_panic_is_a_line_of_the_log_and_is_counted() {
        let metrics = Metrics::start();
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = registry().with(text(move || writer.clone(), false));
        let said = "the marmalade is hidden".to_owned();

        let before = panic::take_hook();
        log();
        tracing::subscriber::with_default(subscriber, || {
            assert!(catch_unwind(|| panic!("as it should in this test")).is_err());
            assert!(catch_unwind(|| panic!("heard {said}")).is_err());
        });
        panic::set_hook(before);

        let written = paper.text();
        assert_eq!(written.lines().count(), 2, "{written}");
        assert_eq!(written.matches("panicked at src/telemetry/panics.rs:").count(), 2, "{written}");
        assert!(written.contains("as it should in this test"), "{written}");
        assert!(!written.contains("marmalade"), "{written}");
        let counted = metrics.render();
        let counted = counted.lines().find(|line| line.starts_with("repartee_panics_total "));
        let counted: u64 = counted.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
        assert!(counted >= 2, "{counted}");
    }
}
