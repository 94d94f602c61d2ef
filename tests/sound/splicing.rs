//! Many pieces of MP3 become one clean stream.

use std::sync::LazyLock;

use proptest::prelude::*;
use repartee::audio::error::AudioError;
use repartee::audio::mp3::{Encoder, Splicer};
use repartee::audio::pcm::Pcm;

use crate::judges::{ffmpeg_encodes, ffmpeg_hears, frames, hear, hum, voice, walk};

fn ours(sound: &Pcm) -> Vec<u8> {
    let mut encoder = Encoder::new(sound.rate_hz);
    let mut piece = encoder.push(&sound.samples).to_vec();
    piece.extend(encoder.finish());
    piece
}

/// Splices pieces whose bytes arrive in chunks of the sizes given, over and over.
fn splice(pieces: &[&[u8]], chunks: &[usize]) -> Result<Vec<u8>, AudioError> {
    let mut splicer = Splicer::default();
    let mut stream = Vec::new();
    let mut sizes = chunks.iter().copied().cycle();
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(sizes.next().unwrap_or(rest.len()).min(rest.len()));
            stream.extend(splicer.push(chunk)?);
            rest = after;
        }
        splicer.end_piece()?;
    }
    stream.extend(splicer.finish()?);
    Ok(stream)
}

fn whole(pieces: &[&[u8]]) -> Result<Vec<u8>, AudioError> {
    splice(pieces, &[usize::MAX])
}

/// Pieces that may follow each other: one rate, one channel or two.
static FAMILIES: LazyLock<Vec<Vec<Vec<u8>>>> = LazyLock::new(|| {
    let mono = |rate_hz: u32| {
        let lame = |milliseconds: u32, options: &[&str]| {
            ffmpeg_encodes(&voice(rate_hz, milliseconds), options)
        };
        vec![
            ours(&voice(rate_hz, 40)),
            ours(&voice(rate_hz, 777)),
            lame(300, &["-b:a", "64k"]),
            lame(611, &["-q:a", "5"]),
            lame(450, &["-b:a", "160k", "-write_xing", "0"]),
            lame(333, &["-b:a", "32k", "-reservoir", "0"]),
        ]
    };
    let stereo = |options: &[&str]| {
        let mut all = vec!["-ac", "2", "-ar", "44100"];
        all.extend(options);
        ffmpeg_encodes(&voice(44_100, 400), &all)
    };
    vec![
        mono(16_000),
        mono(24_000),
        mono(44_100),
        vec![
            stereo(&["-b:a", "128k"]),
            stereo(&["-b:a", "96k", "-joint_stereo", "0"]),
            stereo(&["-q:a", "4"]),
        ],
    ]
});

/// Version and layer, rate, one channel or two.
fn kind(frame: &[u8]) -> (u8, u8, bool) {
    (frame[1] & 0x1e, frame[2] & 0x0c, frame[3] & 0xc0 == 0xc0)
}

/// How far back an MPEG 2 frame without a checksum begins.
fn reach(frame: &[u8]) -> usize {
    usize::from(frame[4])
}

/// The stream's frames are those of the pieces in order. Only the last frame of a piece that
/// another one follows may be missing, being padding.
fn assert_frames_of(pieces: &[&[u8]], stream: &[u8]) -> usize {
    let joined = frames(stream);
    let mut rest = joined.as_slice();
    let mut dropped = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let own = frames(piece);
        let is_last = index + 1 == pieces.len();
        let (body, tail) = own.split_at(own.len() - 1);
        assert!(rest.starts_with(body), "piece {index} is not there frame by frame");
        rest = &rest[body.len()..];
        if rest.first() == tail.first() {
            rest = &rest[1..];
        } else {
            assert!(!is_last, "the end is missing");
            dropped += 1;
        }
    }
    assert!(rest.is_empty(), "{} frames are nobody's", rest.len());
    dropped
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_spliced_stream_has_exactly_the_frames_of_its_parts(
        family in 0..4usize,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        chunks in prop::collection::vec(1..1500usize, 1..8),
    ) {
        let family = &FAMILIES[family];
        let pieces: Vec<&[u8]> = picks.iter().map(|pick| pick.get(family).as_slice()).collect();
        let stream = splice(&pieces, &chunks).unwrap();
        assert_frames_of(&pieces, &stream);
        let total: usize = frames(&stream).iter().map(Vec::len).sum();
        prop_assert_eq!(total, stream.len(), "there is something between the frames");
        hear(&stream);
        prop_assert_eq!(stream, whole(&pieces).unwrap(), "chunks made a difference");
    }

    #[test]
    fn a_piece_cut_short_is_an_error_or_ends_on_a_frame(cut in any::<prop::sample::Index>()) {
        let piece = &FAMILIES[1][1];
        let cut = cut.index(piece.len() - 1) + 1;
        let lengths = frames(piece).into_iter().scan(0, |end, frame| {
            *end += frame.len();
            Some(*end)
        });
        let on_a_frame = lengths.into_iter().any(|end| end == cut);
        prop_assert_eq!(whole(&[&piece[..cut]]).is_ok(), on_a_frame);
    }

    #[test]
    fn whatever_the_pieces_the_stream_is_whole_frames_of_one_kind(
        picks in prop::collection::vec((0..4usize, any::<prop::sample::Index>()), 1..4),
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        chunk in 1..3000usize,
    ) {
        let pieces: Vec<Vec<u8>> = picks.iter().map(|(family, pick)| {
            let mut piece = pick.get(&FAMILIES[*family]).clone();
            for (place, byte) in &wounds {
                *place.get_mut(&mut piece) = *byte;
            }
            piece.truncate(cut.index(piece.len()) + piece.len() / 2);
            piece
        }).collect();
        let mut splicer = Splicer::default();
        let mut stream = Vec::new();
        for piece in &pieces {
            for chunk in piece.chunks(chunk) {
                stream.extend(splicer.push(chunk).unwrap_or_default());
            }
            let _damaged = splicer.end_piece();
        }
        stream.extend(splicer.finish().unwrap_or_default());
        let frames = walk(&stream).unwrap();
        prop_assert!(frames.iter().all(|frame| kind(frame) == kind(frames[0])));
    }

    #[test]
    fn random_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 1..9000)) {
        prop_assume!(!bytes.windows(2).any(|pair| pair[0] == 0xff && pair[1] & 0xe6 == 0xe2));
        let damaged = matches!(whole(&[&bytes]), Err(AudioError::DamagedPiece { .. }));
        prop_assert!(damaged);
    }
}

#[test]
fn every_family_joins_without_a_word_from_ffmpeg() {
    for family in FAMILIES.iter() {
        let mut pieces: Vec<&[u8]> = family.iter().map(Vec::as_slice).collect();
        pieces.extend(family.iter().rev().map(Vec::as_slice));
        let stream = whole(&pieces).unwrap();
        let heard = ffmpeg_hears(&stream, 24_000).seconds();
        let symphonia = hear(&stream).seconds();
        assert!((heard - symphonia).abs() < 0.05, "{heard} s and {symphonia} s");
    }
}

#[test]
fn frames_leave_at_once() {
    let piece = &FAMILIES[2][2];
    let mut splicer = Splicer::default();
    let mut given = 0;
    for chunk in piece.chunks(100) {
        given += splicer.push(chunk).unwrap().len();
    }
    let frames = frames(piece);
    assert_eq!(given, frames.iter().map(Vec::len).sum::<usize>());
    assert_eq!(splicer.samples(), 1152 * frames.len() as u64);
}

#[test]
fn the_first_frame_does_not_wait_for_the_second() {
    for rate_hz in [16_000, 24_000, 44_100] {
        let piece = ours(&voice(rate_hz, 400));
        let first = frames(&piece).remove(0);
        assert_eq!(Splicer::default().push(&first).unwrap(), first);
    }
}

#[test]
fn silence_between_pieces_stays_under_60_ms() {
    for rate_hz in [22_050, 24_000, 32_000, 44_100, 48_000] {
        for milliseconds in [400, 413, 424] {
            let sound = hum(rate_hz, milliseconds);
            let pieces =
                [ffmpeg_encodes(&sound, &["-b:a", "64k"]), ffmpeg_encodes(&sound, &["-q:a", "3"])];
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let stream = whole(&pieces).unwrap();
            assert_frames_of(&pieces, &stream);
            let gap = longest_quiet_ms(&hear(&stream));
            assert!(gap < 60.0, "{gap} ms between pieces of {milliseconds} ms at {rate_hz} Hz");
        }
    }
}

fn longest_quiet_ms(sound: &Pcm) -> f64 {
    let loud = |sample: &i16| sample.unsigned_abs() > 600;
    let start = sound.samples.iter().position(loud).unwrap();
    let end = sound.samples.iter().rposition(loud).unwrap();
    let longest = sound.samples[start..end].split(loud).map(<[i16]>::len).max().unwrap();
    longest as f64 * 1000.0 / f64::from(sound.rate_hz)
}

#[test]
fn a_piece_that_differs_is_encoded_to_the_first_ones_kind() {
    let first = &FAMILIES[1][2];
    for other in [&FAMILIES[0][1], &FAMILIES[2][3], &FAMILIES[3][0]] {
        let stream = whole(&[first, other, first]).unwrap();
        let alone = frames(first);
        let joined = frames(&stream);
        assert!(joined.iter().all(|frame| kind(frame) == kind(&alone[0])));
        assert!(joined.starts_with(&alone[..alone.len() - 1]));
        assert!(joined.ends_with(&alone));
        let parts = hear(first).seconds() * 2.0 + hear(other).seconds();
        let seconds = ffmpeg_hears(&stream, 24_000).seconds();
        assert!((seconds - parts).abs() < 0.1, "{seconds} s of {parts} s");
    }
}

#[test]
fn a_mono_piece_becomes_two_channels_behind_a_stereo_one() {
    let stream = whole(&[&FAMILIES[3][0], &FAMILIES[1][1]]).unwrap();
    assert!(frames(&stream).iter().all(|frame| frame[3] & 0xc0 != 0xc0));
    ffmpeg_hears(&stream, 44_100);
}

#[test]
fn an_empty_piece_is_fine() {
    let piece = &FAMILIES[1][1];
    let stream = whole(&[&[], piece, &[], &[], piece]).unwrap();
    assert_eq!(stream, whole(&[piece, piece]).unwrap());
    assert!(whole(&[&[], &[]]).unwrap().is_empty());
}

#[test]
fn an_error_message_in_place_of_sound_is_an_error() {
    let words = br#"{"error": {"message": "You exceeded your current quota", "code": 429}}"#;
    let error = whole(&[&FAMILIES[1][1], words]).unwrap_err();
    assert_eq!(
        error,
        AudioError::DamagedPiece { reason: "there is no MP3 frame in it".to_owned() }
    );
    let page = "<p>Bad gateway</p>".repeat(1000);
    assert!(whole(&[page.as_bytes()]).is_err());
}

#[test]
fn a_tag_alone_is_an_error() {
    let piece = &FAMILIES[1][2];
    let tag_bytes = piece.windows(2).position(|pair| pair == [0xff, 0xf3]).unwrap();
    assert!(whole(&[&piece[..tag_bytes]]).is_err());
    assert!(whole(&[&piece[..tag_bytes - 5]]).is_err());
}

#[test]
fn a_few_stray_bytes_between_frames_are_left_out() {
    let piece = &FAMILIES[1][1];
    let own = frames(piece);
    let mut strayed = own[0].clone();
    strayed.extend([0; 30]);
    strayed.extend(b"what is this?");
    strayed.extend(own[1..].concat());
    strayed.extend([0; 64]);
    assert_eq!(whole(&[&strayed]).unwrap(), own.concat());
}

#[test]
fn an_ape_tag_is_left_out() {
    let piece = &FAMILIES[1][1];
    let mut tag = b"APETAGEX".to_vec();
    tag.extend(2000u32.to_le_bytes());
    tag.extend(32u32.to_le_bytes());
    tag.extend(0u32.to_le_bytes());
    tag.extend(0x8000_0000u32.to_le_bytes());
    tag.extend([0; 8]);
    let mut tagged = piece.clone();
    let mut header = tag.clone();
    header[8 + 4 + 4 + 4 + 3] |= 0x20;
    header[8..12].copy_from_slice(&2000u32.to_le_bytes());
    header[12..16].copy_from_slice(&64u32.to_le_bytes());
    tagged.extend(header);
    tagged.extend([0xff; 32]);
    tagged.extend(tag);
    assert_eq!(whole(&[&tagged]).unwrap(), *piece);
}

#[test]
fn sound_that_lies_in_missing_frames_falls_silent_without_a_fault() {
    let own = frames(&FAMILIES[1][4]);
    assert!(reach(&own[3]) > 0, "the piece would not need the frames that it lost");
    let headless = own[3..].concat();
    let stream = whole(&[&FAMILIES[1][1], &headless]).unwrap();
    let joined = frames(&stream);
    let before = frames(&FAMILIES[1][1]).len();
    assert!((before + own.len() - 4..=before + own.len() - 3).contains(&joined.len()));
    let mut there = 0;
    for frame in &joined[joined.len() - (own.len() - 3)..] {
        assert!(reach(frame) <= there, "a frame begins in another piece");
        there += frame.len() - 13; // MPEG 2, mono: what header and side information leave
    }
    ffmpeg_hears(&stream, 24_000);
    hear(&stream);
}

#[test]
fn several_files_in_one_piece_are_several_pieces() {
    let piece = &FAMILIES[2][2];
    let twice = [piece.as_slice(), piece.as_slice()].concat();
    assert_eq!(whole(&[&twice]).unwrap(), whole(&[piece, piece]).unwrap());
}
