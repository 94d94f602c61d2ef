//! The list of models, keys and paths.

use repartee_provider::{Behaviour, Model, Provider, Stage};
use serde_json::json;

use crate::asking::{ask, get, hear, request, speak, think, with};

#[tokio::test]
async fn models_are_listed_with_the_day_they_go() {
    let models = vec![Model::named("one"), Model::named("two").until("2027-01-06")];
    let provider = with(Behaviour { models, ..Behaviour::default() }).await;
    for path in ["/v1/models", "/models", "/some/where/v1/models"] {
        let answer = ask(&provider, &get(path)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.header("x-request-id").is_some());
        let list = answer.json();
        assert_eq!(list["object"], "list");
        let one = json!({
            "id": "one", "object": "model", "created": 1_767_225_600, "owned_by": "system",
        });
        assert_eq!(list["data"][0], one);
        assert_eq!(list["data"][1]["shutdown_date"], "2027-01-06");
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_is_refused_and_noted() {
    let provider = Provider::start().await.unwrap();
    let answer = ask(&provider, &get("/v1/elsewhere")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["message"], "Invalid URL (GET /v1/elsewhere)");
    assert_eq!(provider.calls(Stage::Elsewhere)[0].path, "/v1/elsewhere");
}

#[tokio::test]
async fn only_the_key_opens_if_there_is_one() {
    let provider =
        with(Behaviour { required_key: Some("key".into()), ..Behaviour::default() }).await;
    let answer = ask(&provider, &request(Stage::Models)).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"]["code"], "invalid_api_key");
    assert_eq!(ask(&provider, &speak()).await.status, 200);
    assert!(!provider.calls(Stage::Models)[0].authorized);
    assert!(provider.calls(Stage::Speaking)[0].authorized);
}

#[tokio::test]
async fn models_that_are_not_listed_are_refused_by_a_strict_provider() {
    let models = vec![Model::named("another")];
    let strict = Behaviour { models, strict_models: true, ..Behaviour::default() };
    let provider = with(strict).await;
    for request in [hear(), think(), speak()] {
        let answer = ask(&provider, &request).await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.json()["error"]["code"], "model_not_found");
    }
    provider.set(Behaviour { strict_models: false, ..provider.behaviour() });
    assert_eq!(ask(&provider, &think()).await.status, 200);
}
