//! Answers that break off: none of them ever looks whole.

use repartee_provider::{At, Provider, Stage};

use super::*;

const EVERY: usize = 29;

#[tokio::test]
async fn a_cut_reply_never_looks_whole() {
    let provider = Provider::start().await.unwrap();
    let mind = mind(&settings(&provider, &[]));
    let whole = think(&*mind).await.unwrap();
    for kind in [Kind::Close, Kind::Reset, Kind::Truncated] {
        for at in (1..2_600).step_by(EVERY) {
            provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(at), kind.clone()));
            match think(&*mind).await {
                Ok(parts) => assert_eq!(text(&parts), text(&whole), "{kind:?} at {at}"),
                Err(EngineError::Unreadable(_)) => {}
                Err(error) => panic!("{kind:?} at {at}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_cut_transcript_never_looks_whole() {
    let provider = Provider::start().await.unwrap();
    let ear = ear(&settings(&provider, &[]));
    let whole = hear(&*ear).await.unwrap();
    for kind in [Kind::Close, Kind::Reset, Kind::Truncated, Kind::Empty] {
        for at in 1..120 {
            provider.fault(Fault::once(Stage::Hearing, At::AfterBytes(at), kind.clone()));
            match hear(&*ear).await {
                Ok(heard) => assert_eq!(heard, whole, "{kind:?} at {at}"),
                Err(EngineError::Unreadable(_)) => {}
                Err(error) => panic!("{kind:?} at {at}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_cut_line_never_looks_whole() {
    let provider = Provider::start().await.unwrap();
    let mouth = mouth(&settings(&provider, &[]));
    for format in [Format::Mp3, Format::Pcm] {
        for kind in [Kind::Close, Kind::Reset] {
            for at in (1..10_000).step_by(EVERY * 23) {
                provider.fault(Fault::once(Stage::Speaking, At::AfterBytes(at), kind.clone()));
                let spoken = speak(&*mouth, format).await;
                assert!(matches!(spoken, Err(EngineError::Unreadable(_))), "{kind:?} at {at}");
            }
        }
    }
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_reply_is_one() {
    let provider = Provider::start().await.unwrap();
    let mind = mind(&settings(&provider, &[]));
    for (kind, code) in [
        (Kind::JsonError, "engine_unavailable"),
        (Kind::insufficient_quota(), "engine_quota"),
        (Kind::rate_limited("1"), "engine_unavailable"),
        (Kind::BadJson, "engine_refused"),
    ] {
        provider.fault(Fault::once(Stage::Thinking, At::AfterBytes(700), kind.clone()));
        let error = think(&*mind).await.unwrap_err();
        let stage = repartee::pipeline::error::Stage::Thinking;
        assert_eq!(error.in_stage(stage).code(), code, "{kind:?}");
    }
}
