//! How near turns come to what they could be at best, in every rendering and setting.

use std::time::Duration;

use futures_util::future::join_all;

use crate::caller::{Answer, Caller, Question};
use crate::numbers::{Samples, ms};
use crate::setting::{Limit, Setting};
use crate::spotter::Rendering;
use crate::stand::{DIGITS, Stand};

/// Each rendering is asked for by so many callers, each of whom takes so many turns.
const CALLERS: usize = 2;
const TURNS: usize = 5;
/// Callers begin so long after each other, so that they are not in each other's way.
const APART: Duration = Duration::from_millis(61);

pub async fn run() {
    println!("\n# Ratios to the limit: first sound and last byte (limit in ms; median, p99)\n");
    let stand = Stand::new().await;
    for setting in Setting::all() {
        stand.set(&setting);
        let callers = Rendering::ALL.iter().cycle().take(CALLERS * Rendering::ALL.len());
        let callers = callers.enumerate().map(|(number, &rendering)| {
            let question = stand.question(rendering);
            let wait = APART * u32::try_from(number).unwrap();
            let address = stand.server.address;
            async move {
                tokio::time::sleep(wait).await;
                turns(Caller::connect(address).await, &question, rendering).await
            }
        });
        let (answers, cpu) = stand.cpu_of(join_all(callers)).await;
        let turns = answers.iter().map(Vec::len).sum::<usize>();
        println!("{}: {:.1} ms of CPU a turn", setting.name, ms(cpu) / turns as f64);
        for (place, rendering) in Rendering::ALL.into_iter().enumerate() {
            let answers = answers.iter().skip(place).step_by(Rendering::ALL.len()).flatten();
            report(rendering, setting.limit(rendering, DIGITS), answers);
        }
        println!();
    }
}

async fn turns(mut caller: Caller, question: &Question, rendering: Rendering) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(TURNS);
    for _ in 0..TURNS {
        let answer = caller.ask(question, rendering).await.expect("an answer that breaks off");
        assert!(answer.status.is_success(), "{rendering:?}: {}", answer.status);
        answers.push(answer);
    }
    answers
}

fn report<'a>(rendering: Rendering, limit: Limit, answers: impl Iterator<Item = &'a Answer>) {
    let answers: Vec<_> = answers.collect();
    let ratio = |time: Duration, limit: Duration| ms(time) / ms(limit);
    // JSON has its sound when it has everything.
    let first =
        |answer: &&Answer| ratio(answer.first_sound.unwrap_or(answer.last_byte), limit.first_sound);
    let first = Samples::of(answers.iter().map(first).collect());
    let last = |answer: &&Answer| ratio(answer.last_byte, limit.last_byte);
    let last = Samples::of(answers.iter().map(last).collect());
    println!(
        "  {:17} first sound {:5.0}: {:.3} {:.3}   last byte {:5.0}: {:.3} {:.3}",
        rendering.name(),
        ms(limit.first_sound),
        first.median(),
        first.p99(),
        ms(limit.last_byte),
        last.median(),
        last.p99(),
    );
}
