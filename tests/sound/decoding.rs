//! Every container and coding gives back the sound that was put into it.

use bytes::Bytes;
use repartee::audio::clip::{Clip, Container};
use repartee::audio::decode::{Decoding, Limits, SourceInfo};
use repartee::audio::hearing::report_of;
use repartee::audio::pcm::Pcm;

use crate::workshop::{RATE_HZ, SPEECH, ffmpeg, heard, likeness, packed, shift_between, speech};

/// 60 ms, which a listener can't tell.
const TOLERANCE: usize = RATE_HZ as usize * 60 / 1_000;

/// Checks that a clip gives the sentence back, and returns what is known of it.
fn gives_back_the_sentence(clip: &Clip, what: &str) -> SourceInfo {
    let (sound, info) = heard(clip).unwrap_or_else(|error| panic!("{what}: {error}"));
    let wanted = speech();
    let off = sound.samples.len().abs_diff(wanted.samples.len());
    assert!(off <= TOLERANCE, "{what}: {off} samples more or less");
    let shift = shift_between(&sound, &wanted, TOLERANCE / 2);
    assert!(shift.is_some(), "{what}: another sound");
    assert!(!info.truncated, "{what}: taken for truncated");
    info
}

fn check(options: &str, extension: &str) -> SourceInfo {
    gives_back_the_sentence(&packed(options, extension), options)
}

#[test]
fn webm_with_opus() {
    for options in [
        "-c:a libopus -b:a 24k",
        "-c:a libopus -b:a 64k -ac 2",
        "-c:a libopus -b:a 12k -application voip -frame_duration 60",
        "-c:a libopus -b:a 96k -frame_duration 2.5",
    ] {
        let info = check(options, "webm");
        assert_eq!((info.container, info.codec, info.live), (Container::WebM, "Opus", false));
    }
}

#[test]
fn webm_recorded_live() {
    let info = check("-c:a libopus -b:a 32k -f webm -live 1 -cluster_time_limit 250", "webm");

    assert!(info.live);
    assert_eq!(info.declared_seconds, None);
}

#[test]
fn a_webm_is_as_long_measured_as_heard() {
    let chromium = &include_bytes!("../fixtures/sound/chromium.webm")[..];
    let whole = packed("-c:a libopus -b:a 24k", "webm");
    let cut = whole.bytes().slice(..whole.bytes().len() * 2 / 3);
    for clip in [
        whole,
        Clip::new(cut).unwrap(),
        Clip::new(chromium).unwrap(),
        packed("-c:a libopus -b:a 32k -f webm -live 1 -cluster_time_limit 250", "webm"),
        packed("-c:a libopus -b:a 24k -frame_duration 60", "mkv"),
        packed("-f lavfi -i testsrc=d=2:s=64x48 -map 0:a -map 1:v -c:v libvpx", "webm"),
    ] {
        let (sound, _) = heard(&clip).unwrap();
        let measured = Decoding::open(&clip, Limits::default(), RATE_HZ).unwrap().skim().unwrap();

        // The last packet's filling is measured, and not heard.
        let filling = measured - sound.seconds();
        assert!((0.0..0.06).contains(&filling), "{measured} s, {} heard", sound.seconds());
    }
}

/// What a browser really sends.
#[test]
fn what_chromium_records() {
    for (name, bytes) in [
        ("webm", &include_bytes!("../fixtures/sound/chromium.webm")[..]),
        ("mp4", include_bytes!("../fixtures/sound/chromium.mp4")),
    ] {
        let (mut sound, info) = heard(&Clip::new(bytes).unwrap()).unwrap();
        let start = |sound: &Pcm| report_of(sound).speech_regions[0].0;
        let early = ((start(&sound) - start(&speech())) * f64::from(RATE_HZ)) as usize;

        assert!((3.0..4.2).contains(&sound.seconds()), "{name}: {}", sound.seconds());
        assert_eq!((info.codec, info.live), ("Opus", true), "{name}: {info:?}");
        sound.samples.drain(..early);
        assert!(shift_between(&sound, &speech(), TOLERANCE).is_some(), "{name}: another sound");
    }
}

#[test]
fn webm_and_matroska_with_vorbis_and_others() {
    assert_eq!(check("-c:a libvorbis -q:a 4 -ar 48000", "webm").codec, "Vorbis");
    assert_eq!(check("-c:a libvorbis -q:a 4 -ac 2 -ar 44100", "mkv").codec, "Vorbis");
    assert_eq!(check("-c:a flac", "mkv").codec, "FLAC");
}

#[test]
fn ogg_with_opus_and_vorbis_and_flac() {
    let opus = check("-c:a libopus -b:a 24k", "ogg");
    let stereo = check("-c:a libopus -b:a 64k -ac 2 -page_duration 200000", "opus");
    let vorbis = check("-c:a libvorbis -q:a 4", "ogg");
    let flac = check("-c:a flac", "ogg");

    assert_eq!((opus.codec, stereo.channels, vorbis.codec), ("Opus", 2, "Vorbis"));
    assert_eq!((vorbis.rate_hz, flac.codec), (16_000, "FLAC"));
}

#[test]
fn mp4_with_aac() {
    for options in [
        "-c:a aac -b:a 48k",
        "-c:a aac -b:a 96k -ar 44100 -ac 2",
        "-c:a aac -b:a 96k -ar 48000 -movflags +faststart",
        "-c:a aac -b:a 32k -ar 8000",
    ] {
        assert_eq!(check(options, "m4a").codec, "AAC");
    }
}

#[test]
fn mp4_in_fragments() {
    for options in [
        "-c:a aac -b:a 64k -ar 48000 -movflags frag_keyframe+empty_moov+default_base_moof",
        "-c:a aac -b:a 64k -ar 44100 -movflags frag_keyframe+delay_moov -frag_duration 250000",
        "-c:a libopus -b:a 32k -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 250000",
    ] {
        check(options, "mp4");
    }
}

#[test]
fn mp4_with_opus() {
    let info = check("-c:a libopus -b:a 32k", "mp4");
    let stereo = check("-c:a libopus -b:a 64k -ac 2 -movflags +faststart", "mp4");

    assert_eq!((info.codec, info.channels, stereo.channels), ("Opus", 1, 2));
}

#[test]
fn mp3_at_many_rates() {
    for options in [
        "-c:a libmp3lame -b:a 32k",
        "-c:a libmp3lame -b:a 128k -ar 44100 -ac 2",
        "-c:a libmp3lame -q:a 4 -ar 48000",
        "-c:a libmp3lame -b:a 16k -ar 8000",
    ] {
        assert_eq!(check(options, "mp3").codec, "MP3");
    }
}

#[test]
fn mp3_that_does_not_say_what_its_encoder_added() {
    let clip = packed("-c:a libmp3lame -b:a 48k -ar 24000 -write_xing 0 -id3v2_version 0", "mp3");

    let (sound, info) = heard(&clip).unwrap();

    assert!(sound.samples.len().abs_diff(speech().samples.len()) <= 2 * TOLERANCE);
    assert!(shift_between(&sound, &speech(), 2 * TOLERANCE).is_some());
    assert!(info.live);
}

#[test]
fn wav_of_every_kind() {
    for (coding, name) in [
        ("pcm_u8", "PCM"),
        ("pcm_s16le", "PCM"),
        ("pcm_s24le", "PCM"),
        ("pcm_s32le", "PCM"),
        ("pcm_f32le", "PCM"),
        ("pcm_f64le", "PCM"),
        ("pcm_alaw", "A-law"),
        ("pcm_mulaw", "µ-law"),
    ] {
        for more in ["", "-ac 2 -ar 48000", "-ar 8000"] {
            let info = check(&format!("-c:a {coding} {more}"), "wav");
            assert_eq!(info.codec, name);
            assert!(info.declared_seconds.is_some_and(|seconds| (2.0..4.0).contains(&seconds)));
        }
    }
}

/// As simple writers make it: the format without the extension that ffmpeg adds.
#[test]
fn wav_of_a_law_and_mu_law_with_the_shortest_head() {
    for (coding, number, name) in [("alaw", 6, "A-law"), ("mulaw", 7, "µ-law")] {
        let sound = ffmpeg(&speech(), &format!("-f {coding}"), "raw");
        let length = sound.len() as u32;
        let mut file =
            [&b"RIFF"[..], &(36 + length).to_le_bytes(), b"WAVEfmt ", &[16, 0, 0, 0]].concat();
        file.extend([number, 0, 1, 0]);
        file.extend(RATE_HZ.to_le_bytes());
        file.extend(RATE_HZ.to_le_bytes());
        file.extend([1, 0, 8, 0]);
        file.extend(b"data");
        file.extend(length.to_le_bytes());
        file.extend(&sound);

        let (heard, info) = heard(&Clip::new(file).unwrap()).unwrap();

        assert_eq!((info.codec, info.live, info.truncated), (name, false, false));
        assert_eq!(heard.samples.len(), speech().samples.len());
        assert!(likeness(&heard.samples, &speech().samples) > 0.99, "{name}: another sound");
    }
}

#[test]
fn sixteen_bits_at_sixteen_kilohertz_come_through_untouched() {
    let (sound, info) = heard(&Clip::new(SPEECH).unwrap()).unwrap();

    assert_eq!(sound, speech());
    assert_eq!((info.rate_hz, info.channels), (16_000, 1));
}

#[test]
fn wav_whose_writer_did_not_know_its_length() {
    let streamed = |riff: [u8; 4], data: [u8; 4]| {
        let mut file = SPEECH.to_vec();
        file[4..8].copy_from_slice(&riff);
        file[40..44].copy_from_slice(&data);
        Clip::new(file).unwrap()
    };
    for clip in [
        streamed([0; 4], [0; 4]),
        streamed([0xff; 4], [0xff; 4]),
        streamed([0, 0, 0, 0x80], [0, 0xff, 0xff, 0x7f]),
    ] {
        let info = gives_back_the_sentence(&clip, "streamed WAV");
        assert!(info.live);
    }
}

#[test]
fn wav_with_long_sizes() {
    check("-rf64 always", "wav");
}

#[test]
fn flac_of_every_kind() {
    for options in ["-c:a flac", "-c:a flac -sample_fmt s32 -ar 48000 -ac 2", "-c:a flac -ar 8000"]
    {
        assert_eq!(check(options, "flac").codec, "FLAC");
    }
}

#[test]
fn many_channels_become_one() {
    check("-af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0 -c:a libopus -b:a 192k", "ogg");
    check("-af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0 -c:a pcm_s16le", "wav");
    check("-af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0 -c:a flac", "flac");
}

#[test]
fn a_voice_on_one_side_is_heard() {
    let clip = packed("-af pan=stereo|c1=c0 -c:a libopus -b:a 64k", "webm");

    let (sound, _) = heard(&clip).unwrap();

    assert!(shift_between(&sound, &speech(), TOLERANCE / 2).is_some());
}

#[test]
fn sound_beside_a_picture_is_found() {
    check("-f lavfi -i color=c=black:s=16x16:r=25 -t 3.2 -c:a aac -b:a 64k -ar 48000", "mp4");
    check("-f lavfi -i color=c=black:s=16x16:r=25 -t 3.2 -c:v libvpx -c:a libopus", "webm");
}

#[test]
fn ogg_files_put_one_behind_the_other_are_heard_to_the_end() {
    let one = packed("-c:a libopus -b:a 24k", "ogg");
    let two = [&one.bytes()[..], &one.bytes()[..]].concat();

    let (sound, _) = heard(&Clip::new(two).unwrap()).unwrap();

    assert!(sound.samples.len().abs_diff(2 * speech().samples.len()) <= 2 * TOLERANCE);
}

/// Cuts a clip at many places: what is left is heard, as long as there is anything.
fn survives_cuts(options: &str, extension: &str) {
    let clip = packed(options, extension);
    let whole = heard(&clip).unwrap().0;
    let length = clip.bytes().len();
    let mut longest = 0;
    for share in 3..100 {
        let cut: Bytes = clip.bytes().slice(..length * share / 100);
        let (sound, info) = match heard(&Clip::new(cut).unwrap()) {
            Ok(heard) => heard,
            // The first part may be all head.
            Err(_) if longest == 0 && share < 20 => continue,
            Err(error) => panic!("{options} cut at {share} %: {error}"),
        };
        assert!(sound.samples.len() + TOLERANCE >= longest, "{options} at {share} %: less sound");
        assert!(close(&sound, &whole), "{options} at {share} %: another sound");
        assert!(info.truncated || info.live || share > 80, "{options} at {share} %: not noticed");
        longest = sound.samples.len();
    }
    assert!(longest > whole.samples.len() * 9 / 10, "{options}: nearly whole, but not heard so");
}

fn close(part: &Pcm, whole: &Pcm) -> bool {
    // The very end may ring: the resampler and the decoder expected more.
    let sure = part.samples.len().saturating_sub(800);
    sure == 0 || likeness(&part.samples[..sure], &whole.samples) > 0.98
}

#[test]
fn truncated_clips_give_the_part_that_exists() {
    survives_cuts("-c:a libopus -b:a 24k", "webm");
    survives_cuts("-c:a libopus -b:a 32k -f webm -live 1 -cluster_time_limit 250", "webm");
    survives_cuts("-c:a libopus -b:a 24k", "ogg");
    survives_cuts("-c:a libopus -b:a 24k -page_duration 100000", "ogg");
    survives_cuts("-c:a libvorbis -q:a 2 -ar 44100", "ogg");
    survives_cuts("-c:a libvorbis -q:a 2 -ar 44100 -page_duration 100000", "ogg");
    survives_cuts("-c:a flac -frame_size 512", "ogg");
    survives_cuts("-c:a libmp3lame -b:a 32k", "mp3");
    survives_cuts("-c:a pcm_s16le", "wav");
    survives_cuts("-c:a flac -frame_size 512", "flac");
}

/// Its only page of sound is the last one, which ffmpeg fills with a second of it.
#[test]
fn a_short_ogg_is_heard_up_to_its_last_whole_packet() {
    for coding in ["-c:a libopus -b:a 24k", "-c:a libvorbis -q:a 4"] {
        let clip = packed(&format!("{coding} -ss 0.5 -t 0.9"), "ogg");
        let whole = heard(&clip).unwrap().0;
        let length = clip.bytes().len();
        let mut lengths = Vec::new();
        for missing in (1..length * 2 / 5).step_by(13) {
            let cut = Clip::new(clip.bytes().slice(..length - missing)).unwrap();
            let (sound, info) = heard(&cut).unwrap_or_else(|error| panic!("{coding}: {error}"));
            assert!(close(&sound, &whole), "{coding} without {missing} bytes: another sound");
            let declared = info.declared_seconds.unwrap();
            assert!((0.85..1.0).contains(&declared), "{coding}: {declared} s");
            lengths.push(sound.samples.len());
        }
        assert!(lengths.is_sorted_by(|longer, shorter| longer >= shorter), "{coding}: {lengths:?}");
        let most = whole.samples.len() - lengths[0];
        assert!(most <= TOLERANCE, "{coding}: one byte cost {most} samples");
    }
}

#[test]
fn truncated_mp4_gives_the_part_that_exists_if_its_index_does() {
    survives_cuts("-c:a aac -b:a 64k -movflags +faststart", "m4a");
    survives_cuts(
        "-c:a libopus -b:a 32k -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 100000",
        "mp4",
    );
}

#[test]
fn an_mp4_that_lost_its_index_says_so() {
    let clip = packed("-c:a aac -b:a 64k", "m4a");
    let cut = clip.bytes().slice(..clip.bytes().len() / 2);

    let error = heard(&Clip::new(cut).unwrap()).unwrap_err();

    assert!(error.to_string().contains("cut off"), "{error}");
}

/// A clip with something inserted.
fn with(bytes: &[u8], at: usize, inserted: &[u8]) -> Clip {
    Clip::new([&bytes[..at], inserted, &bytes[at..]].concat()).unwrap()
}

#[test]
fn notes_before_the_sound_change_nothing() {
    let names = b"INAM\x02\0\0\0a\0".repeat(30_000);
    let length = (names.len() as u32 + 4).to_le_bytes();
    let named_wav = with(SPEECH, 36, &[b"LIST", &length[..], b"INFO", &names].concat());
    let flac = packed("-c:a flac", "flac");
    let commented_flac = with(flac.bytes(), 42, &b"\x02\0\0\x04note".repeat(30_000));

    let wav = Clip::new(SPEECH).unwrap();

    assert_eq!(heard(&named_wav), heard(&wav));
    assert_eq!(heard(&commented_flac), heard(&flac));
}
