//! Small clips that ask for much: memory no machine has, or time nobody has.

use std::time::Duration;

use bytes::Bytes;
use repartee::audio::clip::Clip;
use repartee::audio::decode::{Decoding, Limits};
use repartee::audio::error::AudioError;
use repartee::audio::hearing::{Presence, listen};

use crate::memory::with_peak;
use crate::workshop::{heard, packed, speech};

/// What a clip may take until it is refused, however much it asks for.
const MOST_BYTES: usize = 4 << 20;

/// Why a clip is refused, which takes hardly any memory.
fn refused_lightly(clip: impl Into<Bytes>) -> String {
    let clip = clip.into();
    let (outcome, peak) = with_peak(|| listen(&Clip::new(clip).unwrap(), Limits::default()));
    assert!(peak <= MOST_BYTES, "{peak} bytes were taken for {outcome:?}");
    match outcome.unwrap_err() {
        AudioError::Broken { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

/// Bits as Vorbis packs them, from the least significant on.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        self.0.extend((0..width).map(|place| value >> place & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte =
            |bits: &[bool]| bits.iter().rev().fold(0, |byte: u8, bit| byte << 1 | u8::from(*bit));
        self.0.chunks(8).map(byte).collect()
    }
}

/// The three headers of Vorbis, whose setup names so many codebooks of as many entries as symphonia
/// takes, and of as many dimensions as no reader panics at: 22 bytes each, and 150 MB in memory.
fn vorbis_headers(codebooks: u32) -> [Vec<u8>; 3] {
    let rate = 16_000_u32.to_le_bytes();
    let identification = [&b"\x01vorbis\0\0\0\0\x01"[..], &rate, &[0; 12], &[0xb8, 1]].concat();
    let comment = b"\x03vorbis\0\0\0\0\0\0\0\0\x01".to_vec();
    let mut setup = Bits::default();
    setup.put(codebooks - 1, 8);
    for _ in 0..codebooks {
        setup.put(0x56_43_42, 24);
        setup.put(31, 16); // dimensions
        setup.put(131_072, 24); // entries
        setup.put(1, 1); // in the order of their lengths:
        setup.put(16, 5); // the shortest have 17 bits,
        setup.put(131_072, 18); // and all are as short
        setup.put(1, 4); // vectors of one kind of number
        setup.put(0, 32); // the least of them
        setup.put(0, 32); // the step between them
        setup.put(0, 4 + 1 + 1); // the only one, of one bit
    }
    [identification, comment, [&b"\x05vorbis"[..], &setup.bytes()].concat()]
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &(0x1000_0000 | body.len() as u32).to_be_bytes(), body].concat()
}

/// A WebM with one track, and one empty packet of it.
fn webm(codec: &[u8], private: &[u8]) -> Vec<u8> {
    let head = [&[0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84][..], b"webm"].concat();
    let scale = element(&[0x2a, 0xd7, 0xb1], &[15, 66, 64]);
    let writer = [element(&[0x4d, 0x80], b"test"), element(&[0x57, 0x41], b"test")].concat();
    let info = element(&[0x15, 0x49, 0xa9, 0x66], &[scale, writer].concat());
    let rate = element(&[0xb5], &16_000_f64.to_be_bytes());
    let sound = element(&[0xe1], &[rate, element(&[0x9f], &[1])].concat());
    let track = [
        element(&[0xd7], &[1]),
        element(&[0x73, 0xc5], &[1]),
        element(&[0x83], &[2]),
        element(&[0x86], codec),
        sound,
        element(&[0x63, 0xa2], private),
    ];
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track.concat()));
    let packet = element(&[0xa3], &[0x81, 0, 0, 0x80, 0]);
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], &[element(&[0xe7], &[0]), packet].concat());
    // A segment as long as the file.
    let segment = vec![0x18, 0x53, 0x80, 0x67, 0xff];
    [head, segment, info, tracks, cluster].concat()
}

fn vorbis_webm(codebooks: u32) -> Vec<u8> {
    let [identification, comment, setup] = vorbis_headers(codebooks);
    let lengths = [2, identification.len() as u8, comment.len() as u8];
    webm(b"A_VORBIS", &[&lengths[..], &identification, &comment, &setup].concat())
}

fn vorbis_ogg(codebooks: u32) -> Vec<u8> {
    use ogg::PacketWriteEndInfo::{EndPage, EndStream};

    let mut writer = ogg::PacketWriter::new(Vec::new());
    for header in vorbis_headers(codebooks) {
        writer.write_packet(header, 1, EndPage, 0).unwrap();
    }
    writer.write_packet(&[0][..], 1, EndStream, 1_000).unwrap();
    writer.into_inner()
}

#[test]
fn codebooks_that_no_memory_could_hold_are_refused() {
    for codebooks in [1, 4, 256] {
        for clip in [vorbis_webm(codebooks), vorbis_ogg(codebooks)] {
            assert_eq!(refused_lightly(clip), "its codebooks are too large");
        }
    }
}

#[test]
fn all_that_vorbis_encoders_write_is_heard() {
    for options in [
        "-c:a libvorbis -q:a -1 -ar 8000",
        "-c:a libvorbis -q:a 2 -ar 16000",
        "-c:a libvorbis -q:a 10 -ar 22050 -ac 2",
        "-c:a libvorbis -q:a 4 -ar 44100 -ac 2",
        "-c:a libvorbis -q:a 5 -ar 44100 -ac 6",
        "-c:a libvorbis -q:a 8 -ar 48000 -ac 6",
        "-c:a libvorbis -q:a -1 -ar 192000 -ac 2",
        "-c:a vorbis -strict -2 -ac 2",
    ] {
        for extension in ["ogg", "webm"] {
            let (sound, _) = heard(&packed(options, extension)).unwrap();
            assert!(sound.seconds() > 2.0, "{options}: {} s", sound.seconds());
        }
    }
}

#[test]
fn chapters_that_would_fill_memory_are_not_read() {
    let display = [0x80, 0x84, 0x85, 0x82, b'h', b'i'];
    let chapter = element(&[0xb6], &display.repeat(2_000_000));
    let chapters = element(&[0x10, 0x43, 0xa7, 0x70], &element(&[0x45, 0xb9], &chapter));
    let whole = webm(b"A_OPUS", b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0");
    let place = |wanted: [u8; 4]| whole.windows(4).position(|id| id == wanted).unwrap();
    for place in [place([0x16, 0x54, 0xae, 0x6b]), place([0x1f, 0x43, 0xb6, 0x75])] {
        let clip = [&whole[..place], &chapters, &whole[place..]].concat();

        let (outcome, peak) = with_peak(|| listen(&Clip::new(clip).unwrap(), Limits::default()));

        let reason = "there is too much before its sound begins".to_owned();
        assert_eq!(outcome, Err(AudioError::Broken { container: "WebM", reason }));
        assert!(peak < 100 << 20, "{peak}");
    }
}

#[test]
fn a_clip_that_is_busy_before_its_first_packet_is_given_up() {
    let nothing = element(&[0x1f, 0x43, 0xb6, 0x75], &[0xec, 0x80].repeat(5_000_000));
    let mut clip = webm(b"A_OPUS", b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0");
    let cluster = clip.windows(4).position(|id| id == [0x1f, 0x43, 0xb6, 0x75]).unwrap();
    clip.splice(cluster..cluster, nothing);
    let limits = Limits { max_time: Duration::from_millis(50), ..Limits::default() };

    let outcome = listen(&Clip::new(clip).unwrap(), limits);

    assert_eq!(outcome, Err(AudioError::TooSlow { limit_ms: 50 }));
}

#[test]
fn a_clip_that_is_dense_may_not_be_as_long() {
    let clip = packed("-c:a flac -ar 384000 -ac 8 -strict -2", "flac");
    let limits = Limits { max_seconds: 60, ..Limits::default() };

    let outcome = listen(&clip, limits);

    let dense = AudioError::TooDense { rate_hz: 384_000, channels: 8, limit_seconds: 1 };
    assert_eq!(outcome, Err(dense));
    assert!(listen(&packed("-c:a flac -ar 48000 -ac 2", "flac"), limits).is_ok());
}

#[test]
fn a_rate_that_nobody_records_at_is_refused() {
    let mut clip = crate::workshop::SPEECH.to_vec();
    clip[24..28].copy_from_slice(&383_999_u32.to_le_bytes());

    assert_eq!(refused_lightly(clip), "it claims to have 383999 samples per second");
}

#[test]
fn a_rate_that_changes_all_the_time_is_refused() {
    let at = |rate: u32| packed(&format!("-c:a flac -ar {rate}"), "ogg").bytes().clone();
    let links = [8_000, 11_025, 12_000, 22_050, 24_000].map(at);
    let chained = |count: usize| {
        let links = links.iter().cycle().take(count).flat_map(|link| link.iter().copied());
        Clip::new(links.collect::<Vec<_>>()).unwrap()
    };

    let reason = "its sample rate changes too often".to_owned();
    assert_eq!(heard(&chained(12)).unwrap_err(), AudioError::Broken { container: "Ogg", reason });
    assert!(heard(&chained(5)).unwrap().0.seconds() > 10.0);
}

#[test]
fn a_second_sound_track_is_refused() {
    for (options, extension) in
        [("-c:a aac", "m4a"), ("-c:a libopus", "mkv"), ("-c:a libopus", "ogg")]
    {
        let clip = packed(&format!("-map 0:a -map 0:a {options}"), extension);
        let (outcome, _) = with_peak(|| listen(&clip, Limits::default()));
        let refused = outcome.unwrap_err().to_string();
        assert!(refused.ends_with("it has more than one sound track"), "{refused}");
    }
}

#[test]
fn how_long_a_clip_is_said_to_be_makes_it_no_shorter() {
    let mut clip = packed("-c:a aac", "m4a").bytes().to_vec();
    let times = clip.windows(4).position(|name| name == b"stts").unwrap();
    for entry in clip[times + 12..].chunks_exact_mut(8).take(2) {
        entry[4..].copy_from_slice(&1_u32.to_be_bytes());
    }
    for clip in [Clip::new(clip).unwrap(), packed("-c:a flac", "mkv")] {
        let Presence::Speech(report) = listen(&clip, Limits::default()).unwrap() else {
            panic!("no speech in {}", clip.container().name());
        };
        let whole = speech().seconds();
        assert!((report.duration_seconds - whole).abs() < 0.2, "{}", report.duration_seconds);
    }
}

#[test]
fn sound_that_lies_behind_damage_is_counted_or_refused() {
    let chromium = &include_bytes!("../fixtures/sound/chromium.webm")[..];
    let cluster = chromium.windows(4).position(|id| id == [0x1f, 0x43, 0xb6, 0x75]).unwrap();
    let vorbis = packed("-c:a libvorbis", "ogg").bytes().clone();
    let mp3 = packed("-c:a libmp3lame", "mp3").bytes().clone();
    for (clip, more) in
        [(chromium, &chromium[cluster..]), (&vorbis[..], &vorbis[..]), (&mp3[..], &mp3[..])]
    {
        let damaged = [clip, &[0; 300 << 10], more].concat();
        match listen(&Clip::new(damaged).unwrap(), Limits::default()) {
            Ok(Presence::Speech(report)) => assert!(report.duration_seconds > 5.0, "{report:?}"),
            other => {
                let refused = other.unwrap_err().to_string();
                assert!(refused.contains("it is damaged after"), "{refused}");
            }
        }
    }
}

#[test]
fn what_a_browser_recorded_is_read_at_once() {
    let chromium = include_bytes!("../fixtures/sound/chromium.webm");

    assert!(Decoding::is_quick(&Clip::new(&chromium[..]).unwrap()));
    assert!(!Decoding::is_quick(&packed("-c:a libvorbis", "webm")));
    assert!(!Decoding::is_quick(&packed("-c:a aac", "m4a")));
}
