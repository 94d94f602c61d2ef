//! What the pipeline itself costs: cutting, cleaning, and whole turns over engines that take no
//! time. And what a turn costs over the embedded ones.

#[path = "../tests/support/scripted.rs"]
mod scripted;

mod recall;
#[cfg(feature = "embedded")]
mod whole_turn;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::StreamExt;
use repartee::audio::format::Format;
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::sentences::Cutter;
use repartee::pipeline::speakable::Speakable;
use repartee::pipeline::{Limits, Pipeline};
use tokio::runtime::{Builder, Runtime};

/// A reply as models write them.
const SENTENCE: &str =
    "Dr. Smith opens at 9 a.m. on **Monday**, and it costs $4.50, e.g. for you. ";
const PLAIN: &str = "We are open from nine to five, and on Saturday until noon. ";

/// Sentences in a benched reply.
const SENTENCES: u64 = 20;

/// Counts allocations.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; the system's does the work")]
// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// A reply as it streams in: about a word at a time.
fn deltas(sentence: &'static str, sentences: u64) -> Vec<&'static str> {
    let words = || sentence.split_inclusive(' ');
    (0..sentences).flat_map(|_| words()).collect()
}

fn cutting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sentences");
    group.throughput(Throughput::Elements(SENTENCES));
    for (name, sentence) in [("plain", PLAIN), ("doubtful", SENTENCE)] {
        let deltas = deltas(sentence, SENTENCES);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut cutter = Cutter::new();
                let pushed: usize = deltas.iter().map(|delta| cutter.push(delta).len()).sum();
                pushed + cutter.finish().len()
            });
        });
    }
    group.finish();
}

fn cleaning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("speakable");
    for (name, sentence) in [("plain", PLAIN), ("marked", SENTENCE)] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || Speakable::new(None),
                |speakable| speakable.speak(black_box(sentence)),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// A typed turn over engines that answer at once; gives how many sounds it had.
async fn turn(pipeline: Pipeline) -> usize {
    let input = Input::Text("What are your opening hours?".to_owned());
    let events = pipeline.take_turn(input, scripted::briefing(), Format::Pcm);
    events
        .filter(|event| std::future::ready(matches!(event, Ok(TurnEvent::Speech(_)))))
        .count()
        .await
}

fn pipeline(sentences: u64) -> Pipeline {
    Pipeline::new(scripted::replying(deltas(PLAIN, sentences)), Limits::default())
}

fn turns(criterion: &mut Criterion) {
    let Ok(runtime) = Builder::new_current_thread().enable_time().build() else { return };
    let mut group = criterion.benchmark_group("turn");
    for sentences in [1, SENTENCES] {
        group.throughput(Throughput::Elements(sentences));
        group.bench_function(format!("{sentences} sentences"), |bencher| {
            // Engines of its own for each turn: journals grow.
            let fresh = || pipeline(sentences);
            bencher.to_async(&runtime).iter_batched(fresh, turn, BatchSize::SmallInput);
        });
    }
    group.finish();
    count_allocations(&runtime);
}

/// The difference between a long turn and a short one is what a sentence takes. The engines are
/// part of it: their scripts, journals and sounds.
#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn count_allocations(runtime: &Runtime) {
    let count = |sentences| {
        runtime.block_on(turn(pipeline(sentences)));
        let fresh = pipeline(sentences);
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        runtime.block_on(turn(fresh));
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    let (short, long) = (count(1), count(1 + SENTENCES));
    println!(
        "turn/allocations: {} a sentence, {short} for a turn of one",
        (long - short) / SENTENCES
    );
}

criterion_group!(benches, cutting, cleaning, turns, recall::benches);
#[cfg(feature = "embedded")]
criterion_group!(embedded, whole_turn::benches);
#[cfg(feature = "embedded")]
criterion_main!(benches, embedded);
#[cfg(not(feature = "embedded"))]
criterion_main!(benches);
