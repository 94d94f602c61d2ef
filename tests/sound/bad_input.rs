//! Clips that can't be used are refused, each for its own reason.

use std::time::Duration;

use bytes::Bytes;
use repartee::audio::clip::{Clip, Container};
use repartee::audio::decode::{Decoding, Limits};
use repartee::audio::error::AudioError;
use repartee::audio::hearing::{listen, report};

use crate::workshop::{Dice, RATE_HZ, SPEECH, ffmpeg, heard, packed, speech};

fn refused(bytes: impl Into<Bytes>) -> AudioError {
    match Clip::new(bytes) {
        Ok(clip) => heard(&clip).unwrap_err(),
        Err(error) => error,
    }
}

fn likeness(bytes: impl Into<Bytes>) -> String {
    match refused(bytes) {
        AudioError::Unsupported { looks_like } => looks_like,
        other => panic!("{other}"),
    }
}

fn fault(bytes: impl Into<Bytes>) -> String {
    match refused(bytes) {
        AudioError::Broken { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

/// The sentence as WAV with some bytes of its head replaced.
fn patched(patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut file = SPEECH.to_vec();
    for (at, bytes) in patches {
        file[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    file
}

#[test]
fn nothing_is_empty() {
    assert_eq!(refused(Bytes::new()), AudioError::Empty);
}

#[test]
fn one_byte_is_no_sound_whatever_it_is() {
    for byte in 0..=255 {
        assert!(matches!(refused(vec![byte]), AudioError::Unsupported { .. }), "{byte}");
    }
}

#[test]
fn random_bytes_are_unknown_data() {
    let mut dice = Dice(7);
    for length in [2, 16, 100, 1_000, 10_000, 100_000] {
        for _ in 0..20 {
            let noise: Vec<u8> = (0..length).map(|_| dice.roll() as u8).collect();
            let likeness = likeness(noise);
            assert!(length < 5 || likeness == "unknown data", "{length} bytes: {likeness}");
        }
    }
}

#[test]
fn a_zip_named_webm_is_a_zip() {
    let error = refused(&b"PK\x03\x04\x14\0\0\0\x08\0voice.webm"[..]);

    assert!(error.to_string().contains("looks like a ZIP archive"), "{error}");
    assert!(error.to_string().contains("accepted are WebM"), "{error}");
}

#[test]
fn sound_of_other_kinds_is_called_by_its_name() {
    assert_eq!(likeness(ffmpeg(&speech(), "-c:a pcm_s16be", "aiff")), "AIFF audio");
    assert_eq!(likeness(ffmpeg(&speech(), "-c:a aac", "aac")), "raw AAC (ADTS)");
    assert_eq!(likeness(ffmpeg(&speech(), "-c:a pcm_s16be", "caf")), "CAF audio");
    assert_eq!(likeness(ffmpeg(&speech(), "", "au")), "Sun audio (AU)");
    assert!(likeness(ffmpeg(&speech(), "", "wma")).starts_with("Windows Media"));
    assert!(likeness(ffmpeg(&speech(), "", "mp2")).contains("layer I or II"));
}

#[test]
fn a_coding_that_is_not_read_is_named() {
    assert!(fault(packed("-c:a alac", "m4a").bytes().clone()).contains("ALAC"));
    assert!(fault(packed("-c:a ac3", "mkv").bytes().clone()).contains("AC-3"));
}

#[test]
fn a_film_without_sound_says_so() {
    let film = "-f lavfi -i color=c=black:s=16x16:r=5 -t 1 -map 1:v";

    assert_eq!(fault(ffmpeg(&speech(), film, "mp4")), "it has no sound track");
    assert_eq!(
        fault(ffmpeg(&speech(), &format!("{film} -c:v libvpx"), "webm")),
        "it has no sound track"
    );
}

#[test]
fn a_head_without_a_body_is_broken() {
    for (options, extension) in [
        ("-c:a libopus", "ogg"),
        ("-c:a libvorbis", "ogg"),
        ("-c:a aac -movflags +faststart", "m4a"),
        ("-c:a libmp3lame", "mp3"),
        ("-c:a flac", "flac"),
        ("-c:a pcm_s16le", "wav"),
    ] {
        let clip = packed(options, extension);
        for length in [12, 20, 44] {
            let error = refused(clip.bytes().slice(..length));
            let known = matches!(error, AudioError::Broken { .. } | AudioError::Unsupported { .. });
            assert!(known, "{length} bytes of {options}: {error}");
        }
    }
}

#[test]
fn a_wav_that_claims_the_impossible_is_broken() {
    assert_eq!(fault(patched(&[(22, &[0, 0])])), "it claims to have 0 channels");
    assert_eq!(fault(patched(&[(22, &[0xff, 0xff])])), "it claims to have 65535 channels");
    assert_eq!(fault(patched(&[(24, &[0; 4])])), "it claims to have 0 samples per second");
    assert_eq!(fault(patched(&[(24, &[1, 0, 0, 0])])), "it claims to have 1 samples per second");
    assert_eq!(
        fault(patched(&[(24, &[0xff; 4])])),
        "it claims to have 4294967295 samples per second"
    );
    assert!(fault(patched(&[(34, &[0, 0])])).contains("bits"));
    assert!(fault(patched(&[(34, &[0xff, 0xff])])).contains("65535 bits"));
    assert!(fault(patched(&[(16, &[0xff; 4])])).contains("cut off"));
    fault(patched(&[(20, &[0x55, 0])]));
}

#[test]
fn a_wav_without_samples_is_broken() {
    assert_eq!(fault(SPEECH[..44].to_vec()), "there is no sound in it");
}

#[test]
fn a_recording_that_was_stopped_at_once_is_bare_and_not_broken() {
    let recorded = include_bytes!("../fixtures/sound/chromium.webm");
    let cluster = recorded.windows(4).position(|id| id == [0x1f, 0x43, 0xb6, 0x75]).unwrap();
    for length in [12, 20, 44, cluster / 2, cluster - 1, cluster] {
        let refusal = refused(recorded[..length].to_vec());
        assert_eq!(refusal, AudioError::Bare { container: "WebM" }, "{length} of {cluster}");
    }
}

#[test]
fn a_clip_over_the_limit_of_bytes_is_not_even_opened() {
    let limits = Limits { max_bytes: 1_000, ..Limits::default() };

    let outcome = listen(&Clip::new(SPEECH).unwrap(), limits);

    assert_eq!(outcome, Err(AudioError::TooManyBytes { bytes: SPEECH.len() as u64, limit: 1_000 }));
}

#[test]
fn decoding_that_takes_too_long_is_given_up() {
    let limits = Limits { max_time: Duration::ZERO, ..Limits::default() };

    let outcome = report(&Clip::new(SPEECH).unwrap(), limits);

    assert_eq!(outcome, Err(AudioError::TooSlow { limit_ms: 0 }));
}

/// An hour in 3.6 MB: MP3 at 16 kHz and 8 kb/s, every frame of it silent.
fn hour() -> Clip {
    let frame = [&[0xff, 0xf3, 0x18, 0xc4][..], &[0; 32]].concat();
    Clip::new(frame.repeat(100_000)).unwrap()
}

fn is_too_long(error: &AudioError) -> bool {
    matches!(error, AudioError::TooLong { seconds: 600.0.., limit_seconds: 600 })
}

#[test]
fn an_hour_is_too_long_and_is_not_decoded_whole() {
    // However slow the machine is, it is not the time that runs out here.
    let limits = Limits { max_time: Duration::from_secs(3_600), ..Limits::default() };
    let mut decoding = Decoding::open(&hour(), limits, RATE_HZ).unwrap();
    let mut samples = 0;

    let outcome = loop {
        match decoding.next_block() {
            Ok(Some(block)) => samples += block.len(),
            Ok(None) => panic!("an hour was decoded"),
            Err(error) => break error,
        }
    };

    assert!(is_too_long(&outcome), "{outcome:?}");
    assert!(samples <= 600 * RATE_HZ as usize, "{samples} samples came out");
    assert_eq!(decoding.next_block(), Ok(None));
    assert!(is_too_long(&listen(&hour(), limits).unwrap_err()));
}

#[test]
fn an_hour_of_speech_is_too_long_for_the_gate_too() {
    let sentence = packed("-c:a libopus -b:a 12k", "ogg");
    let hour = Clip::new(sentence.bytes().repeat(3_600 / 3)).unwrap();

    let outcome = listen(&hour, Limits::default());

    assert!(is_too_long(&outcome.unwrap_err()));
}

#[test]
fn garbage_in_the_middle_costs_no_more_than_itself() {
    for (options, extension) in [
        ("-c:a libopus -b:a 24k -f webm -live 1 -cluster_time_limit 250", "webm"),
        ("-c:a libmp3lame -b:a 32k", "mp3"),
        ("-c:a libvorbis -page_duration 100000", "ogg"),
    ] {
        let clip = packed(options, extension);
        let mut bytes = clip.bytes().to_vec();
        let middle = bytes.len() / 2;
        let mut dice = Dice(9);
        bytes[middle..middle + 40].fill_with(|| dice.roll() as u8);

        let (sound, _) = heard(&Clip::new(bytes).unwrap()).unwrap();

        assert!(sound.samples.len() > speech().samples.len() / 3, "{options}: {}", sound.seconds());
    }
}

#[test]
fn more_notes_than_memory_could_hold_are_refused() {
    let fault_of = |options, extension, note: &[u8]| {
        fault([&packed(options, extension).bytes()[..], &note.repeat(30_000)].concat())
    };

    let tagged = fault_of("-c:a libopus", "webm", b"\x67\xc8\x86\x45\xa3\x80\x44\x87\x80");
    let commented = fault_of("-c:a libopus", "ogg", b"\x02\0\0\0A=");

    let streamed = fault_of("-c:a libopus", "ogg", b"OggS\0\x02");
    let named = fault_of("-c:a aac", "m4a", b"\0\0\0\x11data");

    assert_eq!(tagged, "it has too many tags, tracks or chapters");
    assert_eq!(commented, "it has too many comments or streams");
    assert_eq!(streamed, commented);
    assert_eq!(named, "it has too many tags");
}

#[test]
fn a_clip_in_a_file_is_the_same_clip() {
    use std::io::{Seek, Write};

    let bytes = include_bytes!("../fixtures/sound/speech.wav");
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();

    let clip = Clip::in_file(file).unwrap();
    clip.release();

    assert_eq!(clip.container(), Container::Wav);
    assert_eq!(&clip.bytes()[..], &bytes[..]);
    assert_eq!(clip.piece(44, 4).unwrap().unwrap(), bytes[44..48]);
    assert_eq!(clip.piece(bytes.len(), 4).unwrap(), None);
    assert_eq!(Clip::in_file(tempfile::tempfile().unwrap()).unwrap_err(), AudioError::Empty);
}
