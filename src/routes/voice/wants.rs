//! What a request's fields ask for.

use std::str::FromStr;

use actix_web::HttpRequest;

use crate::audio::format::Format;
use crate::conversations::{Ask, Conversations, Which};
use crate::domain::conversation::ConversationId;
use crate::domain::voice::Voice;
use crate::pipeline::event::Input;
use crate::routes::guard::Caller;
use crate::routes::problem::Problem;
use crate::routes::upload::{Upload, wrong_field};

/// What one types is no book.
const LONGEST_TEXT: usize = 8 * 1024;
/// Steering is no novel.
const LONGEST_INSTRUCTIONS: usize = 4 * 1024;

/// How JSON brings its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Include {
    /// In it.
    #[default]
    Base64,
    /// By an address.
    Url,
    /// Not at all.
    None,
}

impl FromStr for Include {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "base64" => Ok(Self::Base64),
            "url" => Ok(Self::Url),
            "none" => Ok(Self::None),
            _ => Err("choose base64, url or none"),
        }
    }
}

/// The turn that the request asks for, in this format of sound.
pub fn ask(
    request: &HttpRequest,
    caller: &Caller,
    mut upload: Upload,
    format: Format,
    conversations: &Conversations,
) -> Result<Ask, Problem> {
    let input = input(&mut upload)?;
    let which = which(request, caller, &upload)?;
    let mut ask = Ask::new(caller.owner.clone(), which, input);
    ask.payer = Some(caller.payer.clone());
    ask.voice = upload.field("voice").map(|name| Voice(name.to_owned()));
    ask.language = upload.value("language")?;
    ask.timezone = upload.value("timezone")?;
    ask.speed = speed(&upload)?;
    ask.instructions = instructions(&upload)?;
    ask.memory = memory(&upload)?;
    ask.own_engines = own_engines(&upload, conversations)?;
    ask.format = format;
    Ok(ask)
}

fn input(upload: &mut Upload) -> Result<Input, Problem> {
    let text = upload.field("text").map(str::to_owned);
    match (upload.sound.take(), text) {
        (Some(_), Some(_)) => {
            let detail = "both audio and text were sent; a turn answers one of them";
            Err(Problem::new("ambiguous_input", detail).in_stage("upload"))
        }
        (Some(sound), None) => Ok(Input::Clip(sound.clip)),
        (None, Some(text)) if text.len() > LONGEST_TEXT => {
            let detail = format!("the text has {} bytes; the limit is {LONGEST_TEXT}", text.len());
            Err(Problem::new("text_too_long", detail).in_stage("upload"))
        }
        (None, Some(text)) => Ok(Input::Text(text)),
        (None, None) if upload.fields.contains_key("text") => {
            let detail = "the text is empty; send words as `text`, or a file as `audio`";
            let problem = Problem::new("empty_text", detail).in_stage("upload");
            Err(problem.with("param", "text"))
        }
        (None, None) => Err(upload.missing(
            "send a file as `audio`, or words as `text`: curl -F audio=@clip.webm …/voice-chat",
        )),
    }
}

/// Which conversation: the one named, else a visitor's latest, else a new one.
fn which(request: &HttpRequest, caller: &Caller, upload: &Upload) -> Result<Which, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let named = upload
        .field("conversation_id")
        .or_else(|| upload.field("session_id"))
        .or_else(|| header("x-conversation-id"))
        .or_else(|| header("x-session-id"))
        .map(str::trim)
        .filter(|id| !id.is_empty());
    match named {
        Some("new") => Ok(Which::New),
        Some(id) => Ok(Which::Continue(conversation(id)?)),
        None if caller.owner.is_visitor() => Ok(Which::Latest),
        None => Ok(Which::New),
    }
}

/// The id of a conversation.
pub fn conversation(id: &str) -> Result<ConversationId, Problem> {
    id.parse().map_err(|_| {
        let detail = "ids of conversations look like 0b9f6c1e-1c1f-4c58-9a5f-0d7cf1b3f3a2; leave \
                      it out to begin a new one";
        Problem::new("unknown_conversation", detail)
    })
}

fn speed(upload: &Upload) -> Result<Option<f32>, Problem> {
    match upload.value::<f32>("speed")? {
        Some(speed) if !(0.5..=2.0).contains(&speed) => {
            Err(wrong_field("speed", "choose from 0.5 to 2"))
        }
        speed => Ok(speed),
    }
}

fn instructions(upload: &Upload) -> Result<Option<String>, Problem> {
    match upload.field("instructions") {
        Some(text) if text.len() > LONGEST_INSTRUCTIONS => {
            let detail = format!(
                "the instructions have {} bytes; the limit is {LONGEST_INSTRUCTIONS}",
                text.len()
            );
            Err(Problem::new("text_too_long", detail).with("param", "instructions"))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

fn memory(upload: &Upload) -> Result<bool, Problem> {
    match upload.field("memory") {
        None | Some("on" | "true" | "1") => Ok(true),
        Some("off" | "false" | "0") => Ok(false),
        Some(_) => Err(wrong_field("memory", "choose on or off")),
    }
}

fn own_engines(upload: &Upload, conversations: &Conversations) -> Result<bool, Problem> {
    match upload.field("engines") {
        None | Some("set") => Ok(false),
        Some("embedded") if conversations.options().own.is_some() => Ok(true),
        Some("embedded") => Err(wrong_field("engines", "this server was built without its own")),
        Some(_) => Err(wrong_field("engines", "choose set or embedded")),
    }
}
