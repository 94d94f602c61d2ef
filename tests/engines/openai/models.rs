//! Which models are on their way out.

use chrono::{Days, Utc};
use repartee_provider::{Model, Provider};

use super::*;

#[tokio::test]
async fn models_are_told_of_before_they_go() {
    let provider = Provider::start().await.unwrap();
    let mut behaviour = provider.behaviour();
    let day = Utc::now().date_naive() + Days::new(46);
    behaviour.models = vec![
        Model::named("gpt-transcribe"),
        Model::named("gpt-4o-mini-tts").until(&day.to_string()),
    ];
    provider.set(behaviour);

    let retirements = engines::retirements(&settings(&provider, &[])).await.unwrap();

    assert_eq!(provider.journal().len(), 1, "one server is asked once");
    let told: Vec<_> = retirements.iter().map(ToString::to_string).collect();
    assert_eq!(retirements.len(), 2, "{told:?}");
    assert!(told[0].contains("gpt-6-luna") && retirements[0].is_unlisted(), "{told:?}");
    assert_eq!(retirements[1].shutdown_date, Some(day));
    assert!(matches!(retirements[1].days_left, Some(45..=46)), "{told:?}");
}

#[tokio::test]
async fn each_server_is_asked_for_its_own() {
    let (common, other) = (Provider::start().await.unwrap(), Provider::start().await.unwrap());
    let base_url = other.base_url();
    let more = [("THINKING_BASE_URL", base_url.as_str()), ("SPEAKING_ENGINE", "embedded")];

    engines::retirements(&settings(&common, &more)).await.unwrap();

    assert_eq!((common.journal().len(), other.journal().len()), (1, 1));
}

#[tokio::test]
async fn a_server_without_a_list_tells_nothing_and_a_refused_key_is_an_error() {
    let provider = Provider::start().await.unwrap();
    provider.fault(once(Stage::Models, status(404, &[], "")));
    let found = engines::retirements(&settings(&provider, &[])).await;
    assert_eq!(found, Ok(Vec::new()));

    provider.fault(once(Stage::Models, status(401, &[], "")));
    let error = engines::retirements(&settings(&provider, &[])).await.unwrap_err();
    assert!(error.to_string().contains("OPENAI_API_KEY"), "{error}");
}
