//! How the caller wants to be answered.

use std::fmt;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};

use crate::audio::format::Format;
use crate::routes::problem::Problem;

/// How a turn is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// Sound, with the whole reply's text in its headers.
    Whole(Format),
    /// Sound from the first sentence on.
    Streamed(Format),
    /// Events, as they happen.
    Events,
    /// The turn as JSON, when it is over.
    Json,
}

impl fmt::Display for Rendering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(format) => formatter.write_str(format.extension()),
            Self::Streamed(format) => write!(formatter, "{} as it comes", format.extension()),
            Self::Events => formatter.write_str("events"),
            Self::Json => formatter.write_str("json"),
        }
    }
}

impl Rendering {
    /// What `?format=` says, else what `Accept` says, else MP3 as it ever was.
    pub fn wished(request: &HttpRequest, format: Option<&str>) -> Result<Self, Problem> {
        let rendering = match format {
            Some(format) => Self::named(format)?,
            None => Self::accepted(request)?,
        };
        Ok(rendering)
    }

    /// The same from the first sentence on, where that means something.
    pub fn streamed(self) -> Self {
        match self {
            Self::Whole(format) => Self::Streamed(format),
            other => other,
        }
    }

    fn named(name: &str) -> Result<Self, Problem> {
        match name.to_ascii_lowercase().as_str() {
            "json" => Ok(Self::Json),
            "events" | "sse" => Ok(Self::Events),
            name => Format::from_str(name).map(Self::Whole).map_err(|_| {
                let detail = format!("`format={}` is not served", name.escape_debug());
                not_acceptable(&detail)
            }),
        }
    }

    /// Many clients name JSON and take everything: they get sound. Only those who take nothing
    /// else get JSON or events.
    fn accepted(request: &HttpRequest) -> Result<Self, Problem> {
        let Ok(accept) = Accept::parse(request) else { return Ok(Self::Whole(Format::Mp3)) };
        // What is named with a weight of zero is named as not wanted.
        let mut wanted = accept.clone();
        wanted.retain(|kind| kind.quality > Quality::ZERO);
        let ranked = wanted.ranked();
        let names: Vec<_> = ranked.iter().map(|kind| kind.essence_str().to_owned()).collect();
        let sound = names.iter().find_map(|name| sound_named(name));
        let other = names.iter().find_map(|name| match name.as_str() {
            "application/json" => Some(Self::Json),
            "text/event-stream" => Some(Self::Events),
            _ => None,
        });
        match sound.map(Self::Whole).or(other) {
            Some(rendering) => Ok(rendering),
            None if accept.is_empty() => Ok(Self::Whole(Format::Mp3)),
            None => Err(not_acceptable("`Accept` names nothing that is served")),
        }
    }
}

fn sound_named(name: &str) -> Option<Format> {
    match name {
        "audio/mpeg" | "audio/mp3" | "audio/*" | "*/*" => Some(Format::Mp3),
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some(Format::Wav),
        "audio/ogg" | "audio/opus" => Some(Format::Ogg),
        "audio/pcm" | "audio/l16" => Some(Format::Pcm),
        _ => None,
    }
}

fn not_acceptable(detail: &str) -> Problem {
    let detail = format!(
        "{detail}; there is mp3, wav, ogg, pcm, json and events (as ?format= or by media type)"
    );
    Problem::new("not_acceptable", detail).closing()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn accepted(accept: &str) -> Option<Rendering> {
        let request = TestRequest::default().insert_header(("Accept", accept)).to_http_request();
        Rendering::wished(&request, None).ok()
    }

    #[test]
    fn without_a_wish_it_is_mp3() {
        let request = TestRequest::default().to_http_request();
        let wished = Rendering::wished(&request, None).unwrap();
        assert_eq!(wished, Rendering::Whole(Format::Mp3));
        for accept in ["*/*", "audio/*", "audio/mpeg", "application/json, text/plain, */*"] {
            assert_eq!(accepted(accept), Some(Rendering::Whole(Format::Mp3)), "{accept}");
        }
    }

    #[test]
    fn json_and_events_are_for_those_who_take_nothing_else() {
        assert_eq!(accepted("application/json"), Some(Rendering::Json));
        assert_eq!(accepted("text/event-stream"), Some(Rendering::Events));
        assert_eq!(accepted("text/event-stream;q=0.5, application/json"), Some(Rendering::Json));
        assert_eq!(accepted("audio/wav, */*;q=0.1"), Some(Rendering::Whole(Format::Wav)));
        assert_eq!(accepted("image/png"), None);
    }

    #[test]
    fn the_query_wins() {
        let request = TestRequest::default().insert_header(("Accept", "image/png"));
        let request = request.to_http_request();
        assert_eq!(Rendering::wished(&request, Some("json")).unwrap(), Rendering::Json);
        assert!(Rendering::wished(&request, Some("flac")).is_err());
    }
}
