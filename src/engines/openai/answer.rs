//! What a server answers, byte by byte as it comes.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::pipeline::error::EngineError;

/// The longest answer that is read as a whole.
const LONGEST: usize = 8 * 1024 * 1024;

/// An answer, of which the first bytes are there.
pub(super) struct Answer {
    response: Response,
    first: Option<Bytes>,
    patience: Duration,
}

impl Answer {
    /// Waits for the first bytes; `patience` is how long nothing may come.
    pub(super) async fn begin(response: Response, patience: Duration) -> Result<Self, EngineError> {
        let mut answer = Self { response, first: None, patience };
        answer.first = answer.read(patience).await?;
        Ok(answer)
    }

    /// What it says it is, without parameters and in lower case.
    pub(super) fn media_type(&self) -> String {
        let whole = self.content_type();
        whole.split(';').next().unwrap_or_default().trim().to_owned()
    }

    /// What it says it is.
    pub(super) fn content_type(&self) -> String {
        let header = self.response.headers().get("content-type");
        header.and_then(|text| text.to_str().ok()).unwrap_or_default().to_lowercase()
    }

    /// The next bytes; none at the end. An answer that breaks off is an error and never an end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, EngineError> {
        self.next_within(self.patience).await
    }

    /// The same, with a patience of its own.
    pub(super) async fn next_within(
        &mut self,
        patience: Duration,
    ) -> Result<Option<Bytes>, EngineError> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.read(patience).await,
        }
    }

    /// All of it, up to so many bytes.
    pub(super) async fn whole(mut self, most: usize) -> Result<Vec<u8>, EngineError> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            if whole.len() + bytes.len() > most {
                return Err(unreadable("it is far too long"));
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }

    /// All of it, as JSON. What cannot be read is not repeated: it may be what somebody said.
    pub(super) async fn json<T: DeserializeOwned>(self) -> Result<T, EngineError> {
        let whole = self.whole(LONGEST).await?;
        serde_json::from_slice(&whole).map_err(|_| {
            unreadable("it is not the JSON that was asked for; is the base URL right?")
        })
    }

    async fn read(&mut self, patience: Duration) -> Result<Option<Bytes>, EngineError> {
        loop {
            match timeout(patience, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) if bytes.is_empty() => {}
                Ok(Ok(bytes)) => return Ok(bytes),
                Ok(Err(_)) => return Err(unreadable("it breaks off in the middle")),
                Err(_) => return Err(EngineError::Timeout),
            }
        }
    }
}

/// An answer that is no use, and why.
pub(super) fn unreadable(why: &str) -> EngineError {
    EngineError::Unreadable(why.to_owned())
}
