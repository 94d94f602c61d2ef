//! Talking to the person, or the script, at the terminal.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use chrono::Utc;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use crate::commands::failure::Failure;
use crate::telemetry;

/// Prints a line of the result on standard output.
pub fn tell(line: impl AsRef<str>) -> Result<(), Failure> {
    writeln!(io::stdout(), "{}", line.as_ref()).map_err(Failure::output)
}

/// Prints the result as JSON on standard output.
pub fn tell_json(result: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(result).map_err(|error| Failure::broken(&error))?;
    tell(text)
}

/// Prints a line on standard error, beside the result.
pub fn note(line: impl AsRef<str>) {
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(io::stderr(), "{}", line.as_ref());
}

/// Prints what went wrong, and what that came from.
pub fn complain(failure: &Failure) {
    let mut causes = Vec::new();
    let mut cause = failure.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    if telemetry::is_for_machines() {
        let fields = json!({
            "message": failure.to_string(),
            "problem.code": failure.code(),
            "because": causes,
        });
        let now = Utc::now().to_rfc3339();
        return note(json!({ "timestamp": now, "level": "ERROR", "fields": fields }).to_string());
    }
    note(format!("error: {failure}"));
    for cause in causes {
        note(format!("  because: {cause}"));
    }
}

/// A spinner that says what is being waited for; invisible when nobody watches.
pub fn waiting(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what).with_finish(ProgressFinish::AndClear);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// A bar that counts; invisible when nobody watches.
pub fn counting(what: &'static str, count: usize) -> ProgressBar {
    let bar = ProgressBar::new(count as u64).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
