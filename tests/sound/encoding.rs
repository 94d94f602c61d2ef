//! What is encoded can be heard again, whole and in time.

use bytes::Bytes;
use repartee::audio::error::AudioError;
use repartee::audio::format::{Format, Sound};
use repartee::audio::pcm::{self, Pcm};
use repartee::audio::tape::{Tape, Taped};
use repartee::audio::{mp3, ogg, wav};

use crate::judges::{ffmpeg_encodes, ffmpeg_hears, frames, hear, hum, likeness, voice};

const RATES_HZ: [u32; 6] = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];

fn tape(format: Format, pieces: &[Sound]) -> Result<Vec<Taped>, AudioError> {
    let mut tape = Tape::new(format);
    let mut taped = Vec::new();
    for piece in pieces {
        taped.push(tape.push(piece.clone())?);
        taped.push(tape.end_of_line()?);
    }
    taped.push(tape.finish()?);
    Ok(taped)
}

fn stream(format: Format, pieces: &[Sound]) -> Vec<u8> {
    let taped = tape(format, pieces).unwrap();
    taped.iter().flat_map(|taped| taped.data.to_vec()).collect()
}

fn milliseconds(sound: &Pcm) -> f64 {
    sound.seconds() * 1000.0
}

fn assert_same(original: &Pcm, copy: &Pcm, tolerance_ms: f64) {
    assert_eq!(copy.rate_hz, original.rate_hz);
    let off = milliseconds(copy) - milliseconds(original);
    assert!(off.abs() <= tolerance_ms, "{off} ms off at {} Hz", original.rate_hz);
    let (match_, late) = likeness(&original.samples, &copy.samples, 2_000);
    assert!(match_ > 0.95, "only {match_} alike, {late} samples late, at {} Hz", original.rate_hz);
}

#[test]
fn speech_survives_mp3_at_every_rate() {
    for rate_hz in RATES_HZ {
        let original = voice(rate_hz, 2_000);
        let file = stream(Format::Mp3, &[Sound::Pcm(original.clone())]);
        let frame_ms = if rate_hz >= 32_000 { 1152.0 } else { 576.0 } * 1000.0 / f64::from(rate_hz);
        let delay_ms = 1057.0 * 1000.0 / f64::from(rate_hz);
        let copy = hear(&file);
        let extra_ms = milliseconds(&copy) - milliseconds(&original);
        assert!(extra_ms >= delay_ms && extra_ms < delay_ms + frame_ms, "{extra_ms} at {rate_hz}");
        assert_same(&original, &copy, delay_ms + frame_ms);
        assert_same(&original, &ffmpeg_hears(&file, rate_hz), delay_ms + frame_ms);
    }
}

#[test]
fn speech_at_common_rates_grows_by_less_than_70_ms_in_mp3() {
    for rate_hz in [24_000, 44_100, 48_000] {
        let original = voice(rate_hz, 1_500);
        let copy = hear(&stream(Format::Mp3, &[Sound::Pcm(original.clone())]));
        let extra_ms = milliseconds(&copy) - milliseconds(&original);
        assert!(extra_ms < 70.0, "{extra_ms} ms at {rate_hz} Hz");
    }
}

#[test]
fn speech_survives_ogg_at_every_rate_and_lasts_as_long() {
    for rate_hz in RATES_HZ {
        let original = voice(rate_hz, 2_010);
        let file = stream(Format::Ogg, &[Sound::Pcm(original.clone())]);
        let copy = ffmpeg_hears(&file, rate_hz);
        assert_same(&original, &copy, 25.0);
        let (_, late) = likeness(&original.samples, &copy.samples, 2_000);
        let late_ms = late as f64 * 1000.0 / f64::from(rate_hz);
        assert!(late_ms < 1.5, "{late_ms} ms late at {rate_hz} Hz");
    }
}

#[test]
fn ogg_pages_are_in_order_and_short() {
    let file = stream(Format::Ogg, &[Sound::Pcm(voice(24_000, 3_000))]);
    let mut packets = ::ogg::PacketReader::new(std::io::Cursor::new(&file));
    let head = packets.read_packet().unwrap().unwrap();
    assert!(head.data.starts_with(b"OpusHead") && head.last_in_page());
    let skipped = u64::from(u16::from_le_bytes([head.data[10], head.data[11]]));
    let tags = packets.read_packet().unwrap().unwrap();
    assert!(tags.data.starts_with(b"OpusTags") && tags.last_in_page());
    let mut before = 0;
    let mut ended = false;
    while let Some(packet) = packets.read_packet().unwrap() {
        assert!(!ended, "there is sound after the end");
        let position = packet.absgp_page();
        assert!(position - before <= 48 * 200, "a page of more than 200 ms");
        if packet.last_in_page() {
            assert!(before > 0 || position == 48 * 20, "the first packet waits for others");
            before = position;
        }
        ended = packet.last_in_stream();
    }
    assert!(ended);
    assert_eq!(before, 48 * 3_000 + skipped);
}

#[test]
fn speech_in_wav_is_the_same_to_the_sample() {
    let original = voice(16_000, 777);
    assert_eq!(hear(&wav::whole(&original)), original);
    let streamed = stream(Format::Wav, &[Sound::Pcm(original.clone())]);
    assert_eq!(ffmpeg_hears(&streamed, 16_000), original);
    assert_eq!(streamed[44..], wav::whole(&original)[44..]);
}

#[test]
fn a_whole_wav_names_its_size() {
    let file = wav::whole(&voice(8_000, 100));
    assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
    assert_eq!(u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize, file.len() - 44);
}

#[test]
fn bare_samples_stay_as_they_are() {
    let original = voice(24_000, 333);
    let bytes = stream(Format::Pcm, &[Sound::Pcm(original.clone())]);
    assert_eq!(bytes, pcm::to_bytes(&original.samples));
}

#[test]
fn the_first_bytes_come_within_150_ms_of_sound() {
    for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
        for rate_hz in [16_000, 24_000, 48_000] {
            let mut tape = Tape::new(format);
            let first = voice(rate_hz, 150);
            let mut given = 0;
            for chunk in first.samples.chunks(rate_hz as usize / 100) {
                let sound = Pcm { rate_hz, samples: chunk.to_vec() };
                given += tape.push(Sound::Pcm(sound)).unwrap().duration_ms;
            }
            assert!(given > 0, "nothing of {format} at {rate_hz} Hz");
        }
    }
}

#[test]
fn chunks_make_the_same_stream_as_the_whole() {
    let original = voice(24_000, 1_234);
    for format in [Format::Mp3, Format::Ogg, Format::Wav, Format::Pcm] {
        let whole = stream(format, &[Sound::Pcm(original.clone())]);
        let chunk =
            |samples: &[i16]| Sound::Pcm(Pcm { rate_hz: 24_000, samples: samples.to_vec() });
        let pieces: Vec<Sound> = original.samples.chunks(217).map(chunk).collect();
        assert_eq!(stream(format, &pieces), whole, "{format}");
    }
}

#[test]
fn samples_of_many_lines_are_encoded_without_a_gap() {
    let line = hum(24_000, 400);
    let sound = Sound::Pcm(line);
    let copy = hear(&stream(Format::Mp3, &vec![sound; 4]));
    let quiet = longest_quiet_ms(&copy);
    assert!(quiet < 3.0, "{quiet} ms of silence between lines");
}

fn longest_quiet_ms(sound: &Pcm) -> f64 {
    let loud = |sample: &i16| sample.unsigned_abs() > 600;
    let start = sound.samples.iter().position(loud).unwrap();
    let end = sound.samples.iter().rposition(loud).unwrap();
    let runs = sound.samples[start..end].split(loud).map(<[i16]>::len);
    runs.max().unwrap() as f64 * 1000.0 / f64::from(sound.rate_hz)
}

#[test]
fn a_piece_of_another_rate_is_brought_to_the_first_ones() {
    for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
        let pieces = [voice(24_000, 600), voice(16_000, 900), voice(44_100, 600)];
        let sounds: Vec<Sound> = pieces.iter().cloned().map(Sound::Pcm).collect();
        let bytes = stream(format, &sounds);
        let copy = match format {
            Format::Pcm => from_bytes(&bytes, 24_000),
            _ => ffmpeg_hears(&bytes, 24_000),
        };
        let off = milliseconds(&copy) - 2_100.0;
        assert!(off.abs() < 75.0, "{off} ms off as {format}");
        let second = &copy.samples[(24_000 * 6 / 10)..];
        let (match_, _) = likeness(&voice(24_000, 900).samples, second, 2_000);
        assert!(match_ > 0.9, "only {match_} alike as {format}");
    }
}

fn from_bytes(bytes: &[u8], rate_hz: u32) -> Pcm {
    let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    Pcm { rate_hz, samples: samples.collect() }
}

#[test]
fn a_rate_that_the_format_does_not_know_becomes_the_next_one() {
    assert_eq!(mp3::Encoder::new(18_000).rate_hz(), 22_050);
    assert_eq!(mp3::Encoder::new(96_000).rate_hz(), 48_000);
    assert_eq!(ogg::Encoder::new(22_050).unwrap().rate_hz(), 24_000);
    let original = voice(18_900, 1_000);
    for format in [Format::Mp3, Format::Ogg] {
        let copy = ffmpeg_hears(&stream(format, &[Sound::Pcm(original.clone())]), 18_900);
        let (match_, _) = likeness(&original.samples, &copy.samples, 2_000);
        assert!(match_ > 0.9, "only {match_} alike as {format}");
    }
}

#[test]
fn mp3_pieces_are_decoded_for_other_formats() {
    let original = voice(24_000, 1_000);
    let piece = Bytes::from(ffmpeg_encodes(&original, &["-b:a", "64k"]));
    for format in [Format::Wav, Format::Ogg, Format::Pcm] {
        let bytes = stream(format, &[Sound::Mp3(piece.clone())]);
        let copy = match format {
            Format::Pcm => from_bytes(&bytes, 24_000),
            _ => ffmpeg_hears(&bytes, 24_000),
        };
        assert_same(&original, &copy, 75.0);
    }
}

#[test]
fn times_follow_each_other_and_add_up() {
    let line = Sound::Pcm(voice(24_000, 730));
    for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
        let taped = tape(format, &vec![line.clone(); 3]).unwrap();
        let mut end_ms = 0;
        for taped in &taped {
            assert_eq!(taped.start_ms, end_ms);
            end_ms += taped.duration_ms;
        }
        assert!((2_189..=2_260).contains(&end_ms), "{end_ms} ms of {format}");
    }
}

#[test]
fn an_empty_tape_is_empty() {
    for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
        assert!(stream(format, &[]).is_empty());
        let nothing =
            [Sound::Pcm(Pcm { rate_hz: 24_000, samples: vec![] }), Sound::Mp3(Bytes::new())];
        assert!(stream(format, &nothing).is_empty());
    }
}

#[test]
fn samples_and_mp3_pieces_make_one_stream() {
    let piece = Bytes::from(ffmpeg_encodes(&voice(24_000, 500), &["-b:a", "64k"]));
    let spoken = Sound::Pcm(voice(24_000, 500));
    for order in [[spoken.clone(), Sound::Mp3(piece.clone())], [Sound::Mp3(piece), spoken]] {
        let file = stream(Format::Mp3, &order);
        let kinds: Vec<[u8; 2]> =
            frames(&file).iter().map(|frame| [frame[1], frame[2] & 0x0c]).collect();
        assert!(kinds.iter().all(|kind| *kind == kinds[0]));
        let length_ms = milliseconds(&ffmpeg_hears(&file, 24_000));
        assert!((1_000.0..1_150.0).contains(&length_ms), "{length_ms} ms");
    }
}

#[test]
fn an_mp3_piece_behind_a_breath_of_samples_follows_their_kind() {
    let piece = Bytes::from(ffmpeg_encodes(&voice(16_000, 500), &["-b:a", "64k"]));
    let breath = Pcm { rate_hz: 24_000, samples: vec![0; 10] };
    let file = stream(Format::Mp3, &[Sound::Pcm(breath), Sound::Mp3(piece)]);
    let rates: Vec<u8> = frames(&file).iter().map(|frame| frame[2] & 0x0c).collect();
    assert!(rates.len() > 20 && rates.iter().all(|rate| *rate == 0x04), "{rates:?}");
}

#[test]
fn a_piece_of_an_absurd_rate_is_an_error() {
    for rate_hz in [0, 1, 3_999, 400_000, u32::MAX] {
        let sound = Sound::Pcm(Pcm { rate_hz, samples: vec![0; 100] });
        for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
            assert!(
                tape(format, std::slice::from_ref(&sound)).is_err(),
                "{rate_hz} Hz as {format}"
            );
        }
    }
}

#[test]
fn a_piece_that_ends_inside_a_frame_is_an_error_in_every_format() {
    let piece = ffmpeg_encodes(&voice(24_000, 500), &["-b:a", "64k", "-write_id3v1", "0"]);
    let cut = Bytes::from(piece[..piece.len() - 50].to_vec());
    for format in [Format::Mp3, Format::Wav, Format::Ogg, Format::Pcm] {
        let error = tape(format, &[Sound::Mp3(cut.clone())]).unwrap_err();
        assert!(error.to_string().contains("ends inside a frame"), "{error}");
    }
}
