//! Talking to the person, or the script, at the terminal.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;

use crate::commands::failure::Failure;

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
    note(format!("error: {failure}"));
    let mut cause = failure.source();
    while let Some(error) = cause {
        note(format!("  because: {error}"));
        cause = error.source();
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
