//! PocketSphinx, measured with what flite says.
#![expect(clippy::print_stdout, reason = "the figures are worth reading")]

use std::num::NonZeroUsize;
use std::slice;
use std::sync::{Arc, LazyLock};
use std::thread;

use futures_util::future::join_all;
use repartee::audio::clip::Clip;
use repartee::audio::decode::{Decoding, Limits};
use repartee::audio::error::AudioError;
use repartee::audio::pcm::Pcm;
use repartee::domain::money::Price;
use repartee::domain::word_errors::{WordErrors, alignment, marked, word_error_rate};
use repartee::engines::embedded;
use repartee::engines::embedded::hearing::{HearingOptions, PocketSphinx};
use repartee::pipeline::engine::{Hint, Readiness, Transcriber};
use repartee::pipeline::error::EngineError;
use repartee::settings::Settings;

use crate::packing::{line, mouth, mp3, packed, sentences, spoken, wav};

/// The highest share of words that may be heard wrong.
const MOST_WRONG: f64 = 0.12;
/// How much worse than WAV a container may be heard.
const MOST_LOST: f64 = 0.02;
/// flite's breath is chance, and a breath can change a word: so many standard errors of what was
/// measured are allowed for.
const CHANCE: f64 = 2.0;

/// One pair for all tests, with as many threads as there are processors.
fn ears() -> &'static PocketSphinx {
    static EARS: LazyLock<PocketSphinx> = LazyLock::new(|| {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        PocketSphinx::new(HearingOptions { threads, queue: 1_024, ..Default::default() })
    });
    &EARS
}

async fn heard(ears: &PocketSphinx, clip: &Clip) -> String {
    ears.transcribe(clip, &Hint::default()).await.unwrap().text
}

/// What of each sentence was heard, packed in some way.
async fn errors(said: &[(&'static str, Clip)]) -> Vec<WordErrors> {
    let hearing =
        said.iter().map(|(sentence, clip)| async { (*sentence, heard(ears(), clip).await) });
    let each = join_all(hearing).await.into_iter().map(|(sentence, heard)| {
        let errors = word_error_rate(sentence, &heard);
        if errors.errors() > 0 {
            println!("  {}", marked(&alignment(sentence, &heard)));
        }
        errors
    });
    each.collect()
}

fn rate(each: &[WordErrors]) -> f64 {
    each.iter().copied().sum::<WordErrors>().rate()
}

/// Whether the same sentences, packed in some ways, were heard so much worse than they are plain
/// that chance does not explain it.
fn are_worse(packed: &[Vec<WordErrors>], plain: &[WordErrors]) -> bool {
    let (mut lost, mut squares) = (0.0, 0.0);
    for (sentence, plain) in plain.iter().enumerate() {
        let errors: usize = packed.iter().map(|each| each[sentence].errors()).sum();
        let more = errors as f64 / packed.len() as f64 - plain.errors() as f64;
        lost += more;
        squares += more * more;
    }
    let words = plain.iter().copied().sum::<WordErrors>().words as f64;
    lost > MOST_LOST * words + CHANCE * f64::sqrt(squares)
}

/// As the ears get it.
fn samples(clip: &Clip) -> Vec<i16> {
    let mut decoding = Decoding::open(clip, Limits::default(), 16_000).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = decoding.next_block().unwrap() {
        samples.extend(block);
    }
    samples
}

async fn said(voice: &str, every: usize) -> Vec<(&'static str, Pcm)> {
    let mouth = mouth();
    let mut said = Vec::new();
    for sentence in sentences().into_iter().step_by(every) {
        said.push((sentence, spoken(&mouth, line(sentence, voice)).await));
    }
    said
}

fn all(said: &[(&'static str, Pcm)], pack: impl Fn(&Pcm) -> Clip) -> Vec<(&'static str, Clip)> {
    said.iter().map(|(sentence, sound)| (*sentence, pack(sound))).collect()
}

fn opus_in_webm(sound: &Pcm) -> Clip {
    packed(sound, "webm", &["-c:a", "libopus", "-b:a", "24k", "-ar", "48000"])
}

#[tokio::test]
async fn everyday_sentences_are_understood_in_wav_mp3_and_webm() {
    assert!(sentences().len() >= 40);
    let said = said("slt", 1).await;

    let plain = errors(&all(&said, wav)).await;
    println!("word errors, slt: WAV {:.3}", rate(&plain));
    assert!(rate(&plain) <= MOST_WRONG, "WAV: {:.3}", rate(&plain));
    let clips = [("MP3", all(&said, mp3)), ("WebM", all(&said, opus_in_webm))];
    for (name, clips) in clips {
        let each = errors(&clips).await;
        println!("word errors, slt: {name} {:.3}", rate(&each));
        assert!(rate(&each) <= MOST_WRONG, "{name}: {:.3}", rate(&each));
        let worse = are_worse(slice::from_ref(&each), &plain);
        assert!(!worse, "{name}: {:.3}, WAV: {:.3}", rate(&each), rate(&plain));
    }
}

/// The file's kind and how ffmpeg makes it; each keeps all that matters of 16 kHz speech.
const CONTAINERS: [(&str, &[&str]); 11] = [
    ("ogg", &["-c:a", "libopus", "-b:a", "24k"]),
    ("ogg", &["-c:a", "libvorbis", "-q:a", "4"]),
    ("webm", &["-c:a", "libvorbis", "-q:a", "4"]),
    ("mp4", &["-c:a", "aac", "-b:a", "64k"]),
    ("mp4", &["-c:a", "aac", "-b:a", "64k", "-movflags", "frag_keyframe+empty_moov"]),
    ("mp4", &["-c:a", "libopus", "-b:a", "24k"]),
    ("mp3", &["-c:a", "libmp3lame", "-b:a", "48k"]),
    ("flac", &["-c:a", "flac"]),
    ("wav", &["-c:a", "pcm_s24le", "-ar", "44100", "-ac", "2"]),
    ("wav", &["-c:a", "pcm_f32le", "-ar", "48000"]),
    ("webm", &["-c:a", "libopus", "-b:a", "24k", "-live", "1"]),
];

#[tokio::test]
async fn every_container_is_heard_as_well_as_wav() {
    let said = said("rms", 1).await;
    let plain = errors(&all(&said, wav)).await;
    println!("word errors, rms: WAV {:.3}", rate(&plain));

    let (mut sounds, mut errors_of) = (Vec::new(), Vec::new());
    let mut worse = Vec::new();
    for (extension, arguments) in CONTAINERS {
        let clips = all(&said, |sound| packed(sound, extension, arguments));
        // Containers that give the same samples are heard alike: listening once is enough.
        let sound: Vec<_> = clips.iter().map(|(_, clip)| samples(clip)).collect();
        let each: Vec<_> = match sounds.iter().position(|known| *known == sound) {
            Some(known) => Vec::clone(&errors_of[known]),
            None => errors(&clips).await,
        };
        println!("word errors, rms: {extension} {arguments:?} {:.3}", rate(&each));
        if are_worse(slice::from_ref(&each), &plain) {
            worse.push(format!("{extension} {arguments:?}: {:.3}", rate(&each)));
        }
        sounds.push(sound);
        errors_of.push(each);
    }

    assert!(worse.is_empty(), "{worse:#?} against {:.3}", rate(&plain));
    let together = rate(&errors_of.concat());
    println!("word errors, rms: all containers {together:.3}");
    assert!(!are_worse(&errors_of, &plain), "{together:.3} against {:.3}", rate(&plain));
}

#[tokio::test]
async fn telephone_sound_is_still_mostly_understood() {
    let said = said("rms", 6).await;
    let as_on_the_telephone =
        |sound: &Pcm| packed(sound, "wav", &["-c:a", "pcm_mulaw", "-ar", "8000"]);

    let rate = rate(&errors(&all(&said, as_on_the_telephone)).await);

    println!("word errors, rms, 8 kHz µ-law: {rate:.3}");
    assert!(rate < 0.6, "{rate:.3}");
}

#[tokio::test]
async fn what_is_heard_is_dressed_and_timed() {
    let sound = spoken(&mouth(), line("What is twelve times seven?", "rms")).await;

    let transcript = ears().transcribe(&wav(&sound), &Hint::default()).await.unwrap();

    assert_eq!(transcript.text, "What is 12 times 7?");
    assert_eq!(transcript.language.unwrap().tag(), "en");
    assert!((transcript.audio_seconds - sound.seconds()).abs() < 0.01);
    let words: Vec<_> = transcript.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["what", "is", "twelve", "times", "seven"]);
    assert!(transcript.words.is_sorted_by_key(|word| word.start_ms));
    let end = f64::from(transcript.words[4].end_ms) / 1_000.0;
    assert!((sound.seconds() - 0.6..=sound.seconds()).contains(&end), "{end}");
    assert!(transcript.words.iter().all(|word| (0.0..=1.0).contains(&word.confidence.unwrap())));
}

#[tokio::test]
async fn times_count_from_the_start_of_the_clip() {
    let mut sound = spoken(&mouth(), line("My computer is very slow this morning.", "rms")).await;
    let ears = ears();
    let early = ears.transcribe(&wav(&sound), &Hint::default()).await.unwrap();
    sound.samples.splice(0..0, vec![0; 32_000]);

    let late = ears.transcribe(&wav(&sound), &Hint::default()).await.unwrap();

    assert_eq!(late.text, early.text);
    let shift = late.words[1].start_ms.abs_diff(early.words[1].start_ms);
    assert!(shift.abs_diff(2_000) <= 50, "{shift} ms");
}

#[tokio::test]
async fn a_silent_clip_has_no_words() {
    let silence = Pcm { rate_hz: 16_000, samples: vec![0; 48_000] };

    let transcript = ears().transcribe(&wav(&silence), &Hint::default()).await.unwrap();

    assert_eq!((transcript.text.as_str(), transcript.words.len()), ("", 0));
    assert_eq!(transcript.audio_seconds, 3.0);
}

#[tokio::test]
async fn a_clip_that_is_too_long_is_refused_with_its_length() {
    let long = Pcm { rate_hz: 16_000, samples: vec![0; 16_000 * 31] };

    let refusal = ears().transcribe(&wav(&long), &Hint::default()).await.unwrap_err();

    let EngineError::TooLong { seconds, limit_seconds: 30 } = refusal else { panic!("{refusal}") };
    assert!((seconds - 31.0).abs() < 0.1, "{seconds}");
}

#[tokio::test]
async fn a_broken_clip_is_its_own_fault() {
    let clip = Clip::new(&b"RIFF\x24\0\0\0WAVEfmt nothing of the kind"[..]).unwrap();

    let refusal = ears().transcribe(&clip, &Hint::default()).await.unwrap_err();

    assert!(matches!(refusal, EngineError::Audio(_)), "{refusal}");
}

#[tokio::test]
async fn another_language_is_heard_as_english() {
    let sound = spoken(&mouth(), line("The doctor said I should drink more water.", "rms")).await;
    let hint = Hint { language: Some("hi".parse().unwrap()), ..Hint::default() };

    let transcript = ears().transcribe(&wav(&sound), &hint).await.unwrap();

    assert_eq!(transcript.language.unwrap().tag(), "en");
}

#[tokio::test]
async fn names_are_spelt_as_the_hint_spells_them() {
    let sound = spoken(&mouth(), line("Hello Robin, how are you today?", "rms")).await;
    let hint = Hint { keywords: vec!["Robin".to_owned()], ..Hint::default() };

    let transcript = ears().transcribe(&wav(&sound), &hint).await.unwrap();

    assert_eq!(transcript.text, "Hello Robin how are you today?");
}

#[tokio::test]
async fn clips_that_come_while_it_loads_wait_for_it() {
    let ears = PocketSphinx::new(HearingOptions::default());
    let sound = spoken(&mouth(), line("Can you hear me clearly now?", "rms")).await;

    assert!(!heard(&ears, &wav(&sound)).await.is_empty());
    assert_eq!(ears.readiness(), Readiness::Ready);
}

#[tokio::test]
async fn a_clip_that_the_operator_finds_too_large_is_refused() {
    let settings = Settings::read(&|name| (name == "MAX_AUDIO_MB").then(|| "1".to_owned()));
    let ears = embedded::hearing(&settings.unwrap()).unwrap();
    let large = wav(&Pcm { rate_hz: 16_000, samples: vec![0; 1024 * 1024] });

    let refusal = ears.transcribe(&large, &Hint::default()).await.unwrap_err();

    let limit = 1024 * 1024;
    let bytes = large.bytes().len() as u64;
    assert_eq!(refusal, EngineError::Audio(AudioError::TooManyBytes { bytes, limit }));
}

#[tokio::test]
async fn a_full_queue_is_busy() {
    let ears = Arc::new(PocketSphinx::new(HearingOptions { queue: 1, ..Default::default() }));
    let sound = spoken(&mouth(), line("Everyone was happy to see the sun again.", "rms")).await;

    // One clip may be in the ear and one in the queue; the model alone takes longer to load
    // than all of them to be sent.
    let sending: Vec<_> = (0..4)
        .map(|_| {
            let (ears, clip) = (ears.clone(), wav(&sound));
            tokio::spawn(async move { ears.transcribe(&clip, &Hint::default()).await })
        })
        .collect();
    let mut refused = 0;
    for sent in sending {
        refused += usize::from(sent.await.unwrap() == Err(EngineError::Busy));
    }

    assert!(refused >= 2, "{refused}");
}

#[tokio::test]
async fn clips_nobody_waits_for_are_skipped() {
    let ears = PocketSphinx::new(HearingOptions { queue: 200, ..Default::default() });
    let sound = spoken(&mouth(), line("Let me know when the package arrives.", "rms")).await;
    let mut long = Pcm { rate_hz: 16_000, samples: Vec::new() };
    while long.seconds() < 25.0 {
        long.samples.extend(&sound.samples);
    }
    let (clip, hint) = (wav(&long), Hint::default());
    for _ in 0..100 {
        let mut hearing = ears.transcribe(&clip, &hint);
        assert!(futures_util::poll!(&mut hearing).is_pending());
    }

    // The clips before would keep it busy for minutes.
    assert!(heard(&ears, &wav(&sound)).await.contains("package"));
}

#[tokio::test]
async fn without_a_model_it_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let model_dir = folder.path().to_owned();
    let ears = PocketSphinx::new(HearingOptions { model_dir, ..Default::default() });
    let sound = Pcm { rate_hz: 16_000, samples: vec![0; 16_000] };

    let refusal = ears.transcribe(&wav(&sound), &Hint::default()).await.unwrap_err();

    let EngineError::Unavailable(why) = refusal else { panic!("{refusal}") };
    assert!(why.contains("pocketsphinx-en-us"), "{why}");
    assert_eq!(ears.readiness(), Readiness::Failed(why));
}

#[tokio::test]
async fn a_model_that_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["en-us", "en-us.lm.bin", "cmudict-en-us.dict"] {
        std::fs::write(folder.path().join(part), "not a model").unwrap();
    }
    let model_dir = folder.path().to_owned();
    let ears = PocketSphinx::new(HearingOptions { model_dir, ..Default::default() });
    let sound = Pcm { rate_hz: 16_000, samples: vec![0; 16_000] };

    let refusal = ears.transcribe(&wav(&sound), &Hint::default()).await.unwrap_err();

    assert!(matches!(refusal, EngineError::Unavailable(_)), "{refusal}");
}

#[test]
fn it_says_who_it_is_and_asks_for_nothing() {
    let ears = ears();

    assert_eq!(ears.name().to_string(), "embedded/pocketsphinx-en-us");
    assert_eq!(ears.price(), Price::Free);
}

#[tokio::test]
async fn a_pause_within_the_clip_does_not_shift_the_words_after_it() {
    let mouth = mouth();
    let mut sound = spoken(&mouth, line("My computer is very slow this morning.", "rms")).await;
    let until_pause = sound.seconds() + 2.0;
    sound.samples.extend(vec![0; 32_000]);
    let second = spoken(&mouth, line("The doctor said I should drink more water.", "rms")).await;
    sound.samples.extend(second.samples);

    let transcript = ears().transcribe(&wav(&sound), &Hint::default()).await.unwrap();

    let word = transcript.words.iter().find(|word| word.text == "doctor").unwrap();
    let start = f64::from(word.start_ms) / 1_000.0;
    assert!((until_pause..until_pause + 0.4).contains(&start), "{start} of {until_pause}");
}
