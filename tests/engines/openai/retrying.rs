//! Asking again: seldom, not too early, and never when something was received.

use std::time::Duration;

use repartee_provider::{At, Provider, Stage};

use super::*;

/// How long after the first call the second came.
#[track_caller]
fn gap(calls: &[Call]) -> Duration {
    assert_eq!(calls.len(), 2);
    calls[1].arrived - calls[0].arrived
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept() {
    for (stage, header, least) in [
        (Stage::Hearing, ("retry-after", "1"), Duration::from_secs(1)),
        (Stage::Thinking, ("retry-after-ms", "300"), Duration::from_millis(300)),
        (Stage::Speaking, ("retry-after", "0.3"), Duration::from_millis(300)),
    ] {
        for code in [429, 503] {
            let provider = Provider::start().await.unwrap();
            provider.fault(once(stage, status(code, &[header], "{}")));

            ask(&settings(&provider, &[]), stage).await.unwrap();

            assert!(gap(&provider.calls(stage)) >= least, "{stage:?}");
        }
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_and_not_kept() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        provider.fault(once(stage, Kind::rate_limited("30")));
        let settings = settings(&provider, &[]);

        let error = ask(&settings, stage).await.unwrap_err();

        assert_eq!(error, EngineError::Limited { retry_after: Duration::from_secs(30) });
        only_call(&provider, stage);

        provider.reset_journal();
        provider.fault(once(stage, status(503, &[("retry-after", "60")], "{}")));
        let error = ask(&settings, stage).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
        only_call(&provider, stage);
    }
}

#[tokio::test]
async fn a_failure_is_tried_again_twice_and_no_more() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        let settings = settings(&provider, &[]);
        for kind in [Kind::server_error(500), Kind::Reset, Kind::Close] {
            provider.fault(once(stage, kind.clone()));
            ask(&settings, stage).await.unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            assert_eq!(provider.calls(stage).len(), 2, "{kind:?}");
            provider.reset_journal();
        }

        provider.fault(always(stage, Kind::server_error(502)));
        let error = ask(&settings, stage).await.unwrap_err();
        assert!(matches!(error, EngineError::Unavailable(_)), "{error}");
        assert_eq!(provider.calls(stage).len(), 3);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_not_tried_again() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        let settings = settings(&provider, &[]);
        for code in [400, 401, 403, 404, 409, 413, 422, 501] {
            provider.fault(once(stage, status(code, &[], "{}")));
            assert!(ask(&settings, stage).await.is_err(), "{code}");
        }
        assert_eq!(provider.calls(stage).len(), 8, "{stage:?}");
    }
}

#[tokio::test]
async fn after_the_first_byte_nothing_is_asked_again() {
    for stage in STAGES {
        for kind in [Kind::Reset, Kind::Close] {
            let provider = Provider::start().await.unwrap();
            provider.fault(Fault::once(stage, At::AfterBytes(20), kind));

            let error = ask(&settings(&provider, &[]), stage).await.unwrap_err();

            assert!(matches!(error, EngineError::Unreadable(_)), "{error}");
            only_call(&provider, stage);
        }
    }
}
