//! Collects sound: a little in memory, more in a file that has no name and ends with the request.

use bytes::{Bytes, BytesMut};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::routes::problem::Problem;
use crate::routes::upload::{Collected, UploadLimits, too_large};

/// What is longer goes into a file.
const IN_MEMORY: usize = 1024 * 1024;

/// Collects sound.
pub struct Spill {
    limits: UploadLimits,
    length: u64,
    memory: BytesMut,
    file: Option<File>,
}

impl Spill {
    pub fn new(limits: UploadLimits) -> Self {
        Self { limits, length: 0, memory: BytesMut::new(), file: None }
    }

    pub async fn push(&mut self, chunk: Bytes) -> Result<(), Problem> {
        self.length += chunk.len() as u64;
        if self.length > self.limits.sound_bytes {
            return Err(too_large(self.limits));
        }
        if let Some(file) = &mut self.file {
            return file.write_all(&chunk).await.map_err(|error| no_room(&error));
        }
        self.memory.extend_from_slice(&chunk);
        if self.memory.len() > IN_MEMORY {
            let file = tempfile::tempfile().map_err(|error| no_room(&error))?;
            let mut file = File::from_std(file);
            file.write_all(&self.memory).await.map_err(|error| no_room(&error))?;
            self.memory = BytesMut::new();
            self.file = Some(file);
        }
        Ok(())
    }

    pub async fn finish(self) -> Result<Collected, Problem> {
        let Some(mut file) = self.file else { return Ok(Collected::Memory(self.memory.freeze())) };
        file.flush().await.map_err(|error| no_room(&error))?;
        Ok(Collected::File(file.into_std().await))
    }
}

fn no_room(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "an upload could not be put aside");
    let detail = "the server has no space for this upload; a shorter clip may work";
    Problem::new("overloaded", detail).in_stage("upload").closing()
}
