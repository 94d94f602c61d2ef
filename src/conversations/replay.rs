//! An answer given once more: the same turn, from what was kept of it.

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::audio::format::Format;
use crate::conversations::ask::ConversationEvent;
use crate::conversations::error::ConversationError;
use crate::conversations::keeping::kept_as;
use crate::conversations::{Conversations, Inner};
use crate::pipeline::engine::Transcript;
use crate::pipeline::event::{Speech, TurnEvent};
use crate::store::recordings::Name;
use crate::store::{StoreError, Turn};

const WAV_HEADER_BYTES: usize = 44;

impl Conversations {
    /// The events of a turn that was taken before. None if its sound was not kept in this format,
    /// or not for so long.
    pub async fn replay(
        &self,
        turn: &Turn,
        format: Format,
    ) -> Result<
        Option<BoxStream<'static, Result<ConversationEvent, ConversationError>>>,
        ConversationError,
    > {
        let Some(sound) = sound(&self.inner, turn, format).await? else { return Ok(None) };
        let (transcript, reply) = (turn.transcript.clone(), turn.reply.clone());
        let reply = reply.unwrap_or_default();
        let speech = speech(turn, &reply, sound, format);
        let transcript = Transcript {
            text: transcript.unwrap_or_default(),
            language: turn.language.clone(),
            ..Transcript::default()
        };
        let (turn_id, conversation_id) = (turn.id, turn.conversation);
        let events = [
            ConversationEvent::Started { turn_id, conversation_id: Some(conversation_id) },
            ConversationEvent::Turn(TurnEvent::Heard(transcript)),
            ConversationEvent::Turn(TurnEvent::Reply(reply)),
            ConversationEvent::Turn(TurnEvent::Replied),
            ConversationEvent::Turn(TurnEvent::Speech(speech)),
            ConversationEvent::Ended(Box::new(turn.clone())),
        ];
        Ok(Some(stream::iter(events.map(Ok)).boxed()))
    }
}

async fn sound(inner: &Inner, turn: &Turn, format: Format) -> Result<Option<Bytes>, StoreError> {
    let kept = kept_as(format);
    let (Some(keeping), Some(note)) = (&inner.options.keeping, &turn.sound) else {
        return Ok(None);
    };
    if note.format() != Some(kept) {
        return Ok(None);
    }
    let recording = keeping.recordings.get(Name::reply(turn.id, kept), None).await?;
    let Some(recording) = recording else { return Ok(None) };
    let pieces = recording.bytes.try_fold(BytesMut::new(), async |mut all, piece| {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    Ok(Some(pieces.await?.freeze()))
}

fn speech(turn: &Turn, reply: &str, mut sound: Bytes, format: Format) -> Speech {
    let mut rate_hz = 0;
    if kept_as(format) == Format::Wav && sound.len() >= WAV_HEADER_BYTES {
        let rate = sound.get(24..28).and_then(|rate| rate.try_into().ok());
        rate_hz = rate.map(u32::from_le_bytes).unwrap_or_default();
    }
    if format == Format::Pcm {
        sound = sound.slice(sound.len().min(WAV_HEADER_BYTES)..);
    }
    Speech {
        sentence: 0,
        text: turn.spoken.clone().unwrap_or_default(),
        voice: turn.voice.clone(),
        span: 0..reply.len(),
        start_ms: 0,
        duration_ms: turn.sound.as_ref().map_or(0, |note| note.duration_ms),
        rate_hz,
        data: sound,
    }
}
