//! OpenAI's own shapes over whatever engines are configured, so that its clients can point here.

mod chat;
mod fields;
mod models;
mod speech;
mod transcriptions;

pub use crate::routes::compatible::chat::chat;
pub use crate::routes::compatible::models::{models, voices};
pub use crate::routes::compatible::speech::speech;
pub use crate::routes::compatible::transcriptions::transcriptions;
