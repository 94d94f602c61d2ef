//! What a server is asked. It can be sent again as it is.

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::pipeline::error::EngineError;
use crate::settings::Endpoint;

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
    pub file: Bytes,
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
        let length = self.file.len() as u64;
        let file = Part::stream_with_length(Body::from(self.file.clone()), length)
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
