//! How fast speech is encoded and spliced.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use repartee::audio::format::{Format, Sound};
use repartee::audio::mp3::{Encoder, Splicer};
use repartee::audio::pcm::Pcm;
use repartee::audio::tape::Tape;

const RATE_HZ: u32 = 24_000;
const SECONDS: u32 = 10;

/// Ten seconds of speech to each format, and a megabyte and more of MP3 through the splicer.
pub fn benches(criterion: &mut Criterion) {
    encode(criterion);
    splice(criterion);
}

fn encode(criterion: &mut Criterion) {
    let speech = speech();
    let mut group = criterion.benchmark_group("encode 10 s");
    group.sample_size(20);
    for format in [Format::Mp3, Format::Ogg, Format::Wav] {
        group.bench_function(format.to_string(), |bencher| {
            bencher.iter(|| taped(black_box(&speech), format));
        });
    }
    group.finish();
}

fn splice(criterion: &mut Criterion) {
    let mut encoder = Encoder::new(RATE_HZ);
    let mut piece = encoder.push(&speech().samples).to_vec();
    piece.extend(encoder.finish());
    let pieces = 16;
    let mut group = criterion.benchmark_group("splice");
    group.throughput(Throughput::Bytes(piece.len() as u64 * pieces));
    for chunk_bytes in [1_400, 16_384] {
        group.bench_function(format!("in chunks of {chunk_bytes}"), |bencher| {
            bencher.iter(|| {
                let mut splicer = Splicer::default();
                for _ in 0..pieces {
                    for chunk in piece.chunks(chunk_bytes) {
                        black_box(splicer.push(chunk).unwrap());
                    }
                    splicer.end_piece().unwrap();
                }
                splicer.finish().unwrap()
            });
        });
    }
    group.finish();
}

fn taped(speech: &Pcm, format: Format) -> usize {
    let mut tape = Tape::new(format);
    let mut bytes = 0;
    for chunk in speech.samples.chunks(RATE_HZ as usize / 10) {
        let sound = Sound::Pcm(Pcm { rate_hz: RATE_HZ, samples: chunk.to_vec() });
        bytes += tape.push(sound).unwrap().data.len();
    }
    bytes + tape.finish().unwrap().data.len()
}

/// Harmonics that glide, in syllables, with the hiss that real microphones add.
fn speech() -> Pcm {
    let mut phase = 0f64;
    let mut noise = 1u32;
    let mut sample = |index: u32| {
        let time = f64::from(index) / f64::from(RATE_HZ);
        phase += (140.0 + 40.0 * (time * 5.1).sin()) / f64::from(RATE_HZ) * std::f64::consts::TAU;
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hiss = f64::from(noise >> 16) / 32_768.0 - 1.0;
        let tone: f64 = (1..20).map(|n| (phase * f64::from(n)).sin() / f64::from(n)).sum();
        (tone * (time * 12.0).sin().abs() * 9_000.0 + hiss * 300.0) as i16
    };
    Pcm { rate_hz: RATE_HZ, samples: (0..RATE_HZ * SECONDS).map(&mut sample).collect() }
}
