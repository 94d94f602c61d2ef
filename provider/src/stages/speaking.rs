//! Speech.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde_json::Value;

use crate::behaviour::Behaviour;
use crate::journal::call::{Asked, Speech};
use crate::journal::visit::Visit;
use crate::sound::bank::{Bank, MP3_FRAME_BYTES, PCM_FRAME_BYTES};
use crate::sound::tags;
use crate::stages::answer::{Answer, Piece, Shape};
use crate::stages::refusal::Refusal;
use crate::stages::{Question, check_model};

/// Frames of 24 ms for a character, at the usual speed.
const FRAMES_PER_CHARACTER: f64 = 2.5;
const MOST_CHARACTERS: usize = 4_096;
/// Pieces of a line are not closer together than this.
const GAP: Duration = Duration::from_millis(20);

pub(crate) fn answer(
    question: &Question<'_>,
    body: &[u8],
    visit: &mut Visit,
) -> Result<Answer, Refusal> {
    let raw: Value = serde_json::from_slice(body).map_err(|_| Refusal::unreadable())?;
    let speech = speech(&raw);
    if visit.is_noted() {
        visit.asks(Asked::Speak(speech.clone()));
    }
    let characters = check(question.behaviour, &speech)?;
    let speed = speech.speed.unwrap_or(1.0);
    let frames = (characters as f64 * FRAMES_PER_CHARACTER / speed).ceil() as usize;
    let sound = Sound::of(question, &speech, frames)?;
    let mut answer = sound.answer(question.behaviour, characters);
    answer.price = question.behaviour.prices.per_million_characters * characters as u64;
    Ok(answer)
}

fn speech(raw: &Value) -> Speech {
    let text = |name: &str| raw[name].as_str().map(str::to_owned);
    let voice = text("voice").or_else(|| raw["voice"]["id"].as_str().map(str::to_owned));
    Speech {
        model: text("model").unwrap_or_default(),
        input: text("input").unwrap_or_default(),
        voice: voice.unwrap_or_default(),
        speed: raw["speed"].as_f64(),
        format: text("response_format").unwrap_or_else(|| "mp3".to_owned()),
        instructions: text("instructions"),
    }
}

/// Gives how many characters are to be spoken.
fn check(behaviour: &Behaviour, speech: &Speech) -> Result<usize, Refusal> {
    check_model(behaviour, &speech.model)?;
    if speech.voice.is_empty() {
        return Err(Refusal::missing("voice"));
    }
    let characters = speech.input.chars().count();
    if characters == 0 {
        return Err(Refusal::invalid("input", "Invalid 'input': string too short."));
    }
    if characters > MOST_CHARACTERS {
        return Err(Refusal::invalid("input", "Invalid 'input': string too long."));
    }
    if !(0.25..=4.0).contains(&speech.speed.unwrap_or(1.0)) {
        return Err(Refusal::invalid("speed", "Invalid 'speed': must be between 0.25 and 4."));
    }
    Ok(characters)
}

/// A line as sound.
struct Sound {
    content_type: &'static str,
    head: Bytes,
    frame_bytes: usize,
    frames: usize,
    parts: VecDeque<Bytes>,
}

impl Sound {
    fn of(question: &Question<'_>, speech: &Speech, frames: usize) -> Result<Self, Refusal> {
        let bank = Bank::shared();
        let pcm = |content_type, head| Self {
            content_type,
            head,
            frame_bytes: PCM_FRAME_BYTES,
            frames,
            parts: bank.pcm(0, frames).into(),
        };
        match speech.format.as_str() {
            "mp3" => {
                let first = question.state.recall.begin(&speech.input);
                let tagged = question.behaviour.tagged;
                Ok(Self {
                    content_type: "audio/mpeg",
                    head: if tagged { tags::mp3(frames) } else { Bytes::new() },
                    frame_bytes: MP3_FRAME_BYTES,
                    frames,
                    parts: bank.mp3(first, frames).into(),
                })
            }
            "wav" => Ok(pcm("audio/wav", tags::wav(frames))),
            "pcm" => Ok(pcm("audio/pcm", Bytes::new())),
            other => {
                let message = format!("This provider does not speak '{other}'.");
                Err(Refusal::invalid("response_format", message))
            }
        }
    }

    /// The head and the first frame leave first, the rest is spread over the time it takes.
    fn answer(mut self, behaviour: &Behaviour, characters: usize) -> Answer {
        let first = behaviour.first_sound;
        let characters = u32::try_from(characters).unwrap_or(u32::MAX);
        let total = behaviour.per_character * characters;
        let head = self.head.len();
        let rest = self.frames.saturating_sub(1);
        let groups = (total.as_nanos() / GAP.as_nanos()).clamp(1, rest.max(1) as u128) as usize;
        let mut opening = BytesMut::from(self.head.as_ref());
        for part in self.take(self.frame_bytes) {
            opening.extend_from_slice(&part);
        }
        let mut pieces = VecDeque::from([Piece::at(first, opening.freeze())]);
        for group in 1..=groups {
            let frames = rest * group / groups - rest * (group - 1) / groups;
            let after = first + total.mul_f64(group as f64 / groups as f64);
            let parts = self.take(frames * self.frame_bytes);
            pieces.extend(parts.into_iter().map(|part| Piece::at(after, part)));
        }
        let (content_type, frame) = (self.content_type, self.frame_bytes);
        let shape = Shape::Sound { head, frame };
        Answer { content_type, shape, pieces, price: 0, price_per_token: 0 }
    }

    /// The next so many bytes.
    fn take(&mut self, mut bytes: usize) -> Vec<Bytes> {
        let mut taken = Vec::new();
        while bytes > 0
            && let Some(part) = self.parts.front_mut()
        {
            let piece = part.split_to(bytes.min(part.len()));
            bytes -= piece.len();
            taken.push(piece);
            if part.is_empty() {
                self.parts.pop_front();
            }
        }
        taken
    }
}
