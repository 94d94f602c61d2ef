//! What sound costs: decoding each container, the gate, the report, resampling; encoding, splicing.
#![expect(clippy::unwrap_used, reason = "benches")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use repartee::audio::clip::Clip;
use repartee::audio::decode::Limits;
use repartee::audio::hearing::{Endpointer, listen, report, report_of};
use repartee::audio::pcm::Pcm;
use repartee::audio::resample::whole;

use workshop::{RATE_HZ, ffmpeg, heard, packed, speech};

mod audio_encode;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/sound/workshop.rs"]
mod workshop;

const KINDS: &[(&str, &str, &str)] = &[
    ("webm opus", "-c:a libopus -b:a 32k -ar 48000", "webm"),
    ("webm opus stereo", "-c:a libopus -b:a 64k -ar 48000 -ac 2", "webm"),
    ("webm vorbis", "-c:a libvorbis -q:a 4 -ar 48000", "webm"),
    ("ogg opus", "-c:a libopus -b:a 32k -ar 48000", "ogg"),
    ("ogg vorbis", "-c:a libvorbis -q:a 4 -ar 48000", "ogg"),
    ("m4a aac", "-c:a aac -b:a 64k -ar 48000", "m4a"),
    ("mp4 opus", "-c:a libopus -b:a 32k -ar 48000", "mp4"),
    ("mp3", "-c:a libmp3lame -b:a 48k -ar 24000", "mp3"),
    ("wav 16 kHz", "-c:a pcm_s16le", "wav"),
    ("wav 48 kHz stereo", "-c:a pcm_s24le -ar 48000 -ac 2", "wav"),
    ("flac", "-c:a flac -ar 48000", "flac"),
];

/// 3.1 s of speech in every container, to 16 kHz.
fn decoding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode 3.1 s");
    for (name, options, extension) in KINDS {
        let clip = packed(options, extension);
        group.bench_function(*name, |bencher| bencher.iter(|| heard(black_box(&clip)).unwrap()));
    }
}

fn hearing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hear 3 s");
    let limits = Limits::default();
    let silence = Pcm { rate_hz: RATE_HZ, samples: vec![0; 3 * RATE_HZ as usize] };
    let options = "-c:a libopus -b:a 32k -ar 48000";
    let (speaking, silent) =
        (packed(options, "webm"), Clip::new(ffmpeg(&silence, options, "webm")).unwrap());
    group.bench_function("gate, speech", |bencher| {
        bencher.iter(|| listen(black_box(&speaking), limits).unwrap());
    });
    group.bench_function("gate, silence", |bencher| {
        bencher.iter(|| listen(black_box(&silent), limits).unwrap());
    });
    group.bench_function("report", |bencher| {
        bencher.iter(|| report(black_box(&speaking), limits).unwrap());
    });
    let sound = speech();
    group.bench_function("report of samples", |bencher| {
        bencher.iter(|| report_of(black_box(&sound)));
    });
    group.bench_function("endpointer, pieces of 20 ms", |bencher| {
        bencher.iter(|| {
            let mut endpointer = Endpointer::new(700);
            sound.samples.chunks(320).map(|piece| endpointer.push(piece)).last()
        });
    });
}

fn resampling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resample 3 s to 16 kHz");
    for rate_hz in [8_000, 24_000, 44_100, 48_000] {
        let sound = whole(&speech(), rate_hz);
        group.throughput(Throughput::Elements(sound.samples.len() as u64));
        group.bench_function(format!("from {rate_hz} Hz"), |bencher| {
            bencher.iter(|| whole(black_box(&sound), RATE_HZ));
        });
    }
}

criterion_group!(listening, decoding, hearing, resampling);
criterion_group!(speaking, audio_encode::benches);
criterion_main!(listening, speaking);
