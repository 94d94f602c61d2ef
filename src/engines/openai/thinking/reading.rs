//! Reads a streamed answer, and knows whether it is whole.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::domain::money::Usd;
use crate::engines::openai::answer::unreadable;
use crate::engines::openai::complaint;
use crate::engines::openai::sse::{Event, Events};
use crate::pipeline::engine::{ReplyPart, Usage};
use crate::pipeline::error::EngineError;

/// The most calls of tools in one answer, and the longest arguments.
const MOST_CALLS: usize = 64;
const LONGEST_ARGUMENTS: usize = 256 * 1024;

/// A streamed answer, as far as it has come.
#[derive(Default)]
pub(super) struct Reading {
    events: Events,
    calls: BTreeMap<u64, Call>,
    usage: Option<Usage>,
    /// What it cost, where the server says so.
    cost: Option<Usd>,
    /// Why it ended, once it has.
    finish: Option<String>,
    said: bool,
    over: bool,
}

#[derive(Default)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Reading {
    /// Whether all of the text is there.
    pub(super) fn is_whole(&self) -> bool {
        self.finish.is_some()
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes the next bytes of a stream, and gives the text that is in them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<ReplyPart>, EngineError> {
        let events = self.events.push(bytes);
        let events = events.map_err(|_| unreadable("one of its lines is far too long"))?;
        let mut parts = Vec::new();
        for event in events {
            parts.extend(self.event(&event)?);
        }
        Ok(parts)
    }

    fn event(&mut self, event: &Event) -> Result<Vec<ReplyPart>, EngineError> {
        if self.over || event.data.is_empty() {
            return Ok(Vec::new());
        }
        if event.data.trim() == "[DONE]" {
            self.over = true;
            return Ok(Vec::new());
        }
        if event.name == "error" {
            return Err(complaint::midway(event.data.as_bytes()));
        }
        if let Some(text) = plain_text(&event.data) {
            self.said |= !text.is_empty();
            let text = Some(text).filter(|text| !text.is_empty());
            return Ok(text.map(ReplyPart::Text).into_iter().collect());
        }
        let chunk = serde_json::from_str(&event.data);
        let chunk: Value = chunk.map_err(|_| unreadable("a piece of it is no JSON"))?;
        self.take(&chunk)
    }

    /// Takes a piece of the answer, or all of it.
    pub(super) fn take(&mut self, chunk: &Value) -> Result<Vec<ReplyPart>, EngineError> {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            return Err(complaint::midway(chunk.to_string().as_bytes()));
        }
        self.usage = usage(chunk).or(self.usage);
        self.cost = cost(&chunk["usage"]["cost"]).or(self.cost);
        let choice = &chunk["choices"][0];
        let delta = [&choice["delta"], &choice["message"]];
        let delta = delta.into_iter().find(|delta| delta.is_object()).unwrap_or(&Value::Null);
        for call in delta["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default() {
            self.call(call)?;
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish = Some(reason.to_owned());
        }
        let texts = [&delta["content"], &delta["refusal"]].into_iter().filter_map(Value::as_str);
        let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
        self.said |= !texts.is_empty();
        Ok(texts.into_iter().map(|text| ReplyPart::Text(text.to_owned())).collect())
    }

    /// Adds a piece of a call to what is there of it.
    fn call(&mut self, piece: &Value) -> Result<(), EngineError> {
        let index = piece["index"].as_u64().unwrap_or(self.calls.len() as u64);
        let call = self.calls.entry(index).or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for (whole, piece) in
            [(&mut call.id, text(&piece["id"])), (&mut call.name, text(&piece["function"]["name"]))]
        {
            // Some servers repeat them with every piece.
            if whole.is_empty() {
                *whole = piece;
            }
        }
        call.arguments.push_str(&text(&piece["function"]["arguments"]));
        if call.arguments.len() > LONGEST_ARGUMENTS || self.calls.len() > MOST_CALLS {
            return Err(unreadable("it asks for too much of a tool"));
        }
        Ok(())
    }

    /// What is known at the end. An answer whose end has not come is no answer.
    pub(super) fn finish(self) -> Result<Vec<ReplyPart>, EngineError> {
        let Some(reason) = self.finish else {
            return Err(unreadable("it breaks off before its end"));
        };
        if reason == "content_filter" && !self.said {
            return Err(EngineError::Refused("its rules on content do not allow this".to_owned()));
        }
        let cut_off = matches!(&*reason, "length" | "content_filter");
        let mut parts = Vec::new();
        // Arguments that ran out of room are none.
        for call in self.calls.into_values().filter(|_| !cut_off) {
            parts.push(call.part()?);
        }
        parts.extend(self.usage.map(ReplyPart::Usage));
        parts.extend(self.cost.map(ReplyPart::Cost));
        parts.extend(cut_off.then_some(ReplyPart::CutOff));
        Ok(parts)
    }
}

/// The tokens that an answer, or a piece of one, says it took.
pub(super) fn usage(answer: &Value) -> Option<Usage> {
    let count = |name: &str| answer["usage"][name].as_u64();
    let (input_tokens, output_tokens) = (count("prompt_tokens")?, count("completion_tokens")?);
    Some(Usage { input_tokens, output_tokens })
}

/// US dollars, if they are an amount that an answer can have cost. Rounded up, as prices are.
fn cost(value: &Value) -> Option<Usd> {
    let dollars = value.as_f64().filter(|dollars| (0.0..=1e6).contains(dollars))?;
    Some(Usd((dollars * 1e6).ceil() as i64))
}

/// The text of a piece that is nothing but text, as nearly all are. Read like this it takes a
/// third of the time.
fn plain_text(data: &str) -> Option<String> {
    let piece: Piece = serde_json::from_str(data).ok()?;
    let [choice] = piece.choices;
    let Delta { content, refusal, tool_calls } = choice.delta;
    let more =
        [piece.error, piece.usage, choice.message, choice.finish_reason, refusal, tool_calls];
    more.iter().all(Option::is_none).then_some(content)
}

#[derive(Deserialize)]
struct Piece {
    error: Option<IgnoredAny>,
    usage: Option<IgnoredAny>,
    choices: [Choice; 1],
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
    message: Option<IgnoredAny>,
    finish_reason: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Delta {
    content: String,
    refusal: Option<IgnoredAny>,
    tool_calls: Option<IgnoredAny>,
}

impl Call {
    fn part(self) -> Result<ReplyPart, EngineError> {
        let Self { id, name, mut arguments } = self;
        if arguments.trim().is_empty() {
            arguments = "{}".to_owned();
        }
        if serde_json::from_str::<Value>(&arguments).is_err() {
            return Err(unreadable("the arguments for a tool are no JSON"));
        }
        Ok(ReplyPart::ToolCall { id, name, arguments })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(stream: &str) -> Result<Vec<ReplyPart>, EngineError> {
        let mut reading = Reading::default();
        let mut parts = reading.push(stream.as_bytes())?;
        parts.extend(reading.finish()?);
        Ok(parts)
    }

    fn text(text: &str) -> ReplyPart {
        ReplyPart::Text(text.to_owned())
    }

    const STREAM: &str = concat!(
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Caf\u{e9} \"},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\u{1f389}\"}}],\"usage\":null}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3}}\n\n",
        "data: [DONE]\n\n",
    );

    #[test]
    fn a_stream_is_read_as_text_and_tokens() {
        let usage = Usage { input_tokens: 12, output_tokens: 3 };
        let parts = [text("Caf\u{e9} "), text("\u{1f389}"), ReplyPart::Usage(usage)];
        assert_eq!(read(STREAM).unwrap(), parts);
    }

    #[test]
    fn pieces_of_a_call_are_put_together() {
        let stream = concat!(
            r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":""}}]}}]}"#,
            "\n\n",
            r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\":"}}]}}]}"#,
            "\n\n",
            r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}},{"index":1,"id":"b","function":{"name":"go"}}]},"finish_reason":"tool_calls"}]}"#,
            "\n\n",
        );
        let call = |id: &str, name: &str, arguments: &str| ReplyPart::ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        };
        let calls = [call("a", "look", r#"{"at":1}"#), call("b", "go", "{}")];
        assert_eq!(read(stream).unwrap(), calls);
        let broken = stream.replace("1}", "1");
        assert!(matches!(read(&broken), Err(EngineError::Unreadable(_))));
    }

    #[test]
    fn why_it_ended_is_understood() {
        let ended = |content: &str, reason: &str| {
            read(&format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{content}\"}},\
                 \"finish_reason\":\"{reason}\"}}]}}\n\n"
            ))
        };
        assert_eq!(ended("Yes", "stop").unwrap(), [text("Yes")]);
        assert_eq!(ended("Yes", "length").unwrap(), [text("Yes"), ReplyPart::CutOff]);
        assert_eq!(ended("Yes", "content_filter").unwrap(), [text("Yes"), ReplyPart::CutOff]);
        assert!(matches!(ended("", "content_filter"), Err(EngineError::Refused(_))));
    }

    #[test]
    fn what_it_cost_is_believed_if_it_is_an_amount() {
        let told = |cost: &str| {
            let usage = format!("{{\"prompt_tokens\":1,\"completion_tokens\":2,\"cost\":{cost}}}");
            let stream = format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"Yes\"}},\"finish_reason\":\"stop\"}}],\
                 \"usage\":{usage}}}\n\n"
            );
            let parts = read(&stream).unwrap();
            parts.into_iter().find(|part| matches!(part, ReplyPart::Cost(_)))
        };
        assert_eq!(told("0.00014"), Some(ReplyPart::Cost(Usd(140))));
        assert_eq!(told("0.0000001"), Some(ReplyPart::Cost(Usd(1))));
        assert_eq!(told("0"), Some(ReplyPart::Cost(Usd(0))));
        for wrong in ["-1", "null", "\"free\"", "1e12"] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_error_in_the_stream_is_one() {
        for (stream, error) in [
            (r#"{"error":{"code":"insufficient_quota"}}"#, "quota"),
            (r#"{"error":{"type":"rate_limit_error","message":"x"}}"#, "no more requests"),
            (r#"{"error":{"message":"overloaded","code":503}}"#, "failed"),
            (r#"{"error":"secret"}"#, "failed"),
        ] {
            let told = read(&format!("data: {stream}\n\n")).unwrap_err().to_string();
            assert!(told.contains(error) && !told.contains("secret"), "{told}");
        }
        let named = read("event: error\ndata: {\"message\":\"x\"}\n\n").unwrap_err();
        assert!(matches!(named, EngineError::Unavailable(_)));
    }

    proptest! {
        #[test]
        fn a_stream_that_is_cut_never_looks_whole(cut in 0..STREAM.len(), at in 0..STREAM.len()) {
            let finish = STREAM.find("\"stop\"").unwrap();
            let bytes = &STREAM.as_bytes()[..cut];
            let (first, second) = bytes.split_at(at.min(cut));
            let mut reading = Reading::default();
            let mut parts = reading.push(first).unwrap();
            parts.extend(reading.push(second).unwrap());
            match reading.finish() {
                Ok(_) => {
                    prop_assert!(cut > finish);
                    prop_assert_eq!(parts, [text("Caf\u{e9} "), text("\u{1f389}")]);
                }
                Err(error) => prop_assert!(matches!(error, EngineError::Unreadable(_))),
            }
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Reading::default().push(&bytes);
        }
    }
}
