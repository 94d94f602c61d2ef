//! How many turns there are in a second when the provider takes no time, and what each costs.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use repartee::audio::clip::Clip;
use repartee::audio::decode::Limits;
use repartee::audio::hearing;
use repartee_provider::Reply;
use serde_json::json;

use crate::caller::{Caller, Question};
use crate::clips::SECONDS;
use crate::floor;
use crate::numbers::{Samples, ms};
use crate::process::{Process, cpu_of_this_thread};
use crate::setting::{Setting, sentences};
use crate::spotter::Rendering;
use crate::stand::Stand;

const LASTS: Duration = Duration::from_secs(6);
const CROWDS: [usize; 3] = [1, 32, 256];

/// What a crowd of callers has seen.
pub struct Run {
    times: Samples,
    turns: usize,
    pub errors: usize,
    lasted: Duration,
}

pub async fn run() {
    let stand = Stand::new().await;
    println!("\n# Load: the provider takes no time, all on the same processors\n");
    println!("  the gate alone, in this process: {:.3} ms of CPU", ms(gate(&stand)));
    floors(&stand).await;
    let short = Setting::instant("one short sentence", Reply::text("The answer is {n}, I think."));
    let long = Setting::instant("64 tokens in 4 sentences", sentences(4, 64));
    for setting in [short, long] {
        println!("\n  turns with {}", setting.name);
        stand.set(&setting);
        for callers in CROWDS {
            let question = stand.question(Rendering::Original);
            measure("turns", &stand.server, callers, &question).await;
        }
    }
    println!();
    refusals(&stand).await;
}

/// What callers of a server see for a while, as a line of the table.
async fn measure(name: &str, server: &Process, callers: usize, question: &Question) {
    crowd(server.address, callers, question, LASTS / 6).await;
    let before = server.cpu();
    let run = crowd(server.address, callers, question, LASTS).await;
    line(name, callers, &run, server.cpu() - before);
}

fn line(name: &str, callers: usize, run: &Run, cpu: Duration) {
    println!(
        "  {name:22} {callers:3} at once: {:6.0}/s  p50 {:7.2} ms  p99 {:7.2} ms  {} errors  {:.3} ms of CPU",
        run.turns as f64 / run.lasted.as_secs_f64(),
        run.times.median(),
        run.times.p99(),
        run.errors,
        ms(cpu) / run.turns.max(1) as f64,
    );
}

/// So many callers, who ask again as soon as they are answered.
pub async fn crowd(
    address: SocketAddr,
    callers: usize,
    question: &Question,
    lasts: Duration,
) -> Run {
    let began = Instant::now();
    let until = began + lasts;
    let callers = join_all((0..callers).map(async |_| {
        let mut caller = Caller::connect(address).await;
        let (mut times, mut errors) = (Vec::new(), 0);
        while Instant::now() < until {
            match caller.ask(question, Rendering::Other).await {
                Some(answer) if answer.status.is_success() && answer.bytes > 0 => {
                    times.push(answer.last_byte);
                }
                _ => errors += 1,
            }
        }
        (times, errors)
    }));
    let callers = callers.await;
    let lasted = began.elapsed();
    let errors = callers.iter().map(|(_, errors)| errors).sum();
    let times: Vec<_> = callers.into_iter().flat_map(|(times, _)| times).collect();
    Run { turns: times.len(), times: Samples::milliseconds(times), errors, lasted }
}

/// What it takes to find out that someone speaks.
fn gate(stand: &Stand) -> Duration {
    const TIMES: u32 = 2_000;
    let clip = Clip::new(stand.clips.speech.clone()).unwrap();
    let before = cpu_of_this_thread();
    for _ in 0..TIMES {
        black_box(hearing::listen(&clip, Limits::default()).unwrap());
    }
    (cpu_of_this_thread() - before) / TIMES
}

/// What no turn can do without: the upload read and answered by a handler that does nothing else,
/// and what the provider is asked in a turn, asked directly.
async fn floors(stand: &Stand) {
    stand.set(&Setting::instant("floor", Reply::text("The answer is {n}, I think.")));
    let nothing = Process::start(&mut floor::command());
    for callers in CROWDS {
        let question = stand.question(Rendering::Original);
        measure("a handler alone", &nothing, callers, &question).await;
    }
    for callers in CROWDS {
        let run = asked_directly(stand, callers).await;
        line("the provider directly", callers, &run, Duration::ZERO);
    }
}

async fn asked_directly(stand: &Stand, callers: usize) -> Run {
    let fields = [("model", "whisper-1"), ("response_format", "json")];
    let steps = [
        Question::form("/v1/audio/transcriptions", "file", &stand.clips.speech, &fields),
        Question::json(
            "/v1/chat/completions",
            &json!({
                "model": "gpt-4o-mini", "stream": true,
                "messages": [{"role": "user", "content": "What is number 1?"}],
            }),
        ),
        Question::json(
            "/v1/audio/speech",
            &json!({"model": "tts-1", "voice": "alloy", "input": "The answer is 1, I think."}),
        ),
    ];
    let began = Instant::now();
    let until = began + LASTS;
    let callers = join_all((0..callers).map(async |_| {
        let mut caller = Caller::connect(stand.provider.address()).await;
        let mut times = Vec::new();
        while Instant::now() < until {
            let began = Instant::now();
            for step in &steps {
                let answer = caller.ask(step, Rendering::Other).await.unwrap();
                assert!(answer.status.is_success(), "{}: {}", step.path, answer.status);
            }
            times.push(began.elapsed());
        }
        times
    }));
    let times: Vec<_> = callers.await.into_iter().flatten().collect();
    let (turns, lasted) = (times.len(), began.elapsed());
    Run { turns, times: Samples::milliseconds(times), errors: 0, lasted }
}

/// What it costs to find out that nobody speaks.
async fn refusals(stand: &Stand) {
    const TIMES: u32 = 300;
    for (name, clip) in [("hiss", &stand.clips.hiss), ("silence", &stand.clips.silence)] {
        let question = Question::form("/voice-chat", "audio", clip, &[]);
        let mut caller = Caller::connect(stand.server.address).await;
        let asking = async {
            for _ in 0..TIMES {
                let answer = caller.ask(&question, Rendering::Other).await.unwrap();
                assert_eq!(answer.status.as_u16(), 422, "{name}");
            }
        };
        let ((), cpu) = stand.cpu_of(asking).await;
        let each = ms(cpu / TIMES);
        println!(
            "  {name} refused: {each:.2} ms of CPU, {:.3} for each of its seconds",
            each / SECONDS
        );
    }
}
