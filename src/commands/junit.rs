//! Transcription results as a JUnit report.

use std::fs::File;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::commands::failure::Failure;
use crate::commands::transcribe::Heard;

/// Writes a case for each clip. A clip fails if it could not be heard, or if more of its words
/// are wrong than `max_wer` allows.
pub fn write(file: &Path, results: &[Heard], max_wer: Option<f64>) -> Result<(), Failure> {
    let mut suite = TestSuite::new("transcribe");
    suite.add_test_cases(results.iter().map(|heard| case(heard, max_wer)));
    let mut report = Report::new("repartee");
    report.add_test_suite(suite);
    let failure = |error: String| Failure::input(format!("--junit: {}: {error}", file.display()));
    let out = File::create(file).map_err(|error| failure(error.to_string()))?;
    report.serialize(out).map_err(|error| failure(error.to_string()))
}

fn case(heard: &Heard, max_wer: Option<f64>) -> TestCase {
    let mut case = TestCase::new(heard.clip.clone(), status(heard, max_wer));
    case.set_time(heard.took);
    case
}

fn status(heard: &Heard, max_wer: Option<f64>) -> TestCaseStatus {
    let (kind, message) = match (&heard.error, &heard.word_errors) {
        (Some(error), _) => (NonSuccessKind::Error, error.clone()),
        (None, Some(errors)) if errors.rate() > max_wer.unwrap_or(f64::INFINITY) => {
            let text = heard.transcript.as_ref().map_or("", |transcript| &transcript.text);
            let expected = heard.expected.as_deref().unwrap_or_default().trim();
            let wrong = errors.rate() * 100.0;
            (
                NonSuccessKind::Failure,
                format!("{wrong:.0} % wrong: heard `{text}`, expected `{expected}`"),
            )
        }
        _ => return TestCaseStatus::success(),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status
}
