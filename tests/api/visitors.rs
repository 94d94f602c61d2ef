//! Those who come with a browser: the cookie that owns their conversations.

use reqwest::RequestBuilder;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::door::{Door, fine};
use crate::listening::header;

/// Somebody's browser, which keeps its cookie.
pub struct Visitor<'a> {
    pub door: &'a Door,
    pub cookie: String,
}

impl<'a> Visitor<'a> {
    /// Opens the page for the first time.
    pub async fn arrive(door: &'a Door) -> Self {
        let page = fine(door.get("/").send().await.unwrap()).await;
        let cookie = header(&page, "set-cookie").split(';').next().unwrap().to_owned();
        Self { door, cookie }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.dressed(self.door.get(path))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.dressed(self.door.post(path))
    }

    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.dressed(self.door.client.delete(self.door.url(path)))
    }

    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.dressed(self.door.client.patch(self.door.url(path)))
    }

    pub async fn json(&self, path: &str) -> Value {
        fine(self.get(path).send().await.unwrap()).await.json().await.unwrap()
    }

    /// Takes a typed turn with these fields, and gives it as JSON.
    pub async fn types(&self, words: &str, fields: &[(&str, &str)]) -> Value {
        let form = Form::new().text("text", words.to_owned());
        let form = fields
            .iter()
            .fold(form, |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
        let sent = self.post("/voice-chat?format=json&include_audio=none").multipart(form);
        fine(sent.send().await.unwrap()).await.json().await.unwrap()
    }

    fn dressed(&self, request: RequestBuilder) -> RequestBuilder {
        match self.cookie.is_empty() {
            true => request,
            false => request.header("cookie", &self.cookie),
        }
    }
}

/// Somebody without a cookie.
pub fn nobody(door: &Door) -> Visitor<'_> {
    Visitor { door, cookie: String::new() }
}
