//! What a listener waits for: a whole turn over the embedded engines, warm, from a question of
//! three seconds to the last sound of its answer, and from the transcript to the first sound.
#![expect(clippy::unwrap_used, reason = "benches")]

use std::time::{Duration, Instant};

use criterion::Criterion;
use futures_util::{StreamExt, TryStreamExt};
use repartee::audio::clip::Clip;
use repartee::audio::format::Format;
use repartee::domain::delivery::Delivery;
use repartee::domain::voice::Voice;
use repartee::engines;
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::say::{Manner, say};
use repartee::pipeline::{Limits, Pipeline};
use repartee::settings::Settings;
use tokio::runtime::Runtime;

use crate::scripted;

const QUESTION: &str = "Could you please tell me what your opening hours are?";

/// Takes turns over real engines.
pub fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let (pipeline, clip) = runtime.block_on(started());
    let mut group = criterion.benchmark_group("whole turn, embedded");
    group.sample_size(20).measurement_time(Duration::from_secs(15));
    for (name, moment) in [("all of it", Moments::whole as Moment), ("first sound", Moments::sound)]
    {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|turns| {
                let turns = (0..turns).map(|_| runtime.block_on(turn(&pipeline, &clip)));
                turns.map(|moments| moment(&moments)).sum()
            });
        });
    }
    group.finish();
}

type Moment = fn(&Moments) -> Duration;

/// When what happened in a turn.
struct Moments {
    asked: Instant,
    heard: Instant,
    first_sound: Instant,
    finished: Instant,
}

impl Moments {
    fn whole(&self) -> Duration {
        self.finished - self.asked
    }

    fn sound(&self) -> Duration {
        self.first_sound - self.heard
    }
}

/// The embedded engines, and a question for them.
#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
async fn started() -> (Pipeline, Clip) {
    let settings = Settings::read(&|_| None).unwrap();
    let engines = engines::open(&settings).unwrap();
    let manner = Manner { voice: Voice::default(), language: None, delivery: Delivery::default() };
    let mouth = engines.speaking.clone();
    let pieces: Vec<_> = say(mouth, QUESTION, manner, Format::Mp3).try_collect().await.unwrap();
    let seconds = pieces.iter().map(|piece| piece.duration_ms).sum::<u64>() as f64 / 1000.0;
    println!("whole turn/the question: {seconds:.1} s");
    let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.data.to_vec()).collect();
    (Pipeline::new(engines, Limits::default()), Clip::new(bytes).unwrap())
}

async fn turn(pipeline: &Pipeline, clip: &Clip) -> Moments {
    let asked = Instant::now();
    let (mut heard, mut first_sound) = (None, None);
    let input = Input::Clip(clip.clone());
    let mut events = pipeline.take_turn(input, scripted::briefing(), Format::Mp3).boxed();
    while let Some(event) = events.next().await {
        match event.unwrap() {
            TurnEvent::Heard(_) => heard = Some(Instant::now()),
            TurnEvent::Speech(_) => drop(first_sound.get_or_insert_with(Instant::now)),
            _ => {}
        }
    }
    let finished = Instant::now();
    Moments { asked, heard: heard.unwrap(), first_sound: first_sound.unwrap(), finished }
}
