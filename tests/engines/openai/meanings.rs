//! Every way in which a server says no, by what it means.

use repartee_provider::{Provider, Stage};

use super::*;

async fn error(stage: Stage, kind: Kind) -> EngineError {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(stage, kind));
    ask(&settings(&provider, &[("SPEAKING_MODEL", "voice-1")]), stage).await.unwrap_err()
}

#[tokio::test]
async fn a_key_that_is_refused_names_its_variable() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    behaviour.required_key = Some("sk-right".into());
    provider.set(behaviour);

    for (more, variable) in
        [(&[][..], "OPENAI_API_KEY"), (&[("THINKING_API_KEY", "sk-wrong")][..], "THINKING_API_KEY")]
    {
        provider.reset_journal();
        let error = ask(&settings(&provider, more), Stage::Thinking).await.unwrap_err();
        assert!(matches!(error, EngineError::Misconfigured(_)), "{error}");
        assert!(error.to_string().contains(variable), "{error}");
        only_call(&provider, Stage::Thinking);
    }
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_asked_once() {
    for stage in STAGES {
        let provider = Provider::start().await.unwrap();
        provider.fault(always(stage, Kind::insufficient_quota()));

        let error = ask(&settings(&provider, &[]), stage).await.unwrap_err();

        assert_eq!(error, EngineError::Quota);
        only_call(&provider, stage);
    }
}

#[cfg(not(feature = "embedded"))]
#[tokio::test]
async fn a_voice_that_is_gone_is_named() {
    let gone = EngineError::Gone("voice-1".into());
    assert_eq!(error(Stage::Speaking, Kind::model_gone()).await, gone);
}

#[tokio::test]
async fn a_model_that_is_gone_is_named() {
    let gone = |model: &str| EngineError::Gone(model.into());
    assert_eq!(error(Stage::Hearing, Kind::model_gone()).await, gone("gpt-transcribe"));
    assert_eq!(error(Stage::Thinking, Kind::model_gone()).await, gone("gpt-6-luna"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Provider::start().await.unwrap();
    let url = format!("{}/chat/completions", elsewhere.base_url());

    let error = error(Stage::Thinking, Kind::redirect(&url)).await;

    assert!(error.to_string().contains("elsewhere"), "{error}");
    assert!(elsewhere.journal().is_empty());
}

#[tokio::test]
async fn nobody_there_is_told_with_what_to_look_at() {
    let provider = Provider::start().await.unwrap();
    let settings = settings(&provider, &[]);
    drop(provider);

    for stage in STAGES {
        let error = ask(&settings, stage).await.unwrap_err();
        assert!(matches!(error, EngineError::Unavailable(_)), "{error}");
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn a_server_without_a_secure_connection_sees_no_key() {
    let provider = Provider::start().await.unwrap();
    let secure = provider.base_url().replace("http:", "https:");

    let error = ask(&settings(&provider, &[("HEARING_BASE_URL", &secure)]), Stage::Hearing).await;

    let told = error.unwrap_err().to_string();
    assert!(told.contains("no secure connection"), "{told}");
    assert!(provider.journal().is_empty());
}

#[tokio::test]
async fn what_is_no_answer_is_told_so() {
    for stage in STAGES {
        for kind in [
            Kind::Empty,
            Kind::BadJson,
            Kind::JsonError,
            Kind::Truncated,
            status(200, &[], "<html>Welcome</html>"),
            status(200, &[], "[1, 2]"),
        ] {
            let sound_is_read_later = stage == Stage::Speaking && kind == Kind::Truncated;
            let named = format!("{stage:?} {kind:?}");
            if sound_is_read_later {
                continue;
            }
            let error = error(stage, kind).await;
            let told = matches!(error, EngineError::Unreadable(_) | EngineError::Unavailable(_));
            assert!(told, "{named}: {error}");
            let told = error.to_string();
            assert!(!told.contains("Welcome") && !told.contains("oops"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_providers_own_words_are_never_passed_on() {
    let body = r#"{"error":{"message":"Incorrect API key sk-test of ann@example.com","code":"sk-test!","param":"Ann said hello"}}"#;
    for stage in STAGES {
        for code in [400, 401, 403, 404, 409, 413, 415, 422, 500, 503] {
            let told = error(stage, status(code, &[], body)).await.to_string();
            let secret = ["sk-test", "ann@", "Ann said", "Incorrect"];
            assert!(!secret.iter().any(|secret| told.contains(secret)), "{code}: {told}");
        }
    }
}
