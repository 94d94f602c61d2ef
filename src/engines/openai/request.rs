//! What a server is asked. It can be sent again as it is.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::Value;

use tokio::task::spawn_blocking;

use crate::audio::clip::Clip;
use crate::pipeline::error::EngineError;
use crate::settings::Endpoint;

/// What is read of a file at once.
const PIECE_BYTES: usize = 64 * 1024;

/// What a server is asked.
pub(super) struct Request {
    path: &'static str,
    content: Content,
}

enum Content {
    Nothing,
    Json(Bytes),
    Form(Upload),
}

/// A file and the fields beside it.
pub(super) struct Upload {
    pub clip: Clip,
    pub file_name: String,
    pub mime: &'static str,
    pub fields: Vec<(&'static str, String)>,
}

impl Request {
    pub(super) fn get(path: &'static str) -> Self {
        Self { path, content: Content::Nothing }
    }

    pub(super) fn json(path: &'static str, value: &Value) -> Self {
        Self { path, content: Content::Json(value.to_string().into()) }
    }

    pub(super) fn upload(path: &'static str, upload: Upload) -> Self {
        Self { path, content: Content::Form(upload) }
    }

    /// Ready to be sent. The sound is not copied.
    pub(super) fn build(
        &self,
        client: &Client,
        endpoint: &Endpoint,
    ) -> Result<RequestBuilder, EngineError> {
        let url = endpoint.url(self.path);
        let mut builder = match &self.content {
            Content::Nothing => client.get(url),
            Content::Json(body) => {
                client.post(url).header("content-type", "application/json").body(body.clone())
            }
            Content::Form(upload) => client.post(url).multipart(upload.form()?),
        };
        if let Some(key) = &endpoint.key {
            builder = builder.bearer_auth(key.expose_secret());
        }
        if let Some(organization) = &endpoint.account.organization {
            builder = builder.header("openai-organization", organization);
        }
        if let Some(project) = &endpoint.account.project {
            builder = builder.header("openai-project", project);
        }
        Ok(builder)
    }
}

impl Upload {
    fn form(&self) -> Result<Form, EngineError> {
        let length = self.clip.bytes().len() as u64;
        let file = Part::stream_with_length(sound(&self.clip), length)
            .file_name(self.file_name.clone())
            .mime_str(self.mime)
            .map_err(|_| EngineError::Refused("the clip has no media type".to_owned()))?;
        let form = self
            .fields
            .iter()
            .fold(Form::new(), |form, (name, value)| form.text(*name, value.clone()));
        Ok(form.part("file", file))
    }
}

/// The clip as a body: all at once from memory, piece by piece from a file.
fn sound(clip: &Clip) -> Body {
    if clip.is_in_file() {
        Body::wrap_stream(pieces(clip.clone()))
    } else {
        clip.bytes().clone().into()
    }
}

fn pieces(clip: Clip) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(0, move |from| {
        let clip = clip.clone();
        async move {
            let reading = spawn_blocking(move || clip.piece(from, PIECE_BYTES));
            let piece = reading.await.map_err(io::Error::other)??;
            Ok(piece.map(|piece| {
                let to = from + piece.len();
                (piece, to)
            }))
        }
    })
}
