//! What a server does not take is left out from then on.

use repartee::pipeline::engine::Hint;
use repartee_provider::{Provider, Stage};

use super::*;

fn unsupported(parameter: &str) -> Kind {
    let body = format!(
        r#"{{"error":{{"message":"Unsupported parameter: '{parameter}'.","type":"invalid_request_error","param":"{parameter}","code":"unsupported_parameter"}}}}"#
    );
    status(400, &[], &body)
}

#[tokio::test]
async fn a_parameter_that_is_not_taken_is_left_out_at_once_and_ever_after() {
    for parameter in ["temperature", "reasoning_effort", "stream_options"] {
        let provider = Provider::start().await.unwrap();
        let mind = mind(&at_openai(&provider, &[]));
        provider.fault(once(Stage::Thinking, unsupported(parameter)));

        think(&*mind).await.unwrap();
        think(&*mind).await.unwrap();

        let calls = provider.calls(Stage::Thinking);
        let sent: Vec<_> =
            calls.iter().map(|call| call.chat().unwrap().raw.get(parameter).is_some()).collect();
        assert_eq!(sent, [true, false, false], "{parameter}");
    }
}

#[tokio::test]
async fn several_parameters_are_learnt_one_after_the_other() {
    let provider = Provider::start().await.unwrap();
    let mind = mind(&at_openai(&provider, &[]));
    for parameter in ["temperature", "stream_options", "reasoning_effort", "max_completion_tokens"]
    {
        provider.fault(once(Stage::Thinking, unsupported(parameter)));
    }

    think(&*mind).await.unwrap();

    let calls = provider.calls(Stage::Thinking);
    assert_eq!(calls.len(), 5);
    let last = &calls[4].chat().unwrap().raw;
    assert_eq!(last["max_tokens"], 150);
    for parameter in ["temperature", "stream_options", "reasoning_effort", "max_completion_tokens"]
    {
        assert_eq!(last.get(parameter), None, "{parameter}");
    }
}

/// A refusal that names no parameter but in its words, as many servers have it.
fn in_words(message: &str) -> Kind {
    status(400, &[], &format!(r#"{{"error":{{"message":"{message}"}}}}"#))
}

#[tokio::test]
async fn a_value_that_is_refused_is_left_out_of_that_request_alone() {
    let provider = Provider::start().await.unwrap();
    let mind = mind(&settings(&provider, &[]));
    provider.fault(once(Stage::Thinking, in_words("temperature must be at most 0.5")));

    think(&*mind).await.unwrap();
    think(&*mind).await.unwrap();

    let calls = provider.calls(Stage::Thinking);
    let sent: Vec<_> = calls.iter().map(|call| call.chat().unwrap().temperature).collect();
    assert_eq!(sent, [Some(0.7), None, Some(0.7)]);
}

#[tokio::test]
async fn whatever_a_server_says_an_answer_is_never_without_bounds() {
    for complaint in [
        in_words("'max_tokens' or 'max_completion_tokens' is too large: 9000"),
        unsupported("max_tokens"),
        unsupported("max_completion_tokens"),
    ] {
        let provider = Provider::start().await.unwrap();
        let mind = mind(&settings(&provider, &[]));
        provider.fault(always(Stage::Thinking, complaint));
        think(&*mind).await.unwrap_err();
        provider.clear_faults();

        think(&*mind).await.unwrap();

        for call in provider.calls(Stage::Thinking) {
            let raw = &call.chat().unwrap().raw;
            let bounds = [&raw["max_completion_tokens"], &raw["max_tokens"]];
            assert!(bounds.iter().any(|bound| **bound == 150), "{raw}");
        }
    }
}

#[tokio::test]
async fn a_complaint_about_something_else_is_an_error() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Thinking, unsupported("messages")));

    let error = ask(&settings(&provider, &[]), Stage::Thinking).await.unwrap_err();

    assert!(error.to_string().contains("messages"), "{error}");
    only_call(&provider, Stage::Thinking);
}

#[tokio::test]
async fn hints_are_told_in_another_way_where_the_first_is_not_taken() {
    let provider = Provider::start().await.unwrap();
    let ear = ear(&at_openai(&provider, &[]));
    provider.fault(once(Stage::Hearing, unsupported("language")));
    provider.fault(once(Stage::Hearing, unsupported("keywords")));
    let hint = Hint { language: "hi".parse().ok(), keywords: vec!["Robin".into()] };

    ear.transcribe(&clip(), &hint).await.unwrap();

    let calls = provider.calls(Stage::Hearing);
    assert_eq!(calls.len(), 3);
    let last = calls[2].upload().unwrap();
    assert_eq!((last.field("language"), last.field("languages[]")), (None, Some("hi")));
    assert_eq!((last.field("keywords[]"), last.field("prompt")), (None, Some("Robin")));
}

#[tokio::test]
async fn a_language_that_is_not_known_is_left_out_once() {
    let provider = Provider::start().await.unwrap();
    let ear = ear(&settings(&provider, &[]));
    let body = r#"{"error":{"message":"Invalid language 'tlh'.","param":"language"}}"#;
    provider.fault(once(Stage::Hearing, status(400, &[], body)));
    for tag in ["tlh", "de"] {
        let hint = Hint { language: tag.parse().ok(), ..Hint::default() };
        ear.transcribe(&clip(), &hint).await.unwrap();
    }

    let calls = provider.calls(Stage::Hearing);
    let told: Vec<_> = calls.iter().map(|call| call.upload().unwrap().field("language")).collect();
    assert_eq!(told, [Some("tlh"), None, Some("de")]);
}

#[tokio::test]
async fn a_pace_that_is_not_taken_is_left_out() {
    let provider = Provider::start().await.unwrap();
    let mouth = mouth(&settings(&provider, &[]));
    provider.fault(once(Stage::Speaking, unsupported("speed")));
    let delivery = Delivery { speed: 1.5, gain_db: 0.0 };

    let line = Line { delivery, ..line("Paris.") };
    let sounds: Vec<_> = mouth.speak(line, Format::Mp3).try_collect().await.unwrap();

    assert!(!sounds.is_empty());
    let calls = provider.calls(Stage::Speaking);
    let speeds: Vec<_> = calls.iter().map(|call| call.speech().unwrap().speed).collect();
    assert_eq!(speeds, [Some(1.5), None]);
}
