//! Chat completions.

use std::time::{Duration, Instant};

use repartee_provider::{Behaviour, Provider, Reply, Stage};
use serde_json::{Value, json};

use crate::asking::{ask, chat, post, post_json, think, tokens, with};

const PATH: &str = "/v1/chat/completions";

fn parsed(event: &str) -> Value {
    serde_json::from_str(event).unwrap()
}

#[tokio::test]
async fn a_stream_has_the_shape_of_the_real_one() {
    let provider = with(Behaviour { reply: Reply::text("One two."), ..Behaviour::default() }).await;
    let usage = json!({"stream": true, "stream_options": {"include_usage": true}});
    let answer = ask(&provider, &post_json(PATH, &chat(&usage))).await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    let events = answer.events();
    let [role, one, two, end, usage, done] = &events[..] else { panic!("{events:#?}") };
    let role = parsed(role);
    assert_eq!(role["object"], "chat.completion.chunk");
    assert_eq!(role["model"], "gpt-6-luna");
    assert!(role["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert!(role["created"].is_u64());
    assert_eq!(role["choices"][0]["delta"]["role"], "assistant");
    let expected = json!([
        {"index": 0, "delta": {"content": "One"}, "logprobs": null, "finish_reason": null}
    ]);
    assert_eq!(parsed(one)["choices"], expected);
    assert_eq!(parsed(one)["usage"], json!(null));
    assert_eq!(parsed(two)["choices"][0]["delta"]["content"], " two.");
    assert_eq!(parsed(end)["choices"][0]["delta"], json!({}));
    assert_eq!(parsed(end)["choices"][0]["finish_reason"], "stop");
    assert_eq!(parsed(usage)["choices"], json!([]));
    assert_eq!(parsed(usage)["usage"]["completion_tokens"], 2);
    assert_eq!(parsed(usage)["usage"]["prompt_tokens"], 7);
    assert_eq!(done, "[DONE]");
}

#[tokio::test]
async fn a_document_has_the_shape_of_the_real_one() {
    let summary = Some(Reply::text("A \"summary\"."));
    let provider = with(Behaviour { summary, ..Behaviour::default() }).await;
    let document = ask(&provider, &post_json(PATH, &chat(&json!({})))).await.json();
    assert_eq!(document["object"], "chat.completion");
    let message = json!({"role": "assistant", "content": "A \"summary\".", "refusal": null});
    assert_eq!(document["choices"][0]["message"], message);
    assert_eq!(document["choices"][0]["finish_reason"], "stop");
    assert_eq!(document["usage"]["total_tokens"], 9);
    // The summary is for those who do not stream.
    assert_eq!(tokens(&ask(&provider, &think()).await)[1], "The");
}

#[tokio::test]
async fn replies_end_at_the_length_allowed() {
    let provider = Provider::start().await.unwrap();
    let short = json!({"stream": true, "max_completion_tokens": 2});
    let answer = ask(&provider, &post_json(PATH, &chat(&short))).await;
    assert_eq!(tokens(&answer), ["", "The", " capital"]);
    assert!(answer.text().contains("\"finish_reason\":\"length\""));
    provider.set(Behaviour { reply: Reply::text("So.").cut_short(), ..provider.behaviour() });
    assert!(ask(&provider, &think()).await.text().contains("\"finish_reason\":\"length\""));
}

#[tokio::test]
async fn functions_are_called_piece_by_piece() {
    let reply = Reply::default().calling("call_1", "look", &["{\"at\":", "\"sea\"}"]);
    let provider = with(Behaviour { reply, ..Behaviour::default() }).await;
    let events = ask(&provider, &think()).await.events();
    let call = |event: &str| parsed(event)["choices"][0]["delta"]["tool_calls"][0].clone();
    assert_eq!(call(&events[1])["function"]["name"], "look");
    assert_eq!(call(&events[1])["id"], "call_1");
    assert_eq!(call(&events[2])["function"]["arguments"], "{\"at\":");
    assert_eq!(call(&events[3])["function"]["arguments"], "\"sea\"}");
    assert_eq!(parsed(&events[4])["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn thinking_takes_its_time() {
    let (first_token, per_token) = (Duration::from_millis(40), Duration::from_millis(15));
    let reply = Reply::text("a b c d e");
    let provider = with(Behaviour { first_token, per_token, reply, ..Behaviour::default() }).await;
    for stream in [true, false] {
        let start = Instant::now();
        ask(&provider, &post_json(PATH, &chat(&json!({ "stream": stream })))).await;
        assert!(start.elapsed() >= first_token + per_token * 4);
    }
    let call = &provider.calls(Stage::Thinking)[0];
    assert!(call.first_byte.unwrap() - call.complete.unwrap() >= first_token);
    assert!(call.ended.unwrap() - call.complete.unwrap() >= first_token + per_token * 4);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let provider = Provider::start().await.unwrap();
    let refused = [
        (post(PATH, "application/json", b"{"), json!(null)),
        (post_json(PATH, &json!({"messages": [{}]})), json!("model")),
        (post_json(PATH, &json!({"model": "gpt-6-luna"})), json!("messages")),
    ];
    for (request, param) in refused {
        let answer = ask(&provider, &request).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"]["param"], param);
    }
}
