//! What every fuzz target does with its bytes. The same functions run on stable, over the corpus
//! and some generated input, in `tests/sound/fuzzing.rs`.
//!
//! To add a target: a function here, four lines in `fuzz_targets/`, a `[[bin]]` in `Cargo.toml`,
//! seeds in `corpus/<name>/`, and its name in `TARGETS`.

use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::time::Duration;

use repartee::audio::clip::{Clip, Container};
use repartee::audio::decode::{Decoding, Limits};
use repartee::audio::error::AudioError;
use repartee::audio::hearing::{self, Endpointer, Presence, Report};
use repartee::audio::mp3::Splicer;
use repartee::audio::mp3::frame::Layout;
use repartee::audio::pcm::Pcm;
use repartee::engines::openai::sse::Events;
use repartee::pipeline::sentences::{Cut, Cutter};
use repartee::pipeline::speakable::{Speakable, speakable};

/// What a fuzz target does.
pub type Body = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Body)] = &[
    ("sniff", sniff),
    ("decode_webm", decode_webm),
    ("decode_ogg", decode_ogg),
    ("decode_mp4", decode_mp4),
    ("decode_wav", decode_wav),
    ("decode_mp3", decode_mp3),
    ("decode_flac", decode_flac),
    ("hearing", hearing),
    ("sentences", sentences),
    ("splice", splice),
    ("events", events),
];

/// So much sound a clip may hold here.
const MAX_SECONDS: u32 = 20;
/// Rates that clips are heard at, in turn: Opus decodes to the first itself.
const RATES_HZ: [u32; 2] = [16_000, 22_050];
/// A rate of 1 in the original makes one packet last long; still it must not be a whole clip.
const LONGEST_BLOCK_SECONDS: usize = 21;

/// Whatever the bytes are, they are known or named.
pub fn sniff(bytes: &[u8]) {
    match Clip::new(bytes.to_vec()) {
        Ok(clip) => assert_eq!(&clip.bytes()[..], bytes),
        Err(AudioError::Empty) => assert!(bytes.is_empty()),
        Err(AudioError::Unsupported { looks_like }) => assert!(!looks_like.is_empty()),
        Err(other) => panic!("not the sniffer's business: {other}"),
    }
}

/// WebM and Matroska.
pub fn decode_webm(bytes: &[u8]) {
    decode(bytes, Container::WebM);
}

/// Ogg.
pub fn decode_ogg(bytes: &[u8]) {
    decode(bytes, Container::Ogg);
}

/// MP4.
pub fn decode_mp4(bytes: &[u8]) {
    decode(bytes, Container::Mp4);
}

/// WAV.
pub fn decode_wav(bytes: &[u8]) {
    decode(bytes, Container::Wav);
}

/// MP3.
pub fn decode_mp3(bytes: &[u8]) {
    decode(bytes, Container::Mp3);
}

/// FLAC.
pub fn decode_flac(bytes: &[u8]) {
    decode(bytes, Container::Flac);
}

/// Samples of any kind are measured, and followed in pieces of any size.
pub fn hearing(bytes: &[u8]) {
    let samples: Vec<i16> =
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let rate_hz = 16_000;
    makes_sense(&hearing::report_of(&Pcm { rate_hz, samples: samples.clone() }));

    let size = usize::from(bytes.first().copied().unwrap_or(1)).max(1);
    let (mut in_pieces, mut at_once) = (Endpointer::new(300), Endpointer::new(300));
    let last = samples.chunks(size).map(|piece| in_pieces.push(piece)).last();
    let whole = at_once.push(&samples);
    assert!(last.is_none_or(|last| last == whole), "pieces of {size} are heard otherwise");
}

/// Pieces of MP3 with a mark between them, in chunks of a size that the first byte tells. Whatever
/// they are, what comes out is whole frames of one kind, and not too much more than went in.
pub fn splice(bytes: &[u8]) {
    const MARK: &[u8] = b"\0cut";
    let Some((&size, mut rest)) = bytes.split_first() else { return };
    let mut splicer = Splicer::default();
    let mut stream = Vec::new();
    loop {
        let end = rest.windows(MARK.len()).position(|window| window == MARK);
        for chunk in rest[..end.unwrap_or(rest.len())].chunks(usize::from(size) * 8 + 1) {
            stream.extend(or_nothing(splicer.push(chunk)));
        }
        or_nothing(splicer.end_piece());
        let Some(end) = end else { break };
        rest = &rest[end + MARK.len()..];
    }
    stream.extend(or_nothing(splicer.finish()));
    // The least of rates and bit rates may become the most of both.
    assert!(stream.len() <= bytes.len() * 100 + 10_000, "{} bytes came out", stream.len());
    are_frames_of_one_kind(&stream);
}

/// What came out, or nothing if a piece is to blame.
fn or_nothing<T: Default>(outcome: Result<T, AudioError>) -> T {
    outcome.unwrap_or_else(|error| {
        assert!(matches!(error, AudioError::DamagedPiece { .. }), "no piece's error: {error:?}");
        T::default()
    })
}

fn are_frames_of_one_kind(mut stream: &[u8]) {
    let mut kind = None;
    while !stream.is_empty() {
        let layout = stream.first_chunk().and_then(|header| Layout::read(*header));
        let Some(layout) = layout.filter(|layout| layout.bytes <= stream.len()) else {
            panic!("something is not a whole frame");
        };
        assert_eq!(*kind.get_or_insert(layout.kind), layout.kind, "the kind changes");
        stream = &stream[layout.bytes..];
    }
}

fn decode(bytes: &[u8], container: Container) {
    let Ok(clip) = Clip::new(bytes.to_vec()) else { return };
    if clip.container() != container {
        return;
    }
    for rate_hz in RATES_HZ {
        pull(&clip, rate_hz);
    }
    match hearing::listen(&clip, limits()) {
        Ok(Presence::Speech(report) | Presence::Silence(report) | Presence::TooShort(report)) => {
            makes_sense(&report);
        }
        Err(error) => is_a_decoders(&error),
    }
}

fn limits() -> Limits {
    Limits { max_bytes: 1 << 20, max_seconds: MAX_SECONDS, max_time: Duration::from_secs(10) }
}

/// Pulls a whole clip and holds it to its limits.
fn pull(clip: &Clip, rate_hz: u32) {
    let mut decoding = match Decoding::open(clip, limits(), rate_hz) {
        Ok(decoding) => decoding,
        Err(error) => return is_a_decoders(&error),
    };
    let most = rate_hz as usize * MAX_SECONDS as usize + rate_hz as usize / 100;
    let mut total = 0;
    loop {
        match decoding.next_block() {
            Ok(Some(block)) => {
                assert!(
                    !block.is_empty() && block.len() <= rate_hz as usize * LONGEST_BLOCK_SECONDS
                );
                total += block.len();
                assert!(total <= most, "{total} samples at {rate_hz} Hz came out");
            }
            Ok(None) => break assert!(total > 0, "no samples, and no error"),
            Err(error) => break is_a_decoders(&error),
        }
    }
    assert_eq!(decoding.next_block(), Ok(None), "something came after the end");
}

thread_local! {
    /// The file in which this thread panicked last.
    static PANICKED_IN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// To be called by the panic hook: remembers where it happened.
pub fn note_panic(info: &PanicHookInfo<'_>) {
    let file = info.location().map_or("", |location| location.file());
    PANICKED_IN.with_borrow_mut(|known| file.clone_into(known));
}

/// A decoder's own panic is caught and reported as that clip's error. One of ours is a flaw.
fn is_a_decoders(error: &AudioError) {
    if *error == AudioError::Panicked {
        PANICKED_IN.with_borrow(|file| assert!(file.contains("symphonia"), "panicked in {file}"));
    }
    let expected = matches!(
        error,
        AudioError::Broken { .. }
            | AudioError::Bare { .. }
            | AudioError::TooManyBytes { .. }
            | AudioError::TooLong { .. }
            | AudioError::TooDense { .. }
            | AudioError::Panicked
    );
    assert!(expected, "not an error of this kind: {error:?}");
}

fn makes_sense(report: &Report) {
    let numbers = [report.loudness_dbfs, report.peak_dbfs, report.clipped];
    let more = [report.snr_db, report.speech_dbfs, report.noise_dbfs];
    assert!(numbers.into_iter().chain(more.into_iter().flatten()).all(f32::is_finite));
    assert!((0.0..=1.0).contains(&report.clipped));
    assert!(report.loudness_dbfs <= 0.01 && report.peak_dbfs <= 0.01);
    assert!(
        report.duration_seconds >= 0.0 && report.duration_seconds <= f64::from(MAX_SECONDS) * 4.0
    );
    let mut last = 0.0;
    for (start, end) in &report.speech_regions {
        assert!(last <= *start && start < end, "{:?}", report.speech_regions);
        last = *end;
    }
}

/// Server-sent events are the same wherever their bytes are cut.
pub fn events(bytes: &[u8]) {
    let size = usize::from(bytes.first().copied().unwrap_or(1)).max(1);
    let mut events = Events::default();
    let cut = bytes.chunks(size).map(|piece| events.push(piece)).collect::<Result<Vec<_>, _>>();
    assert_eq!(cut.map(|events| events.concat()), Events::default().push(bytes));
}

/// A reply in pieces of any size is cut without loss, and what is said of it stays said so.
pub fn sentences(bytes: &[u8]) {
    let size = usize::from(bytes.first().copied().unwrap_or(1)).max(1);
    let reply = String::from_utf8_lossy(bytes);
    let mut cutter = Cutter::new();
    let mut cuts: Vec<Cut> = pieces(&reply, size).flat_map(|piece| cutter.push(piece)).collect();
    cuts.extend(cutter.finish());

    let mut at = 0;
    let mut voice = Speakable::new(None);
    for cut in &cuts {
        assert_eq!((cut.span.start, &reply[cut.span.clone()]), (at, cut.text.as_str()));
        assert!(!cut.text.is_empty() && cut.text.chars().count() <= 500);
        at = cut.span.end;
        can_be_said(&voice.speak(&cut.text));
    }
    assert_eq!(at, reply.len());

    let once = speakable(&reply);
    can_be_said(&once);
    if reply.len() < 1_000 {
        assert_eq!(speakable(&once), once);
    }
}

fn pieces(reply: &str, size: usize) -> impl Iterator<Item = &str> {
    let mut rest = reply;
    std::iter::from_fn(move || {
        let (piece, later) = rest.split_at(rest.ceil_char_boundary(size.min(rest.len())));
        rest = later;
        (!piece.is_empty()).then_some(piece)
    })
}

fn can_be_said(said: &str) {
    assert!(said.is_empty() || said.chars().any(char::is_alphanumeric), "{said:?}");
    assert!(!said.contains(['`', '\n']) && !said.contains("://"), "{said:?}");
}
