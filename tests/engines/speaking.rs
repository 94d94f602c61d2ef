//! flite's lines, as a listener gets them.

use futures_util::StreamExt;
use repartee::audio::format::Format;
use repartee::audio::hearing::report_of;
use repartee::domain::delivery::Delivery;
use repartee::domain::money::Price;
use repartee::domain::voice::{COMMON_VOICES, Voice};
use repartee::engines::embedded::speaking::{Flite, SpeakingOptions};
use repartee::pipeline::engine::{Line, Readiness, Synthesizer};
use repartee::pipeline::error::EngineError;

use crate::packing::{line, mouth, spoken};

const SENTENCE: &str = "We are planning a trip to the mountains in July.";

#[tokio::test]
async fn every_voice_speaks_a_sentence() {
    let mouth = mouth();
    for voice in mouth.voices() {
        let sound = spoken(&mouth, line(SENTENCE, voice.name())).await;

        assert!((1.5..6.0).contains(&sound.seconds()), "{voice}: {:.2} s", sound.seconds());
        assert!(report_of(&sound).speech_seconds > 1.0, "{voice}");
    }
}

#[tokio::test]
async fn common_voices_are_spoken_by_the_nearest() {
    let mouth = mouth();
    for voice in COMMON_VOICES {
        assert!(spoken(&mouth, line("Yes.", voice)).await.seconds() > 0.3, "{voice}");
    }
}

#[tokio::test]
async fn an_unknown_voice_is_refused() {
    let mut pieces = mouth().speak(line("Hello.", "caruso"), Format::Mp3);

    let refusal = pieces.next().await.unwrap().unwrap_err();

    assert!(matches!(&refusal, EngineError::Refused(why) if why.contains("caruso")), "{refusal}");
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn a_sentence_comes_in_pieces_while_it_is_made() {
    let pieces: Vec<_> = mouth().speak(line(SENTENCE, "slt"), Format::Mp3).collect().await;

    assert!(pieces.len() > 5, "{}", pieces.len());
    assert!(pieces.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_line_begins_at_once_and_ends_in_a_pause() {
    let mouth = mouth();
    for voice in ["slt", "rms", "awb", "kal16"] {
        let sound = spoken(&mouth, line(SENTENCE, voice)).await;
        let loud = |sample: &i16| sample.unsigned_abs() > 100;
        let before = sound.samples.iter().position(loud).unwrap();
        let after = sound.samples.iter().rev().position(loud).unwrap();

        assert!(before <= 480, "{voice} begins after {before} samples");
        assert!(after >= 3_900, "{voice} ends after {after} silent samples");
    }
}

#[tokio::test]
async fn twice_the_speed_takes_half_the_time() {
    let mouth = mouth();
    let usual = spoken(&mouth, line(SENTENCE, "slt")).await.seconds();
    let fast = spoken(&mouth, with(Delivery { speed: 2.0, gain_db: 0.0 })).await.seconds();
    let slow = spoken(&mouth, with(Delivery { speed: 0.5, gain_db: 0.0 })).await.seconds();

    assert!((0.4..0.65).contains(&(fast / usual)), "{usual} {fast}");
    assert!((1.6..2.2).contains(&(slow / usual)), "{usual} {slow}");
}

#[tokio::test]
async fn the_speed_of_one_line_is_not_the_next_ones() {
    let mouth = mouth();
    let before = spoken(&mouth, line(SENTENCE, "slt")).await.seconds();
    spoken(&mouth, with(Delivery { speed: 2.0, gain_db: 0.0 })).await;
    let after = spoken(&mouth, line(SENTENCE, "slt")).await.seconds();

    assert!((after / before - 1.0).abs() < 0.05, "{before} {after}");
}

#[tokio::test]
async fn louder_is_louder_and_does_not_clip() {
    let mouth = mouth();
    let usual = report_of(&spoken(&mouth, line(SENTENCE, "slt")).await);
    let loud = report_of(&spoken(&mouth, with(Delivery { speed: 1.0, gain_db: 12.0 })).await);
    let soft = report_of(&spoken(&mouth, with(Delivery { speed: 1.0, gain_db: -12.0 })).await);

    assert!(loud.loudness_dbfs > usual.loudness_dbfs + 5.0);
    assert!((usual.loudness_dbfs - soft.loudness_dbfs - 12.0).abs() < 1.0);
    assert!(loud.clipped < 0.01, "{}", loud.clipped);
}

#[tokio::test]
async fn whatever_is_written_is_spoken_or_left_out() {
    let mouth = mouth();
    let endless = "a".repeat(5_000);
    for text in [
        "नमस्ते, आप कैसे हैं?",
        "Stop\0here",
        "Launch 🚀 now",
        "\u{1b}[31mred\u{7}",
        "Ωμέγα и ещё",
        &endless,
        "<speak>ten</speak> & {more} $5.20 @ 50% on 3/4/2026 at 10:42",
    ] {
        let seconds = spoken(&mouth, line(text, "kal16")).await.seconds();

        assert!((0.3..125.0).contains(&seconds), "{seconds:.1} s for {text:.40}");
    }
}

#[tokio::test]
async fn nothing_to_say_is_no_sound() {
    let mouth = mouth();
    for text in ["", "   ", "🎉", "…", "\0"] {
        assert!(spoken(&mouth, line(text, "slt")).await.samples.is_empty(), "{text:?}");
    }
}

#[tokio::test]
async fn no_line_sounds_longer_than_allowed() {
    let mouth = Flite::new(&SpeakingOptions { max_seconds: 2, ..Default::default() }).unwrap();

    let sound = spoken(&mouth, line(&SENTENCE.repeat(20), "kal16")).await;

    assert_eq!(sound.seconds(), 2.0);
}

#[tokio::test]
async fn a_full_queue_is_busy() {
    let mouth = Flite::new(&SpeakingOptions { queue: 1, ..Default::default() }).unwrap();
    // One line may be in the speaker's mouth and one in the queue; long ones stay there.
    let long = SENTENCE.repeat(100);
    let lines: Vec<_> = (0..4).map(|_| mouth.speak(line(&long, "slt"), Format::Pcm)).collect();

    let mut refused = 0;
    for mut pieces in lines {
        refused += usize::from(matches!(pieces.next().await, Some(Err(EngineError::Busy))));
    }

    assert!(refused >= 2, "{refused}");
}

#[tokio::test]
async fn lines_nobody_listens_to_any_more_are_skipped() {
    let mouth = mouth();
    let long = SENTENCE.repeat(100);
    for _ in 0..200 {
        drop(mouth.speak(line(&long, "slt"), Format::Pcm));
    }

    // At a hundred times real time, these lines would keep the voice busy for minutes.
    assert!(spoken(&mouth, line("Still here.", "slt")).await.seconds() > 0.5);
}

#[tokio::test]
async fn two_mouths_speak_at_once_without_harm() {
    let (one, other) = (mouth(), mouth());
    let (first, second) = tokio::join!(
        spoken(&one, line(SENTENCE, "slt")),
        spoken(&other, line("The soup needs a little more salt.", "slt"))
    );

    assert!(first.seconds() > second.seconds());
}

#[tokio::test]
async fn it_loads_when_there_is_something_to_say() {
    let mouth = Flite::new(&SpeakingOptions::default()).unwrap();
    assert_eq!(mouth.readiness(), Readiness::Loading);

    spoken(&mouth, line(SENTENCE, "slt")).await;

    assert_eq!(mouth.readiness(), Readiness::Ready);
}

#[test]
fn it_says_who_it_is_and_asks_for_nothing() {
    let mouth =
        Flite::new(&SpeakingOptions { voice: Voice("onyx".to_owned()), ..Default::default() })
            .unwrap();

    assert_eq!(mouth.name().to_string(), "embedded/flite-awb");
    assert_eq!(mouth.price(), Price::Free);
}

fn with(delivery: Delivery) -> Line {
    Line { delivery, ..line(SENTENCE, "slt") }
}
