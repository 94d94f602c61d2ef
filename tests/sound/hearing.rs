//! Speech is told from everything else, and its end is noticed.

use std::f64::consts::TAU;

use repartee::audio::clip::Clip;
use repartee::audio::decode::Limits;
use repartee::audio::error::AudioError;
use repartee::audio::hearing::{Ear, Endpointer, Presence, Verdict, listen, report, report_of};
use repartee::audio::pcm::Pcm;

use crate::workshop::{Dice, RATE_HZ, SPEECH, packed, speech, wav};

fn sound(seconds: f64, mut sample: impl FnMut(f64) -> f64) -> Pcm {
    let count = (seconds * f64::from(RATE_HZ)) as usize;
    let at = |index: usize| index as f64 / f64::from(RATE_HZ);
    let samples = (0..count).map(|index| (sample(at(index)) * 32_767.0) as i16).collect();
    Pcm { rate_hz: RATE_HZ, samples }
}

fn silence(seconds: f64) -> Pcm {
    sound(seconds, |_| 0.0)
}

fn white_noise(level: f64) -> Pcm {
    let mut dice = Dice(1);
    sound(4.0, |_| dice.fraction() * level)
}

/// Noise that falls by 3 dB an octave, as rain and ventilators do (Kellet's filter).
fn pink_noise(level: f64) -> Pcm {
    let (mut dice, mut state) = (Dice(2), [0.0; 3]);
    sound(4.0, |_| {
        let white = dice.fraction();
        state[0] = 0.99765 * state[0] + white * 0.0990460;
        state[1] = 0.96300 * state[1] + white * 0.2965164;
        state[2] = 0.57000 * state[2] + white * 1.0526913;
        (state.iter().sum::<f64>() + white * 0.1848) * level / 6.0
    })
}

/// Noise that falls by 6 dB an octave: wind, engines.
fn rumble() -> Pcm {
    let (mut dice, mut state) = (Dice(3), 0.0);
    sound(4.0, |_| {
        state = 0.995 * state + dice.fraction() * 0.05;
        state
    })
}

fn tone(hz: f64, level: f64) -> Pcm {
    sound(4.0, |at| (TAU * hz * at).sin() * level)
}

/// Mains hum with its overtones.
fn hum(hz: f64) -> Pcm {
    sound(4.0, |at| {
        (1..8).map(|n| (TAU * hz * f64::from(n) * at).sin() / f64::from(n)).sum::<f64>() * 0.2
    })
}

/// A finger on the microphone, and a moment after it.
fn tap() -> Pcm {
    let mut dice = Dice(4);
    joined(&[&sound(0.02, |_| dice.fraction()), &silence(0.3)])
}

fn scaled(sound: &Pcm, factor: f64) -> Pcm {
    let scale = |sample: &i16| (f64::from(*sample) * factor).round() as i16;
    Pcm { samples: sound.samples.iter().map(scale).collect(), ..*sound }
}

fn added(one: &Pcm, other: &Pcm) -> Pcm {
    let pairs = one.samples.iter().zip(&other.samples);
    Pcm { samples: pairs.map(|(a, b)| a.saturating_add(*b)).collect(), ..*one }
}

fn joined(parts: &[&Pcm]) -> Pcm {
    let samples = parts.iter().flat_map(|part| part.samples.iter().copied()).collect();
    Pcm { rate_hz: RATE_HZ, samples }
}

fn heard(sound: &Pcm) -> Presence {
    listen(&Clip::new(wav(sound)).unwrap(), Limits::default()).unwrap()
}

#[test]
fn whatever_is_not_speech_is_refused() {
    for (what, noise) in [
        ("silence", silence(4.0)),
        ("very loud white noise", white_noise(1.0)),
        ("loud white noise", white_noise(0.5)),
        ("soft white noise", white_noise(0.02)),
        ("very loud pink noise", pink_noise(2.0)),
        ("loud pink noise", pink_noise(0.5)),
        ("rumble", rumble()),
        ("soft pink noise", pink_noise(0.02)),
        ("a low tone", tone(200.0, 0.5)),
        ("a tone", tone(440.0, 0.3)),
        ("a high tone", tone(3_000.0, 0.5)),
        ("hum at 50 Hz", hum(50.0)),
        ("hum at 60 Hz", hum(60.0)),
        ("a buzzer", tone(150.0, 100.0)),
        ("a dialling tone", added(&tone(350.0, 0.2), &tone(440.0, 0.2))),
        ("speech far below hearing", scaled(&speech(), 0.001)),
    ] {
        let Presence::Silence(report) = heard(&noise) else {
            panic!("{what} was taken for speech")
        };
        assert_eq!(report.verdict(), Verdict::Unusable, "{what}");
        assert_eq!(report.speech_seconds, 0.0, "{what}");
    }
}

#[test]
fn speech_is_heard_loud_and_quiet_clean_and_noisy() {
    let speech = speech();
    let quiet = scaled(&speech, 0.05);
    assert!((-43.0..-39.0).contains(&report_of(&quiet).loudness_dbfs));

    for (what, sound) in [
        ("plain", speech.clone()),
        ("at -40 dBFS", quiet),
        ("clipping", scaled(&speech, 4.0)),
        ("in white noise", added(&scaled(&speech, 0.5), &white_noise(0.02))),
        ("in pink noise", added(&scaled(&speech, 0.5), &pink_noise(0.1))),
        ("after a tap on the microphone", joined(&[&tap(), &scaled(&speech, 0.05)])),
        ("after a long silence", joined(&[&silence(5.0), &speech])),
    ] {
        assert!(matches!(heard(&sound), Presence::Speech(_)), "speech {what} was not heard");
    }
}

#[test]
fn speech_in_every_coding_is_heard() {
    for (options, extension) in [
        ("-c:a libopus -b:a 12k", "webm"),
        ("-c:a libopus -b:a 24k", "ogg"),
        ("-c:a aac -b:a 48k", "m4a"),
        ("-c:a libmp3lame -b:a 32k", "mp3"),
        ("-c:a pcm_mulaw -ar 8000", "wav"),
        ("-c:a flac", "flac"),
    ] {
        let heard = listen(&packed(options, extension), Limits::default()).unwrap();
        assert!(matches!(heard, Presence::Speech(_)), "{options}");
    }
}

#[test]
fn the_gate_stops_early_and_still_knows_how_long_the_clip_is() {
    let speech = speech();
    let long = joined(&[&speech, &silence(27.0)]);

    let Presence::Speech(report) = heard(&long) else { panic!("not heard") };

    assert!((report.duration_seconds - long.seconds()).abs() < 0.1, "{report:?}");
    assert!(report.speech_seconds < 1.0, "it listened on: {report:?}");
}

#[test]
fn a_clip_that_goes_on_for_too_long_is_refused_although_it_begins_with_speech() {
    let long = joined(&[&speech(), &silence(8.0)]);
    let limits = Limits { max_seconds: 10, ..Limits::default() };

    let outcome = listen(&Clip::new(wav(&long)).unwrap(), limits);

    assert!(matches!(outcome, Err(AudioError::TooLong { limit_seconds: 10, .. })), "{outcome:?}");
}

#[test]
fn a_voice_after_a_long_silence_is_heard() {
    let loud = scaled(&speech(), 2.0);
    let late = joined(&[&silence(5.0), &speech(), &silence(5.0), &scaled(&speech(), 0.3)]);
    let after = joined(&[&loud, &silence(5.0), &scaled(&speech(), 0.05)]);

    assert_eq!(report_of(&late).speech_regions.last().map(|(start, _)| *start > 10.0), Some(true));
    assert_eq!(report_of(&after).speech_regions.last().map(|(start, _)| *start > 5.0), Some(true));
    assert!(matches!(heard(&late), Presence::Speech(_)));
}

#[test]
fn nothing_is_said_of_nothing() {
    let report = report_of(&silence(2.0));

    assert_eq!(serde_json::to_value(&report).unwrap()["speech_seconds"].to_string(), "0.0");
    assert_eq!(report.verdict(), Verdict::Unusable);
}

#[test]
fn a_tap_on_the_button_is_too_short() {
    let tap = Pcm { samples: speech().samples[8_000..12_000].to_vec(), rate_hz: RATE_HZ };

    assert!(matches!(heard(&tap), Presence::TooShort(_)));
    assert!(matches!(heard(&silence(0.1)), Presence::TooShort(_)));
    assert!(matches!(heard(&silence(0.4)), Presence::Silence(_)));
}

#[test]
fn the_report_says_where_the_speech_is() {
    let sound = joined(&[&silence(2.0), &speech(), &silence(2.0), &speech(), &silence(1.0)]);

    let report = report_of(&sound);

    let [(first, first_end), .., (last, last_end)] = report.speech_regions[..] else {
        panic!("{report:?}");
    };
    let close = |is: f64, wanted: f64| (is - wanted).abs() < 0.35;
    assert!(close(first, 2.0) && close(last_end, 10.2), "{report:?}");
    assert!(first_end < last && (3.5..6.3).contains(&report.speech_seconds), "{report:?}");
    assert!((report.duration_seconds - 11.2).abs() < 0.01, "{report:?}");
}

#[test]
fn the_report_measures_levels() {
    let full = report_of(&tone(1_000.0, 1.0));
    let half = report_of(&tone(1_000.0, 0.5));
    let none = report_of(&silence(1.0));

    assert!((full.loudness_dbfs - -3.0).abs() < 0.1 && full.peak_dbfs.abs() < 0.1);
    assert!((half.loudness_dbfs - -9.0).abs() < 0.1 && (half.peak_dbfs - -6.0).abs() < 0.1);
    assert!(full.clipped > 0.01 && half.clipped == 0.0);
    assert_eq!((none.loudness_dbfs, none.peak_dbfs, none.snr_db), (-120.0, -120.0, None));
}

#[test]
fn the_report_tells_clean_from_noisy_and_says_what_to_do() {
    let pause = silence(0.5);
    let sentence = scaled(&joined(&[&pause, &speech(), &pause]), 0.5);
    let noisy = added(&sentence, &white_noise(0.08));
    let quiet = scaled(&sentence, 0.05);
    let loud = scaled(&sentence, 12.0);

    let clean = report_of(&sentence);
    assert!(clean.snr_db.is_some_and(|ratio| ratio > 40.0), "{clean:?}");
    assert_eq!((clean.verdict(), clean.advice()), (Verdict::Good, vec![]));
    let noisy = report_of(&noisy);
    assert!(noisy.snr_db.is_some_and(|ratio| (5.0..15.0).contains(&ratio)), "{noisy:?}");
    assert!(noisy.verdict() < Verdict::Good && noisy.advice()[0].contains("noisy"), "{noisy:?}");
    let quiet = report_of(&quiet);
    assert!(quiet.verdict() < Verdict::Good && quiet.advice()[0].contains("quiet"), "{quiet:?}");
    let loud = report_of(&loud);
    assert!(loud.verdict() < Verdict::Good && loud.advice()[0].contains("clipping"), "{loud:?}");
}

#[test]
fn a_clip_and_its_samples_get_the_same_report() {
    let clip = Clip::new(SPEECH).unwrap();

    assert_eq!(report(&clip, Limits::default()).unwrap(), report_of(&speech()));
}

/// Feeds pieces and notes when (in ms) it changed its mind.
fn followed(sound: &Pcm, pause_ms: u32, piece: usize) -> Vec<(u32, Ear)> {
    let mut endpointer = Endpointer::new(pause_ms);
    let mut turns = vec![(0, Ear::Waiting)];
    let mut fed = 0;
    for piece in sound.samples.chunks(piece) {
        fed += piece.len();
        let ear = endpointer.push(piece);
        if turns.last().is_none_or(|(_, last)| *last != ear) {
            turns.push((fed as u32 / 16, ear));
        }
    }
    turns
}

#[test]
fn the_end_of_an_utterance_is_noticed_a_pause_later() {
    let sound = joined(&[&silence(1.0), &speech(), &silence(2.0)]);

    for piece in [1, 100, 320, 4_000] {
        let turns = followed(&sound, 700, piece);
        let [_, (began, Ear::Speaking), (noticed, Ear::Finished { began_ms, ended_ms })] =
            turns[..]
        else {
            panic!("pieces of {piece}: {turns:?}");
        };
        assert!((1_200..1_700).contains(&began), "{turns:?}");
        assert!(
            (1_000..1_450).contains(&began_ms) && (3_800..4_200).contains(&ended_ms),
            "{turns:?}"
        );
        assert!(noticed >= ended_ms + 700 && noticed < ended_ms + 1_000, "{turns:?}");
    }
}

#[test]
fn the_end_is_noticed_in_a_noisy_room_too() {
    let sentence = scaled(&joined(&[&silence(0.5), &speech(), &silence(2.0)]), 0.5);
    for (what, noise) in [("white", white_noise(0.02)), ("pink", pink_noise(0.05))] {
        let room = joined(&[&noise, &noise]);

        let turns = followed(&added(&sentence, &room), 700, 320);

        let [_, _, (_, Ear::Finished { ended_ms, .. })] = turns[..] else {
            panic!("{what}: {turns:?}");
        };
        assert!((3_300..4_000).contains(&ended_ms), "{what}: {turns:?}");
    }
}

#[test]
fn a_short_pause_does_not_end_an_utterance() {
    let speech = speech();
    let sound = joined(&[&speech, &silence(0.4), &speech, &silence(2.0)]);

    let turns = followed(&sound, 900, 320);

    assert_eq!(turns.len(), 3, "{turns:?}");
    assert!(turns[2].0 > 7_000, "{turns:?}");
}

#[test]
fn nothing_but_noise_is_never_an_utterance() {
    for noise in [silence(4.0), white_noise(0.3), pink_noise(0.3), tone(440.0, 0.3)] {
        assert_eq!(followed(&noise, 500, 160), [(0, Ear::Waiting)]);
    }
}
