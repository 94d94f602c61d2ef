//! Only a clip in which someone speaks reaches an engine.

use std::f64::consts::TAU;

use repartee::audio::clip::Clip;
use repartee::audio::format::Format;
use repartee::audio::pcm::Pcm;
use repartee::audio::wav;
use repartee::domain::language::Language;
use repartee::pipeline::engine::Transcript;
use repartee::pipeline::error::TurnError;
use repartee::pipeline::event::{Briefing, Input};
use repartee::pipeline::{Limits, Pipeline};

use crate::scripted::{
    Entry, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step, briefing, engines,
};
use crate::stage::{Outcome, finish};

const RATE_HZ: u32 = 16_000;

/// Two seconds that sound like a voice: a gliding pitch with the formants of a few vowels.
pub fn spoken() -> Clip {
    clip(voice())
}

/// The same, but silent after this many seconds.
fn with_speech(seconds: f64) -> Clip {
    let mut samples = voice();
    samples[(seconds * f64::from(RATE_HZ)) as usize..].fill(0);
    clip(samples)
}

fn voice() -> Vec<i16> {
    let mut phase = 0.0;
    let samples = (0..2 * RATE_HZ).map(|sample| {
        let time = f64::from(sample) / f64::from(RATE_HZ);
        let pitch = 120.0 + 25.0 * (TAU * 1.3 * time).sin();
        phase += TAU * pitch / f64::from(RATE_HZ);
        let vowel = [(730.0, 1_090.0), (270.0, 2_290.0), (570.0, 840.0)][(time * 4.0) as usize % 3];
        let buzz: f64 = (1..30)
            .map(|harmonic| {
                let hertz = pitch * f64::from(harmonic);
                let near = |formant: f64| 1.0 / (1.0 + ((hertz - formant) / 90.0).powi(2));
                (near(vowel.0) + 0.5 * near(vowel.1) + 0.02) * (phase * f64::from(harmonic)).sin()
            })
            .sum();
        let syllable = (TAU * 2.0 * time).sin().abs();
        (buzz * syllable * 6_000.0) as i16
    });
    samples.collect()
}

/// Two seconds in which nobody speaks.
pub fn silent() -> Clip {
    clip(vec![0; RATE_HZ as usize * 2])
}

fn clip(samples: Vec<i16>) -> Clip {
    Clip::new(wav::whole(&Pcm { rate_hz: RATE_HZ, samples })).unwrap()
}

/// Takes a turn with a clip; gives what came of it and what the ear was asked.
async fn hear(clip: Clip, hearing: ScriptedTranscriber) -> (Outcome, Vec<Entry>) {
    let ear = hearing.journal.clone();
    let engines =
        engines(hearing, ScriptedResponder::replying(["Yes."]), ScriptedSynthesizer::new());
    let pipeline = Pipeline::new(engines, Limits::default());
    let turn = pipeline.take_turn(Input::Clip(clip), briefing(), Format::Pcm);
    (finish(Box::pin(turn)).await, ear.entries())
}

#[tokio::test]
async fn a_clip_with_speech_is_heard_and_answered() {
    let (outcome, ear) = hear(spoken(), ScriptedTranscriber::hearing("hello")).await;

    assert_eq!(outcome.said(), ["Yes."]);
    assert_eq!(ear.len(), 1);
    assert!(outcome.receipt().hearing.is_some());
}

#[tokio::test]
async fn silence_reaches_no_engine() {
    let (outcome, ear) = hear(silent(), ScriptedTranscriber::hearing("thank you")).await;

    assert!(matches!(outcome.error, Some(TurnError::NoSpeech(_))), "{:?}", outcome.error);
    assert!(ear.is_empty());
}

#[tokio::test]
async fn a_clip_too_short_for_a_word_reaches_no_engine() {
    let (outcome, ear) = hear(clip(vec![9; 800]), ScriptedTranscriber::hearing("you")).await;

    assert!(matches!(outcome.error, Some(TurnError::TooShort(_))), "{:?}", outcome.error);
    assert!(ear.is_empty());
}

#[tokio::test]
async fn a_broken_clip_reaches_no_engine() {
    let broken = Clip::new(&b"RIFF\x24\0\0\0WAVEfmt "[..]).unwrap();
    let (outcome, ear) = hear(broken, ScriptedTranscriber::hearing("you")).await;

    assert!(matches!(outcome.error, Some(TurnError::Audio(_))), "{:?}", outcome.error);
    assert!(ear.is_empty());
}

#[tokio::test]
async fn a_transcript_without_words_is_no_speech() {
    for transcript in ["", " \n", "...", "—"] {
        let hearing = ScriptedTranscriber::hearing(transcript);
        let (outcome, _) = hear(spoken(), hearing).await;

        let Some(TurnError::NoSpeech(report)) = outcome.error else {
            panic!("{transcript:?}: {:?}", outcome.error);
        };
        assert!(report.duration_seconds > 1.9, "{report:?}");
        assert!(outcome.events.is_empty());
    }
}

#[tokio::test]
async fn what_engines_hear_in_noise_is_no_speech_unless_there_is_time_to_say_it() {
    // A cough: half a second that sounds like a voice, in two seconds of nothing.
    let cough = with_speech(0.5);
    let phantom = ScriptedTranscriber::hearing("Thank you for watching!");

    let (heard, _) = hear(spoken(), phantom.clone()).await;
    let (coughed, _) = hear(cough.clone(), phantom).await;
    let (words, _) = hear(cough, ScriptedTranscriber::hearing("What is the time?")).await;

    assert_eq!((heard.error, words.error), (None, None));
    assert!(matches!(coughed.error, Some(TurnError::NoSpeech(_))), "{:?}", coughed.error);
}

#[tokio::test]
async fn the_responder_learns_how_loud_and_in_which_language_one_spoke() {
    let hindi: Language = "hi".parse().unwrap();
    let transcript =
        Transcript {
            text: "नमस्ते".into(), language: Some(hindi.clone()), ..Transcript::default()
        };
    let hearing = ScriptedTranscriber::following(vec![Step::Give(transcript)]);
    let thinking = ScriptedResponder::replying(["नमस्ते।"]);
    let (mind, speaking) = (thinking.journal.clone(), ScriptedSynthesizer::new());
    let lines = speaking.journal.clone();
    let pipeline = Pipeline::new(engines(hearing, thinking, speaking), Limits::default());

    let turn = pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Pcm);
    finish(Box::pin(turn)).await.receipt();

    let prompt = &mind.prompts()[0];
    assert_eq!((prompt.said.as_str(), &prompt.language), ("नमस्ते", &Some(hindi.clone())));
    assert!(prompt.loudness_dbfs.is_some_and(|level| (-40.0..0.0).contains(&level)), "{prompt:?}");
    assert_eq!(lines.lines()[0].language, Some(hindi));
}

#[tokio::test]
async fn typed_words_are_taken_as_they_are() {
    let hearing = ScriptedTranscriber::hearing("something else");
    let ear = hearing.journal.clone();
    let thinking = ScriptedResponder::replying(["Yes."]);
    let mind = thinking.journal.clone();
    let pipeline =
        Pipeline::new(engines(hearing, thinking, ScriptedSynthesizer::new()), Limits::default());
    let briefing = Briefing { language: Some(Language::english()), ..briefing() };

    let turn = pipeline.take_turn(Input::Text("Is it ten?".into()), briefing, Format::Pcm);
    finish(Box::pin(turn)).await.receipt();

    assert!(ear.entries().is_empty());
    assert_eq!(mind.prompts()[0].said, "Is it ten?");
    assert_eq!(mind.prompts()[0].loudness_dbfs, None);
}
