//! Transcription results as a JUnit report.

use std::fs::File;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::commands::failure::Failure;
use crate::commands::transcribe::Heard;

/// Writes a case for each clip, which fails if it could not be heard, or was heard where nothing
/// may be, and one for the error rate
/// over all of them, which fails if it is more than allowed. So the report fails exactly when the
/// command does.
pub fn write(
    file: &Path,
    results: &[Heard],
    (rate, max_wer): (Option<f64>, Option<f64>),
) -> Result<(), Failure> {
    let mut suite = TestSuite::new("transcribe");
    suite.add_test_cases(results.iter().map(case));
    suite.add_test_case(all_together(rate, max_wer));
    let mut report = Report::new("repartee");
    report.add_test_suite(suite);
    let failure = |error: String| Failure::input(format!("--junit: {}: {error}", file.display()));
    let out = File::create(file).map_err(|error| failure(error.to_string()))?;
    report.serialize(out).map_err(|error| failure(error.to_string()))
}

fn case(heard: &Heard) -> TestCase {
    let status = match &heard.error {
        Some(error) => failed(NonSuccessKind::Error, error.clone()),
        None if heard.is_made_up() => failed(
            NonSuccessKind::Failure,
            "nothing may be heard in it, and something was".to_owned(),
        ),
        None => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(heard.clip.clone(), status);
    case.set_time(heard.took);
    if let (Some(transcript), Some(expected)) = (&heard.transcript, &heard.expected) {
        let wrong = heard.word_errors.map_or(0.0, |errors| errors.rate() * 100.0);
        let (text, expected) = (&transcript.text, expected.trim());
        case.set_system_out(format!("heard    {text}\nexpected {expected}\n{wrong:.0} % wrong"));
    }
    case
}

fn all_together(rate: Option<f64>, max_wer: Option<f64>) -> TestCase {
    let status = match (rate, max_wer) {
        (Some(rate), Some(allowed)) if rate > allowed => failed(
            NonSuccessKind::Failure,
            format!(
                "{:.1} % of the words are wrong; {:.1} % are allowed",
                rate * 100.0,
                allowed * 100.0
            ),
        ),
        _ => TestCaseStatus::success(),
    };
    TestCase::new("word error rate", status)
}

fn failed(kind: NonSuccessKind, message: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status
}
