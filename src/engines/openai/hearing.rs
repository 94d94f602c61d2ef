//! Speech to words by a server.

use async_trait::async_trait;
use serde_json::Value;

use crate::audio::clip::Clip;
use crate::domain::money::Price;
use crate::engines::openai::answer::unreadable;
use crate::engines::openai::languages;
use crate::engines::openai::manners::{Manners, Offer};
use crate::engines::openai::request::{Request, Upload};
use crate::engines::openai::server::Server;
use crate::pipeline::engine::{EngineName, Hint, Transcriber, Transcript, Usage, Word};
use crate::pipeline::error::{EngineError, Stage};

/// The most words that are hinted at, and the longest hint in a sentence.
const MOST_KEYWORDS: usize = 100;
const LONGEST_PROMPT: usize = 600;

/// Hears by asking a server.
pub(super) struct Hearing {
    server: Server,
    price: Price,
    manners: Manners,
}

impl Hearing {
    pub(super) fn new(server: Server, price: Price) -> Self {
        Self { server: server.for_stage(Stage::Hearing), price, manners: Manners::default() }
    }

    /// What goes with the clip, and what of it a server may not take.
    fn fields(
        &self,
        hint: &Hint,
        offer: &Offer<'_>,
    ) -> (Vec<(&'static str, String)>, Vec<&'static str>) {
        let mut fields = vec![
            ("model", self.server.endpoint().model().to_owned()),
            ("response_format", "json".to_owned()),
        ];
        let mut sent = Vec::new();
        let taken =
            |names: &[&'static str]| names.iter().copied().find(|parameter| offer.takes(parameter));
        if let Some(language) = &hint.language
            && let Some(field) = taken(&["language", "languages[]"])
        {
            fields.push((field, language.primary().to_owned()));
            sent.push(field);
        }
        let keywords = keywords(hint);
        let ways: &[_] =
            if self.server.endpoint().is_openai { &["keywords[]", "prompt"] } else { &["prompt"] };
        if !keywords.is_empty()
            && let Some(field) = taken(ways)
        {
            sent.push(field);
            match field {
                "prompt" => fields.push((field, prompt(&keywords))),
                field => fields.extend(keywords.into_iter().map(|keyword| (field, keyword))),
            }
        }
        (fields, sent)
    }
}

#[async_trait]
impl Transcriber for Hearing {
    fn name(&self) -> EngineName {
        super::name(self.server.endpoint())
    }

    fn price(&self) -> Price {
        self.price
    }

    async fn transcribe(&self, clip: &Clip, hint: &Hint) -> Result<Transcript, EngineError> {
        let container = clip.container();
        let mut hint = hint.clone();
        let mut offer = self.manners.offer();
        loop {
            let (fields, sent) = self.fields(&hint, &offer);
            let upload = Upload {
                clip: clip.clone(),
                file_name: format!("audio.{}", container.extension()),
                mime: container.mime(),
                fields,
            };
            let request = Request::upload("audio/transcriptions", upload);
            match self.server.ask(&request).await {
                Ok(answer) => return heard(&answer.json().await?),
                // It does not know this language; the next speaker's it may know.
                Err(trouble) if hint.language.is_some() && trouble.is_about_value("language") => {
                    hint.language = None;
                }
                Err(trouble) if offer.learn(&trouble, &sent) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }
}

/// Words that a server can be told of: those with brackets or line breaks are refused.
fn keywords(hint: &Hint) -> Vec<String> {
    let plain = |keyword: &String| {
        let kept = keyword.replace(['<', '>'], "");
        kept.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let words = hint.keywords.iter().map(plain).filter(|keyword| !keyword.is_empty());
    words.take(MOST_KEYWORDS).collect()
}

/// The same words, for a server that takes a sentence only.
fn prompt(keywords: &[String]) -> String {
    let mut prompt = keywords.first().cloned().unwrap_or_default();
    for keyword in keywords.iter().skip(1) {
        if prompt.len() + keyword.len() > LONGEST_PROMPT {
            break;
        }
        prompt.push_str(", ");
        prompt.push_str(keyword);
    }
    prompt
}

/// What was heard. Compatible servers leave out all but the text.
fn heard(reply: &Value) -> Result<Transcript, EngineError> {
    let text = reply["text"].as_str().ok_or_else(|| unreadable("it holds no text"))?.trim();
    let languages = &reply["languages"][0];
    let names = [&reply["language"], languages, &languages["code"], &languages["language"]];
    let named = names.into_iter().find_map(Value::as_str).and_then(languages::named);
    let seconds = [&reply["duration"], &reply["usage"]["seconds"]];
    let seconds = seconds.into_iter().find_map(number).unwrap_or_default();
    let words = reply["words"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Transcript {
        text: text.to_owned(),
        language: named.or_else(|| languages::guessed(text)),
        words: words.iter().filter_map(word).collect(),
        audio_seconds: seconds,
        usage: usage(&reply["usage"]),
    })
}

/// Tokens that were counted; whoever counts seconds tells none.
fn usage(usage: &Value) -> Option<Usage> {
    let tokens = |name: &str| usage[name].as_u64();
    let (input_tokens, output_tokens) = (tokens("input_tokens")?, tokens("output_tokens")?);
    Some(Usage { input_tokens, output_tokens })
}

fn word(word: &Value) -> Option<Word> {
    let milliseconds = |seconds: &Value| number(seconds).map(|seconds| (seconds * 1e3) as u32);
    Some(Word {
        text: word["word"].as_str()?.trim().to_owned(),
        start_ms: milliseconds(&word["start"])?,
        end_ms: milliseconds(&word["end"])?,
        confidence: number(&word["probability"]).map(|sure| sure.clamp(0.0, 1.0) as f32),
    })
}

/// A number, also one that is written as text.
fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_text_is_needed() {
        let transcript = heard(&json!({"text": " Yes. \n"})).unwrap();
        assert_eq!(transcript, Transcript { text: "Yes.".into(), ..Transcript::default() });
        for wrong in [json!({}), json!([]), json!({"text": null}), json!({"error": "busy"})] {
            assert!(matches!(heard(&wrong), Err(EngineError::Unreadable(_))), "{wrong}");
        }
    }

    #[test]
    fn what_else_is_told_is_taken() {
        let reply = json!({
            "text": "Ja.", "language": "german", "duration": "1.5",
            "words": [{"word": " Ja", "start": 0.25, "end": 0.5}, {"word": 1}, null],
        });
        let transcript = heard(&reply).unwrap();
        assert_eq!(transcript.language, "de".parse().ok());
        assert_eq!(transcript.audio_seconds, 1.5);
        let word = Word { text: "Ja".into(), start_ms: 250, end_ms: 500, confidence: None };
        assert_eq!(transcript.words, [word]);

        let seconds = heard(&json!({"text": "x", "usage": {"type": "duration", "seconds": 3}}));
        assert_eq!(seconds.unwrap().audio_seconds, 3.0);
        let counted = json!({"type": "tokens", "input_tokens": 14, "output_tokens": 45});
        let counted = heard(&json!({"text": "x", "usage": counted})).unwrap().usage;
        assert_eq!(counted, Some(Usage { input_tokens: 14, output_tokens: 45 }));
        for languages in [json!(["hi"]), json!([{"code": "hi"}])] {
            let transcript = heard(&json!({"text": "x", "languages": languages})).unwrap();
            assert_eq!(transcript.language, "hi".parse().ok());
        }
    }

    #[test]
    fn a_word_to_expect_is_made_harmless() {
        let hint = Hint {
            keywords: vec!["<b>Ada\nLovelace</b>".into(), " <> ".into(), "café".into()],
            ..Hint::default()
        };
        assert_eq!(keywords(&hint), ["bAda Lovelace/b", "café"]);
        assert!(prompt(&vec!["word".to_owned(); 1000]).len() <= LONGEST_PROMPT + 6);
    }
}
