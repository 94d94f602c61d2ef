//! An answer given once more: the same turn, from what was kept of it.

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::audio::format::Format;
use crate::conversations::ask::ConversationEvent;
use crate::conversations::error::ConversationError;
use crate::conversations::keeping::kept_as;
use crate::conversations::{Conversations, Inner};
use crate::domain::delivery::Delivery;
use crate::pipeline::budget::Payer;
use crate::pipeline::engine::Transcript;
use crate::pipeline::event::{Speech, TurnEvent};
use crate::pipeline::say::Manner;
use crate::store::recordings::Name;
use crate::store::{StoreError, Turn};

/// The events of a turn that was taken before.
pub type Replay = BoxStream<'static, Result<ConversationEvent, ConversationError>>;

const WAV_HEADER_BYTES: usize = 44;

impl Conversations {
    /// The events of a turn that was taken before. None if its sound was not kept in this format,
    /// or not for so long.
    pub async fn replay(
        &self,
        turn: &Turn,
        format: Format,
    ) -> Result<Option<Replay>, ConversationError> {
        let Some(sound) = sound(&self.inner, turn, format).await? else { return Ok(None) };
        let speech = speech(turn, turn.reply.as_deref().unwrap_or_default(), sound, format);
        Ok(Some(around(turn, stream::iter([Ok(speech)]))))
    }

    /// The same for a turn whose sound was not kept: what was said is said again, as work that is no
    /// turn. None if those who said it are not there any more.
    pub fn say_again(&self, turn: &Turn, format: Format, payer: Payer) -> Option<Replay> {
        let (inner, speaker) = (&self.inner, turn.engines.speaking.as_ref()?);
        let engines = [Some(&inner.pipeline), inner.options.own.as_ref()].into_iter().flatten();
        let pipeline = engines.into_iter().find(|them| them.speaking().name() == *speaker)?;
        let (voice, language) = (turn.voice.clone(), turn.language.clone());
        let manner = Manner { voice, language, delivery: Delivery::default() };
        let errand = self.errand(payer);
        let speech = pipeline.say(turn.spoken.as_deref()?, manner, format, errand.tab().clone());
        // It pays until the last of it is said.
        let speech = speech.map(move |speech| {
            let _errand = &errand;
            speech.map_err(ConversationError::from)
        });
        Some(around(turn, speech))
    }
}

/// The events of a turn that was taken before, around its sound.
fn around(
    turn: &Turn,
    speech: impl Stream<Item = Result<Speech, ConversationError>> + Send + 'static,
) -> Replay {
    let transcript = Transcript {
        text: turn.transcript.clone().unwrap_or_default(),
        language: turn.language.clone(),
        ..Transcript::default()
    };
    let (turn_id, conversation_id) = (turn.id, Some(turn.conversation));
    let before = [
        ConversationEvent::Started { turn_id, conversation_id },
        ConversationEvent::Turn(TurnEvent::Heard(transcript)),
        ConversationEvent::Turn(TurnEvent::Reply(turn.reply.clone().unwrap_or_default())),
        ConversationEvent::Turn(TurnEvent::Replied),
    ];
    let said = speech.map_ok(|speech| ConversationEvent::Turn(TurnEvent::Speech(speech)));
    let ended = ConversationEvent::Ended(Box::new(turn.clone()));
    stream::iter(before.map(Ok)).chain(said).chain(stream::iter([Ok(ended)])).boxed()
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
